/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/tls_options.h"
#include "folder.h"
#include "unit.h"

#define MAX_WORDS 16

struct program {
	int before;
	struct tls_options tls;
};

static const struct option_row rows[] = {
	TLS_OPTIONS_ROWS(offsetof(struct program, tls)),
};

static struct program program;
static char error[AW_TLS_TEXT_SIZE];

/* Reads a command line whose words are separated by single spaces. */
static int
load(const char *line)
{
	static char text[256];
	char *words[MAX_WORDS + 1] = { NULL };
	char *word;
	int count = 0;

	program = (struct program){ .before = 7 };
	error[0] = '\0';
	snprintf(text, sizeof(text), "program %s", line);
	for (word = strtok(text, " "); word != NULL && count < MAX_WORDS;
	    word = strtok(NULL, " "))
		words[count++] = word;
	return options_parse(rows, sizeof(rows) / sizeof(rows[0]), count,
	    words, &program, error, sizeof(error));
}

START_TEST(each_option_is_read)
{
	const struct tls_options *tls = &program.tls;

	ck_assert_int_gt(load("--tls --ca a --insecure --servername b "
	    "--cert c --key d --tls-min 1.2 --tls-max=1.3 --alpn e,f"), 0);
	ck_assert_int_eq(program.before, 7);
	ck_assert(tls->enabled && tls->insecure);
	ck_assert_str_eq(tls->ca, "a");
	ck_assert_str_eq(tls->server_name, "b");
	ck_assert_str_eq(tls->certificate, "c");
	ck_assert_str_eq(tls->key, "d");
	ck_assert_int_eq(tls->minimum, AW_TLS_VERSION_1_2);
	ck_assert_int_eq(tls->maximum, AW_TLS_VERSION_1_3);
	ck_assert_str_eq(tls->alpn, "e,f");
}
END_TEST

static void
check_refused(const char *line, const char *part)
{
	ck_assert_msg(load(line) < 0, "'%s' was taken", line);
	ck_assert_msg(strstr(error, part) != NULL,
	    "'%s': expected '%s' in '%s'", line, part, error);
}

START_TEST(versions_are_two)
{
	ck_assert_str_eq(tls_options_version_text(AW_TLS_VERSION_1_2), "1.2");
	ck_assert_str_eq(tls_options_version_text(AW_TLS_VERSION_1_3), "1.3");
	ck_assert_ptr_null(tls_options_version_text(AW_TLS_VERSION_DEFAULT));
	ck_assert_ptr_null(tls_options_version_text((aw_tls_version)9));
	check_refused("--tls-min 1.1", "--tls-min: expected 1.2 or 1.3, not "
	    "'1.1'");
	check_refused("--tls-max 1", "--tls-max: expected 1.2 or 1.3");
}
END_TEST

START_TEST(names_of_alpn_have_1_to_255_bytes)
{
	char longest[300];

	check_refused("--alpn=", "expected names of 1 to 255 bytes");
	check_refused("--alpn ,a", "expected names");
	check_refused("--alpn a,", "expected names");
	check_refused("--alpn a,,b", "expected names");
	snprintf(longest, sizeof(longest), "a,%0255d", 0);
	ck_assert_int_eq(tls_options_store_alpn(rows, longest,
	    &program.tls.alpn, error, sizeof(error)), 0);
	ck_assert_ptr_eq(program.tls.alpn, longest);
	snprintf(longest, sizeof(longest), "a,%0256d", 0);
	ck_assert_int_eq(tls_options_store_alpn(rows, longest,
	    &program.tls.alpn, error, sizeof(error)), -EINVAL);
}
END_TEST

static int
check(const char *line, const char *host)
{
	ck_assert_int_gt(load(line), 0);
	return tls_options_check(&program.tls, host, error, sizeof(error));
}

static void
check_bad(const char *line, const char *host, const char *part)
{
	ck_assert_msg(check(line, host) == -EINVAL, "'%s' was taken", line);
	ck_assert_msg(strstr(error, part) != NULL,
	    "'%s': expected '%s' in '%s'", line, part, error);
}

START_TEST(what_goes_together)
{
	ck_assert_int_eq(check("", "host"), 0);
	ck_assert_int_eq(check("", NULL), 0);
	ck_assert_int_eq(check("--tls", "host"), 0);
	ck_assert_int_eq(check("--tls --servername x", NULL), 0);
	ck_assert_int_eq(check("--tls --insecure", NULL), 0);
	ck_assert_int_eq(check("--tls --cert x", "host"), 0);
	ck_assert_int_eq(check("--tls --cert x --key y", "host"), 0);
	ck_assert_int_eq(check("--tls --tls-min 1.3", "host"), 0);
	ck_assert_int_eq(check("--tls --tls-max 1.2", "host"), 0);
	ck_assert_int_eq(check("--tls --tls-min 1.3 --tls-max 1.3", "host"),
	    0);
}
END_TEST

START_TEST(what_does_not)
{
	check_bad("--tls --key x", "host", "--key needs --cert");
	check_bad("--tls --insecure --ca x", "host", "no use for --ca");
	check_bad("--tls --servername=", "host", "--servername: expected");
	check_bad("--tls", NULL, "--servername");
	check_bad("--tls --tls-min 1.3 --tls-max 1.2", "host",
	    "--tls-min is above --tls-max");
}
END_TEST

START_TEST(without_tls_the_others_say_nothing)
{
	static const char *const lines[] = {
		"--ca x", "--insecure", "--servername x", "--cert x",
		"--key x", "--tls-min 1.2", "--tls-max 1.3", "--alpn x"
	};
	char expected[64];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(expected, sizeof(expected), "%.*s needs --tls",
		    (int)strcspn(lines[i], " "), lines[i]);
		check_bad(lines[i], "host", expected);
	}
}
END_TEST

static aw_tls_context *
make_context(const char *line)
{
	aw_tls_context *context = NULL;

	ck_assert_int_eq(check(line, "host"), 0);
	ck_assert_msg(tls_options_context(&program.tls, &context, error,
	    sizeof(error)) == 0, "%s", error);
	ck_assert_ptr_nonnull(context);
	ck_assert(!aw_tls_context_is_server(context));
	return context;
}

START_TEST(versions_reach_the_context)
{
	aw_tls_context *context = make_context("--tls --tls-min 1.3");
	SSL_CTX *ssl_ctx = aw_tls_context_get_ssl_ctx(context);

	ck_assert_int_eq(SSL_CTX_get_min_proto_version(ssl_ctx),
	    TLS1_3_VERSION);
	aw_tls_context_unref(context);
	context = make_context("--tls --tls-max 1.2");
	ssl_ctx = aw_tls_context_get_ssl_ctx(context);
	ck_assert_int_eq(SSL_CTX_get_max_proto_version(ssl_ctx),
	    TLS1_2_VERSION);
	aw_tls_context_unref(context);
}
END_TEST

START_TEST(certificates_are_verified_unless_that_is_insecure)
{
	aw_tls_context *context = make_context("--tls --alpn a,b");

	ck_assert_int_ne(SSL_CTX_get_verify_mode(
	    aw_tls_context_get_ssl_ctx(context)), SSL_VERIFY_NONE);
	aw_tls_context_unref(context);
	context = make_context("--tls --insecure");
	ck_assert_int_eq(SSL_CTX_get_verify_mode(
	    aw_tls_context_get_ssl_ctx(context)), SSL_VERIFY_NONE);
	aw_tls_context_unref(context);
}
END_TEST

START_TEST(authorities_may_be_a_folder)
{
	folder_make();
	ck_assert_int_eq(mkdir("authorities", 0700), 0);
	aw_tls_context_unref(make_context("--tls --ca authorities"));
	ck_assert_int_eq(rmdir("authorities"), 0);
	folder_remove();
}
END_TEST

START_TEST(files_that_can_not_be_read_are_named)
{
	static const char *const lines[] = {
		"--tls --ca missing", "--tls --cert missing"
	};
	aw_tls_context *context = NULL;

	folder_make();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ck_assert_int_eq(check(lines[i], "host"), 0);
		ck_assert_int_eq(tls_options_context(&program.tls, &context,
		    error, sizeof(error)), -ENOENT);
		ck_assert_str_eq(error, "missing: No such file or directory");
	}
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_option_is_read,
		versions_are_two,
		names_of_alpn_have_1_to_255_bytes,
		what_goes_together,
		what_does_not,
		without_tls_the_others_say_nothing,
		versions_reach_the_context,
		certificates_are_verified_unless_that_is_insecure,
		authorities_may_be_a_folder,
		files_that_can_not_be_read_are_named,
	};

	return UNIT_RUN("tls_options", tests);
}
