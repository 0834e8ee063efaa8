/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <await.h>

#include "load/sources.h"
#include "unit.h"

static char error[256];

/* The list reads as these addresses, joined by spaces. */
static void
check(const char *text, const char *expected)
{
	char all[512] = "", one[AW_ADDRESS_TEXT_SIZE];
	struct sources sources;

	ck_assert_msg(sources_parse(text, &sources, error, sizeof(error)) == 0,
	    "%s: %s", text, error);
	for (size_t i = 0; i < sources.count; i++) {
		const struct sockaddr *address =
		    (const struct sockaddr *)&sources.items[i];

		aw_address_text(address, address->sa_family == AF_INET ?
		    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6),
		    one, sizeof(one));
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
		    i > 0 ? " " : "", one);
	}
	ck_assert_str_eq(all, expected);
	ck_assert_uint_eq(sources_count(text), sources.count);
	sources_clear(&sources);
	ck_assert_uint_eq(sources.count, 0);
}

START_TEST(addresses_and_ranges_are_read)
{
	check("127.0.0.1", "127.0.0.1:0");
	check("127.0.0.2-127.0.0.4", "127.0.0.2:0 127.0.0.3:0 127.0.0.4:0");
	check("10.0.0.255-10.0.1.0,127.0.0.1",
	    "10.0.0.255:0 10.0.1.0:0 127.0.0.1:0");
	check("::1,127.0.0.1", "[::1]:0 127.0.0.1:0");
	check("255.255.255.255-255.255.255.255", "255.255.255.255:0");
}
END_TEST

START_TEST(other_texts_are_refused)
{
	static const char *const texts[] = {
		"", ",", "127.0.0.1,", "localhost", "127.0.0.1-", "-127.0.0.1",
		"127.0.0.2-127.0.0.1", "127.0.0.1-::1", "::1-::2",
		"127.0.0.1:80", "127.0.0.1-127.0.0.2-127.0.0.3",
	};
	struct sources sources;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_msg(sources_parse(texts[i], &sources, error,
		    sizeof(error)) == -EINVAL, "%s", texts[i]);
		ck_assert_ptr_nonnull(strstr(error, "expected"));
		ck_assert_uint_eq(sources_count(texts[i]), 0);
	}
}
END_TEST

START_TEST(too_many_are_refused)
{
	struct sources sources;

	ck_assert_int_eq(sources_parse("10.0.0.0-10.1.0.0", &sources, error,
	    sizeof(error)), -ERANGE);
	ck_assert_int_eq(sources_parse("0.0.0.0-255.255.255.255", &sources,
	    error, sizeof(error)), -ERANGE);
	ck_assert_ptr_null(sources.items);
}
END_TEST

START_TEST(no_list_has_none)
{
	ck_assert_uint_eq(sources_count(NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		addresses_and_ranges_are_read,
		other_texts_are_refused,
		too_many_are_refused,
		no_list_has_none,
	};

	return UNIT_RUN("sources", tests);
}
