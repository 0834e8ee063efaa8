/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/address_counts.h"

#include "await/fail.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static struct address_counts *counts;
/* Two listeners; what they are does not matter. */
static const char first, second;

/* An IPv6 address may have the number of an interface behind a %. */
static int
add(const void *listener, const char *notation, uint64_t most,
    struct address_count **count)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address;
	char text[INET6_ADDRSTRLEN], *scope;

	memset(&address, 0, sizeof(address));
	snprintf(text, sizeof(text), "%s", notation);
	scope = strchr(text, '%');
	if (scope != NULL) {
		*scope = '\0';
		address.in6.sin6_scope_id = (uint32_t)atoi(scope + 1);
	}
	if (inet_pton(AF_INET, text, &address.in.sin_addr) == 1) {
		address.any.sa_family = AF_INET;
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text,
		    &address.in6.sin6_addr), 1);
		address.any.sa_family = AF_INET6;
	}
	return address_counts_add(counts, listener, &address.any, most, count);
}

static void
begin(void)
{
	counts = address_counts_new();
	ck_assert_ptr_nonnull(counts);
}

START_TEST(an_address_has_so_many_and_no_more)
{
	struct address_count *taken[3], *refused = NULL;

	begin();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(add(&first, "192.0.2.1", 3, &taken[i]), 1);
	ck_assert_int_eq(add(&first, "192.0.2.1", 3, &refused), -EUSERS);
	ck_assert_ptr_null(refused);
	address_counts_remove(counts, taken[1]);
	ck_assert_int_eq(add(&first, "192.0.2.1", 3, &taken[1]), 1);
	ck_assert_int_eq(add(&first, "192.0.2.1", 3, &refused), -EUSERS);
	for (int i = 0; i < 3; i++)
		address_counts_remove(counts, taken[i]);
	address_counts_free(counts);
}
END_TEST

/* Which are one address, and which are two. */
START_TEST(what_is_the_same_address)
{
	static const struct {
		const char *one, *other;
		bool same;
	} pairs[] = {
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8::1", "2001:db8::ffff:2", true },
		{ "2001:db8:0:0:1::", "2001:db8::", true },
		{ "2001:db8:0:1::", "2001:db8::", false },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.2", false },
		{ "64:ff9b::192.0.2.1", "192.0.2.1", true },
		{ "64:ff9b::192.0.2.1", "64:ff9b::192.0.2.2", false },
		{ "64:ff9b::1:192.0.2.1", "64:ff9b::1:192.0.2.2", true },
		{ "fe80::1%2", "fe80::2%2", true },
		{ "fe80::1%2", "fe80::1%3", false },
		{ "::", "0.0.0.0", false },
		{ "c000:201::", "192.0.2.1", false },
	};
	struct address_count *one, *other;
	int result;

	begin();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		ck_assert_int_eq(add(&first, pairs[i].one, 1, &one), 1);
		result = add(&first, pairs[i].other, 1, &other);
		ck_assert_msg(result == (pairs[i].same ? -EUSERS : 1),
		    "%s and %s: %d", pairs[i].one, pairs[i].other, result);
		address_counts_remove(counts, one);
		if (result == 1)
			address_counts_remove(counts, other);
	}
	address_counts_free(counts);
}
END_TEST

START_TEST(each_listener_has_its_own)
{
	struct address_count *one, *other;

	begin();
	ck_assert_int_eq(add(&first, "192.0.2.1", 1, &one), 1);
	ck_assert_int_eq(add(&second, "192.0.2.1", 1, &other), 1);
	address_counts_remove(counts, one);
	ck_assert_int_eq(add(&second, "192.0.2.1", 1, &one), -EUSERS);
	address_counts_remove(counts, other);
	address_counts_free(counts);
}
END_TEST

START_TEST(what_has_no_address_is_not_counted)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct address_count *count = NULL;

	begin();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(address_counts_add(counts, &first,
		    (struct sockaddr *)&address, 1, &count), 0);
	ck_assert_ptr_null(count);
	address_counts_free(counts);
}
END_TEST

#define MANY 3000

START_TEST(thousands_come_and_go)
{
	static struct address_count *taken[MANY];
	struct address_count *again;
	char text[32];

	begin();
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.0.%d.%d", i / 256, i % 256);
		ck_assert_int_eq(add(&first, text, 1, &taken[i]), 1);
	}
	ck_assert_int_eq(add(&first, "10.0.5.5", 1, &again), -EUSERS);
	for (int i = 0; i < MANY; i++)
		address_counts_remove(counts, taken[i]);
	ck_assert_int_eq(add(&first, "10.0.5.5", 1, &again), 1);
	address_counts_remove(counts, again);
	address_counts_free(counts);
}
END_TEST

START_TEST(without_memory_nothing_is_counted)
{
	struct address_count *count = NULL;

	begin();
	fail_call("calloc", 1, 1, ENOMEM);
	ck_assert_int_eq(add(&first, "192.0.2.1", 1, &count), -ENOMEM);
	ck_assert(fail_stop());
	ck_assert_ptr_null(count);
	ck_assert_int_eq(add(&first, "192.0.2.1", 1, &count), 1);
	address_counts_remove(counts, count);
	address_counts_free(counts);
	fail_call("calloc", 1, 1, ENOMEM);
	counts = address_counts_new();
	ck_assert(fail_stop());
	ck_assert_ptr_null(counts);
	address_counts_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { an_address_has_so_many_and_no_more,
	    what_is_the_same_address, each_listener_has_its_own,
	    what_has_no_address_is_not_counted, thousands_come_and_go,
	    without_memory_nothing_is_counted };

	fail_init();
	return UNIT_RUN("address_counts", tests);
}
