/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Addresses as text, and those of Unix sockets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/address.h"
#include "net/net.h"

static struct sockaddr_in
in(const char *host, uint16_t port)
{
	struct sockaddr_in address;

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_port = htons(port);
	ck_assert_int_eq(inet_pton(AF_INET, host, &address.sin_addr), 1);
	return address;
}

static struct sockaddr_in6
in6(const char *host, uint16_t port, uint32_t scope)
{
	struct sockaddr_in6 address;

	memset(&address, 0, sizeof(address));
	address.sin6_family = AF_INET6;
	address.sin6_port = htons(port);
	address.sin6_scope_id = scope;
	ck_assert_int_eq(inet_pton(AF_INET6, host, &address.sin6_addr), 1);
	return address;
}

static void
check_text(const void *address, int length, const char *expected)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	ck_assert_ptr_eq(aw_address_text(address, (socklen_t)length, text,
	    sizeof(text)), text);
	ck_assert_str_eq(text, expected);
}

static void
check_unix(const char *path, const char *expected)
{
	struct sockaddr_un address;
	int length = aw_unix_address(path, &address);

	ck_assert_int_gt(length, 0);
	ck_assert_int_eq(address.sun_family, AF_UNIX);
	check_text(&address, length, expected);
}

START_TEST(an_ipv4_address)
{
	struct sockaddr_in address = in("192.0.2.1", 7);

	check_text(&address, sizeof(address), "192.0.2.1:7");
}
END_TEST

START_TEST(the_longest_ipv4_address)
{
	struct sockaddr_in address = in("255.255.255.255", 65535);

	check_text(&address, sizeof(address), "255.255.255.255:65535");
}
END_TEST

START_TEST(an_ipv6_address)
{
	struct sockaddr_in6 address = in6("2001:db8::1", 7, 0);

	check_text(&address, sizeof(address), "[2001:db8::1]:7");
}
END_TEST

START_TEST(an_ipv4_address_within_ipv6)
{
	struct sockaddr_in6 address = in6("::ffff:192.0.2.1", 80, 0);

	check_text(&address, sizeof(address), "[::ffff:192.0.2.1]:80");
}
END_TEST

START_TEST(a_scope_is_named)
{
	struct sockaddr_in6 address = in6("fe80::1", 7, if_nametoindex("lo"));

	check_text(&address, sizeof(address), "[fe80::1%lo]:7");
}
END_TEST

START_TEST(a_scope_without_a_name_is_a_number)
{
	struct sockaddr_in6 address = in6("fe80::1", 7, 4000000000);

	check_text(&address, sizeof(address), "[fe80::1%4000000000]:7");
}
END_TEST

START_TEST(a_unix_path)
{
	check_unix("/run/echod.sock", "unix:/run/echod.sock");
}
END_TEST

START_TEST(the_longest_unix_path)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	char expected[sizeof(path) + 5];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	snprintf(expected, sizeof(expected), "unix:%s", path);
	check_unix(path, expected);
}
END_TEST

START_TEST(a_unix_path_without_an_end_is_read_no_further)
{
	struct sockaddr_un address;
	char expected[5 + sizeof(address.sun_path) + 1] = "unix:";

	address.sun_family = AF_UNIX;
	memset(address.sun_path, 'p', sizeof(address.sun_path));
	memset(expected + 5, 'p', sizeof(address.sun_path));
	check_text(&address, sizeof(address), expected);
}
END_TEST

START_TEST(an_abstract_name)
{
	check_unix("@echod", "unix:@echod");
}
END_TEST

START_TEST(an_abstract_name_as_long_as_there_is_room)
{
	struct sockaddr_un address;
	char name[sizeof(address.sun_path) + 1];
	char expected[sizeof(name) + 5];

	memset(name, 'n', sizeof(name));
	name[0] = '@';
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(aw_unix_address(name, &address), sizeof(address));
	snprintf(expected, sizeof(expected), "unix:%s", name);
	check_text(&address, sizeof(address), expected);
}
END_TEST

START_TEST(an_abstract_address_has_no_end_of_its_own)
{
	struct sockaddr_un address;
	int length = aw_unix_address("@ab", &address);

	ck_assert_int_eq(length, offsetof(struct sockaddr_un, sun_path) + 3);
	ck_assert_mem_eq(address.sun_path, "\0ab", 3);
}
END_TEST

START_TEST(a_unix_socket_without_a_name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	check_text(&address, sizeof(address.sun_family), "unix:");
}
END_TEST

START_TEST(an_unknown_family)
{
	struct sockaddr address = { .sa_family = AF_UNSPEC };

	check_text(&address, sizeof(address), "?");
	check_text(&address, 0, "?");
}
END_TEST

START_TEST(a_buffer_that_is_too_small_holds_the_beginning)
{
	struct sockaddr_in address = in("192.0.2.1", 7);
	char text[8] = "#######";

	aw_address_text((struct sockaddr *)&address, sizeof(address), text, 6);
	ck_assert_str_eq(text, "192.0");
	ck_assert_int_eq(text[6], '#');
}
END_TEST

START_TEST(a_buffer_of_nothing_is_left_alone)
{
	struct sockaddr_in address = in("192.0.2.1", 7);
	char text[2] = "#";

	ck_assert_ptr_eq(aw_address_text((struct sockaddr *)&address,
	    sizeof(address), text, 0), text);
	ck_assert_str_eq(text, "#");
}
END_TEST

/* In a task it takes another way, by the loop's stack. */
NET_TEST(a_task_gets_the_same_text)
{
	struct sockaddr_in6 address = in6("2001:db8::1", 7, 0);

	check_text(&address, sizeof(address), "[2001:db8::1]:7");
	check_unix("/run/echod.sock", "unix:/run/echod.sock");
}

START_TEST(a_unix_path_that_is_too_long_is_refused)
{
	struct sockaddr_un address;
	char path[sizeof(address.sun_path) + 2];

	memset(path, 'p', sizeof(path));
	path[sizeof(address.sun_path)] = '\0';
	ck_assert_int_eq(aw_unix_address(path, &address), -ENAMETOOLONG);
	path[0] = '@';
	path[sizeof(address.sun_path)] = 'p';
	path[sizeof(address.sun_path) + 1] = '\0';
	ck_assert_int_eq(aw_unix_address(path, &address), -ENAMETOOLONG);
}
END_TEST

START_TEST(an_empty_unix_path_is_refused)
{
	struct sockaddr_un address;

	ck_assert_int_eq(aw_unix_address("", &address), -EINVAL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_ipv4_address,
		the_longest_ipv4_address,
		an_ipv6_address,
		an_ipv4_address_within_ipv6,
		a_scope_is_named,
		a_scope_without_a_name_is_a_number,
		a_unix_path,
		the_longest_unix_path,
		a_unix_path_without_an_end_is_read_no_further,
		an_abstract_name,
		an_abstract_name_as_long_as_there_is_room,
		an_abstract_address_has_no_end_of_its_own,
		a_unix_socket_without_a_name,
		an_unknown_family,
		a_buffer_that_is_too_small_holds_the_beginning,
		a_buffer_of_nothing_is_left_alone,
		a_task_gets_the_same_text,
		a_unix_path_that_is_too_long_is_refused,
		an_empty_unix_path_is_refused,
	};

	return NET_MAIN("address", tests);
}
