/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/process.h"

#include "unit.h"

#include <sched.h>
#include <sys/resource.h>

START_TEST(limit_is_raised)
{
	struct rlimit limit;
	rlim_t highest;

	/* The hard limit stays: Valgrind lets nobody change it. */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	highest = limit.rlim_max;
	limit.rlim_cur = highest / 2;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	process_raise_limits();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(limit.rlim_cur, highest);
	ck_assert_uint_eq(limit.rlim_max, highest);
}
END_TEST

START_TEST(processors_are_those_we_may_use)
{
	cpu_set_t one;

	ck_assert_uint_ge(process_processors(), 1);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	ck_assert_uint_eq(process_processors(), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { limit_is_raised,
	    processors_are_those_we_may_use };

	return UNIT_RUN("process", tests);
}
