/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/addresses.h"

#include "unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static struct address address;
static char error[512];

static void
assert_good(const char *text, enum address_kind kind, const char *host,
    unsigned port)
{
	char buffer[ADDRESS_TEXT_SIZE];

	memset(&address, 0x55, sizeof(address));
	ck_assert_msg(address_parse(text, &address, error, sizeof(error)) == 0,
	    "%s", error);
	ck_assert_int_eq(address.kind, kind);
	ck_assert_uint_eq(address.port, port);
	ck_assert_str_eq(kind == ADDRESS_UNIX ? address.path : address.host,
	    host);
	ck_assert_str_eq(address_text(&address, buffer, sizeof(buffer)), text);
}

static void
assert_bad(const char *text, const char *expected)
{
	struct address before;

	memset(&address, 0x55, sizeof(address));
	before = address;
	ck_assert_int_eq(address_parse(text, &address, error, sizeof(error)),
	    -EINVAL);
	ck_assert_str_eq(error, expected);
	ck_assert_mem_eq(&address, &before, sizeof(before));
}

START_TEST(good)
{
	assert_good("127.0.0.1:7007", ADDRESS_HOST, "127.0.0.1", 7007);
	assert_good("localhost:0", ADDRESS_HOST, "localhost", 0);
	assert_good("a-b_c.example:65535", ADDRESS_HOST, "a-b_c.example",
	    65535);
	assert_good("[::1]:7", ADDRESS_HOST, "::1", 7);
	assert_good("[2001:db8::1]:7", ADDRESS_HOST, "2001:db8::1", 7);
	assert_good("[fe80::1%lo]:7", ADDRESS_HOST, "fe80::1%lo", 7);
	assert_good(":7", ADDRESS_EVERY, "", 7);
	assert_good("unix:/run/x.sock", ADDRESS_UNIX, "/run/x.sock", 0);
	assert_good("unix:x:y", ADDRESS_UNIX, "x:y", 0);
	assert_good("unix:@name", ADDRESS_UNIX, "@name", 0);
}
END_TEST

#define FORMS "; expected host:port, [v6]:port, :port or unix:PATH"

START_TEST(no_port)
{
	assert_bad("", "'' is not an address" FORMS);
	assert_bad("localhost", "'localhost' is not an address" FORMS);
	assert_bad("7007", "'7007' is not an address" FORMS
	    "; did you mean ':7007'?");
	assert_bad("/run/x", "'/run/x' is not an address" FORMS
	    "; did you mean 'unix:/run/x'?");
}
END_TEST

START_TEST(bad_port)
{
	assert_bad("a:", "'' is not a port in 'a:'; "
	    "expected a number of 0 to 65535");
	assert_bad("a:65536", "'65536' is not a port in 'a:65536'; "
	    "expected a number of 0 to 65535");
	assert_bad(":echo", "'echo' is not a port in ':echo'; "
	    "expected a number of 0 to 65535");
	assert_bad("[::1]:-1", "'-1' is not a port in '[::1]:-1'; "
	    "expected a number of 0 to 65535");
}
END_TEST

START_TEST(bad_host)
{
	assert_bad("300.1.1.1:7",
	    "'300.1.1.1' is neither an IPv4 address nor a host name");
	assert_bad("a b:7",
	    "'a b' is neither an IPv4 address nor a host name");
	assert_bad("*:7", "'*:7' is not an address; "
	    "every interface is written ':7'");
}
END_TEST

START_TEST(host_too_long)
{
	char text[400];

	memset(text, 'a', 300);
	strcpy(text + 300, ":7");
	ck_assert_int_eq(address_parse(text, &address, error, sizeof(error)),
	    -EINVAL);
	ck_assert_str_eq(error + strlen(error) - 39,
	    "neither an IPv4 address nor a host name");
}
END_TEST

START_TEST(ipv6)
{
	assert_bad("::1", "'::1' has no port; an IPv6 address goes in "
	    "brackets, as in [::1]:7007");
	assert_bad("::1:7007", "'::1:7007' is an IPv6 address without a port; "
	    "expected [::1]:7007, or [::1:7007]:7007");
	assert_bad("2001:db8:0:0:0:0:0:0:1:7", "'2001:db8:0:0:0:0:0:0:1:7' is "
	    "not an address; an IPv6 address goes in brackets, as in "
	    "[2001:db8:0:0:0:0:0:0:1]:7");
	assert_bad("[::1]", "'[::1]' is not an address; "
	    "expected [v6]:port, such as [::1]:7007");
	assert_bad("[::1", "'[::1' is not an address; "
	    "expected [v6]:port, such as [::1]:7007");
	assert_bad("[127.0.0.1]:7", "'127.0.0.1' is not an IPv6 address");
	assert_bad("[]:7", "'' is not an IPv6 address");
}
END_TEST

START_TEST(unix_paths)
{
	char text[160] = "unix:/", expected[300];

	assert_bad("unix:", "'unix:' has no path; expected unix:/PATH, or "
	    "unix:@NAME for an abstract socket");
	assert_bad("unix:@", "'unix:@' has no path; expected unix:/PATH, or "
	    "unix:@NAME for an abstract socket");
	memset(text + 6, 'x', 106);
	assert_good(text, ADDRESS_UNIX, text + 5, 0);
	text[112] = 'x';
	snprintf(expected, sizeof(expected), "the path in '%s' is too long; "
	    "a Unix socket's has at most 107 bytes", text);
	assert_bad(text, expected);
}
END_TEST

START_TEST(servers)
{
	static const struct {
		const char *text;
		const char *whole;
	} all[] = {
		{ "127.0.0.1", "127.0.0.1:7" },
		{ "name", "name:7" },
		{ "::1", "[::1]:7" },
		{ "[::1]", "[::1]:7" },
		{ "[::1]:80", "[::1]:80" },
		{ "name:80", "name:80" },
		{ ":80", "localhost:80" },
		{ "unix:@x", "unix:@x" },
	};
	static const char *const bad[] = { "", "name:0", "[::1", "a b" };
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ck_assert_msg(address_parse_server(all[i].text, 7, &address,
		    error, sizeof(error)) == 0, "%s: %s", all[i].text, error);
		ck_assert_str_eq(address_text(&address, text, sizeof(text)),
		    all[i].whole);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(address_parse_server(bad[i], 7, &address, error,
		    sizeof(error)) == -EINVAL, "%s", bad[i]);
}
END_TEST

START_TEST(operands)
{
	ck_assert_int_eq(address_parse_operand("name", 7, &address, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(address.port, 7);
	ck_assert_int_eq(address_parse_operand("a b", 7, &address, error,
	    sizeof(error)), -EINVAL);
	ck_assert_ptr_eq(strstr(error, "address 'a b': "), error);
	ck_assert_int_eq(address_parse_operand(NULL, 7, &address, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "no address; expected HOST[:PORT], "
	    "[IPV6]:PORT or unix:PATH");
}
END_TEST

START_TEST(what_is_the_same)
{
	static const char *const texts[] = { "a:1", "a:2", "b:1", ":1",
	    "[::1]:1", "unix:a", "unix:b" };
	const size_t count = sizeof(texts) / sizeof(texts[0]);
	struct address one, other;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			ck_assert_int_eq(address_parse(texts[i], &one, error,
			    sizeof(error)), 0);
			ck_assert_int_eq(address_parse(texts[j], &other, error,
			    sizeof(error)), 0);
			ck_assert_msg(address_same(&one, &other) == (i == j),
			    "%s, %s", texts[i], texts[j]);
		}
}
END_TEST

START_TEST(addresses_of_unix_sockets)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_un un;
	char longest[109];

	memset(&un, 0x55, sizeof(un));
	ck_assert_int_eq(address_unix("/run/s", &un), head + 7);
	ck_assert_int_eq(un.sun_family, AF_UNIX);
	ck_assert_str_eq(un.sun_path, "/run/s");
	memset(&un, 0x55, sizeof(un));
	ck_assert_int_eq(address_unix("@name", &un), head + 5);
	ck_assert_mem_eq(un.sun_path, "\0name\0", 6);
	memset(longest, 'x', sizeof(longest));
	longest[107] = '\0';
	ck_assert_int_eq(address_unix(longest, &un), head + 108);
	ck_assert_str_eq(un.sun_path, longest);
	longest[107] = 'x';
	longest[108] = '\0';
	ck_assert_int_eq(address_unix(longest, &un), -ENAMETOOLONG);
}
END_TEST

START_TEST(lists)
{
	struct address_list list = { NULL, 0 };

	for (unsigned i = 0; i < 20; i++) {
		address.port = (uint16_t)i;
		ck_assert_int_eq(address_list_add(&list, &address), 0);
	}
	ck_assert_uint_eq(list.count, 20);
	ck_assert_uint_eq(list.items[19].port, 19);
	address_list_clear(&list);
	ck_assert_uint_eq(list.count, 0);
	ck_assert_ptr_null(list.items);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good, no_port, bad_port, bad_host,
	    host_too_long, ipv6, unix_paths, servers, operands,
	    what_is_the_same, addresses_of_unix_sockets, lists };

	return UNIT_RUN("addresses", tests);
}
