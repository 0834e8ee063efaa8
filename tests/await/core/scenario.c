/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"
#include "core/scenario.h"

/* More calls than any scenario makes. */
#define MOST_CALLS 2000

/* Checks that an error is one of having run out. */
static void
check_error(int result, unsigned n)
{
	switch (result) {
	case -ENOMEM:
	case -EAGAIN:
	case -EMFILE:
		break;
	default:
		ck_abort_msg("call %u, of %s, failed: the result was %d: %s", n,
		    fail_name(), result, aw_strerror(result));
	}
}

void
fail_each_call(int (*scenario)(void), bool for_good)
{
	unsigned n, descriptors = count_descriptors();
	bool failed = true;
	int result;

	for (n = 1; failed; n++) {
		ck_assert_uint_lt(n, MOST_CALLS);
		fail_at(n, for_good);
		result = scenario();
		failed = fail_stop();
		if (result != 0)
			check_error(result, n);
		ck_assert_msg(result == 0 || failed, "%s without a failure",
		    aw_strerror(result));
		ck_assert_uint_eq(count_descriptors(), descriptors);
	}
	/* The last round, in which nothing failed, did everything. */
	ck_assert_int_eq(result, 0);
	ck_assert_uint_gt(n, 2);
}

void
ignore_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)context, (void)arg;
}

int
run_main(aw_coroutine *coroutine, void *arg)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;
	int result;

	if (loop == NULL)
		return -ENOMEM;
	aw_loop_set_exception_handler(loop, ignore_report, NULL);
	task = aw_loop_create_task(loop, coroutine, arg, "main");
	result = aw_loop_run_until_complete(loop, task);
	aw_future_unref(task);
	aw_loop_close(loop);
	return result;
}
