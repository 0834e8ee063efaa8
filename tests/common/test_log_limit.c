/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log_limit.h"

#include "unit.h"

START_TEST(so_many_in_a_while)
{
	struct log_limit limit = LOG_LIMIT_INITIALIZER(2, 10);
	uint64_t left_out = 99;

	ck_assert(log_limit_allows(&limit, 100, &left_out));
	ck_assert_uint_eq(left_out, 0);
	ck_assert(log_limit_allows(&limit, 105, &left_out));
	ck_assert(!log_limit_allows(&limit, 105, &left_out));
	ck_assert(!log_limit_allows(&limit, 109, &left_out));
	ck_assert_uint_eq(left_out, 0);
	/* The next while tells of the one before, once. */
	ck_assert(log_limit_allows(&limit, 110, &left_out));
	ck_assert_uint_eq(left_out, 2);
	ck_assert(log_limit_allows(&limit, 111, &left_out));
	ck_assert_uint_eq(left_out, 0);
	ck_assert(!log_limit_allows(&limit, 112, &left_out));
	ck_assert_uint_eq(log_limit_left_out(&limit), 1);
	ck_assert_uint_eq(log_limit_left_out(&limit), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { so_many_in_a_while };

	return UNIT_RUN("log_limit", tests);
}
