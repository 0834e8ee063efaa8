/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/tls_names.h"

#include "certificates.h"
#include "folder.h"
#include "unit.h"

#include <errno.h>

static char found[512];

static int
note(const char *name, void *arg)
{
	ck_assert_ptr_eq(arg, found);
	strcat(found, name);
	strcat(found, " ");
	return strcmp(name, "stop") == 0 ? 7 : 0;
}

static int
visit(const char *path,
    int names_of(X509 *certificate, tls_name_visitor *visit, void *arg))
{
	X509 *certificate = certificate_read(path);
	int result;

	found[0] = '\0';
	result = names_of(certificate, note, found);
	X509_free(certificate);
	return result;
}

START_TEST(names_of_certificates)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "both", .name = "cn", .alternative =
	    "DNS:a.test,email:x@y.test,IP:127.0.0.1,DNS:*.b.test,URI:spiffe:x");
	CERTIFICATE_MAKE(.path = "plain", .name = "cn.test");
	CERTIFICATE_MAKE(.path = "nobody", .alternative = "DNS:stop,DNS:on");
	ck_assert_int_eq(visit("both", tls_names_of_server), 0);
	ck_assert_str_eq(found, "a.test *.b.test ");
	ck_assert_int_eq(visit("both", tls_names_of_client), 0);
	ck_assert_str_eq(found, "cn a.test x@y.test *.b.test spiffe:x ");
	ck_assert_int_eq(visit("plain", tls_names_of_server), 0);
	ck_assert_str_eq(found, "cn.test ");
	ck_assert_int_eq(visit("plain", tls_names_of_client), 0);
	ck_assert_str_eq(found, "cn.test ");
	ck_assert_int_eq(visit("nobody", tls_names_of_server), 7);
	ck_assert_str_eq(found, "stop ");
	folder_remove();
}
END_TEST

static X509 *
certificate_of(const char *bytes, int length)
{
	X509 *certificate = X509_new();

	ck_assert_int_eq(X509_NAME_add_entry_by_txt(
	    X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
	    (const unsigned char *)bytes, length, -1, 0), 1);
	return certificate;
}

/* Such a name would be taken for what stands before the '\0'. */
START_TEST(names_with_a_zero_byte_are_none)
{
	X509 *certificate = certificate_of("good.test\0.evil.test", 20);

	found[0] = '\0';
	ck_assert_int_eq(tls_names_of_client(certificate, note, found), 0);
	ck_assert_str_eq(found, "");
	X509_free(certificate);
}
END_TEST

START_TEST(patterns)
{
	ck_assert(tls_name_matches("a.test", "A.TEST"));
	ck_assert(!tls_name_matches("a.test", "b.test"));
	ck_assert(tls_name_matches("*.a.test", "x.A.test"));
	ck_assert(!tls_name_matches("*.a.test", "a.test"));
	ck_assert(!tls_name_matches("*.a.test", ".a.test"));
	ck_assert(!tls_name_matches("*.a.test", "x.y.a.test"));
	ck_assert(!tls_name_matches("*", "x"));
	ck_assert(!tls_name_matches("", "x"));
	ck_assert(!tls_name_matches("*.", "x"));
}
END_TEST

static struct tls_names names;

static void
add(const char *alternative, size_t item)
{
	X509 *certificate;

	CERTIFICATE_MAKE(.path = "c", .name = "n", .alternative = alternative);
	certificate = certificate_read("c");
	ck_assert_int_eq(tls_names_add(&names, certificate, item), 0);
	X509_free(certificate);
}

/* The numbers that the name finds, as text. */
static const char *
find(const char *name)
{
	static char text[64];
	const struct tls_name *first;
	size_t count = tls_names_find(&names, name, &first), length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(text + length,
		    sizeof(text) - length, "%zu ", first[i].item);
	return text;
}

START_TEST(lookups)
{
	char longest[TLS_NAME_SIZE + 2];

	folder_make();
	ck_assert_str_eq(find("a.test"), "");
	add("DNS:a.test,DNS:*.B.test", 1);
	add("DNS:x.b.test,DNS:c.test", 2);
	add("DNS:A.test", 0);
	tls_names_sort(&names);
	ck_assert_str_eq(find("a.test"), "0 1 ");
	ck_assert_str_eq(find("A.Test."), "0 1 ");
	ck_assert_str_eq(find("x.b.test"), "2 ");
	ck_assert_str_eq(find("y.b.test"), "1 ");
	ck_assert_str_eq(find("b.test"), "");
	ck_assert_str_eq(find("z.y.b.test"), "");
	ck_assert_str_eq(find(".b.test"), "");
	ck_assert_str_eq(find(""), "");
	ck_assert_str_eq(find("."), "");
	ck_assert_str_eq(find("zzz"), "");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_str_eq(find(longest), "");
	tls_names_clear(&names);
	ck_assert_str_eq(find("a.test"), "");
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { names_of_certificates,
	    names_with_a_zero_byte_are_none, patterns, lookups };

	return UNIT_RUN("tls_names", tests);
}
