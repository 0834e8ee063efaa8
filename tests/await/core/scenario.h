/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Scenarios in which the n-th call of what can run out fails, for every n until
 * none is left to fail; and once more with every later call failing too.  Each
 * time the scenario either does all that it should, or gives the error of what
 * ran out; nothing leaks (the tools see to that), and nothing hangs.
 */
#ifndef TESTS_AWAIT_CORE_SCENARIO_H
#define TESTS_AWAIT_CORE_SCENARIO_H

#include <check.h>
#include <stdbool.h>

#include "await.h"
#include "fail.h"

/* For scenarios: as ck_assert, which allocates even if all is well. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			fail_stop(); \
			ck_abort_msg("after %s failed: %s", fail_name(), \
			    #condition); \
		} \
	} while (0)

/*
 * Runs the scenario, which returns 0 or an error, until no call fails any more;
 * with for_good each later call fails as well.
 */
void fail_each_call(int (*scenario)(void), bool for_good);

/* Runs the coroutine as the main task of a loop; its result. */
int run_main(aw_coroutine *coroutine, void *arg);

/* An exception handler: what is reported is of no interest there. */
void ignore_report(aw_loop *loop, const aw_exception_context *context,
    void *arg);

#endif
