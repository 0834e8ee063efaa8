/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"
#include "core/waiters.h"

static struct aw_waiters queue;

static int
wait_in_queue(void *arg)
{
	int result = aw_waiters_wait(&queue, aw_task_current(), "a test");

	note(result < 0 ? "cancelled" : arg);
	return result;
}

TASK_TEST(all_are_woken_first_come_first_served)
{
	aw_task *a = spawn(wait_in_queue, "a"), *b = spawn(wait_in_queue, "b"),
	    *c = spawn(wait_in_queue, "c");

	turns(1);
	ck_assert_notes("");
	aw_waiters_wake_all(&queue, 0);
	ck_assert_notes("");
	turns(1);
	ck_assert_notes("a b c");
	ck_assert_int_eq(join(a) | join(b) | join(c), 0);
}

TASK_TEST(the_result_is_passed_on)
{
	aw_task *task = spawn(wait_in_queue, "a");

	turns(1);
	aw_waiters_wake_all(&queue, 42);
	ck_assert_int_eq(join(task), 42);
	ck_assert_notes("a");
}

TASK_TEST(waking_an_empty_queue_is_forgotten)
{
	aw_task *task;

	aw_waiters_wake_all(&queue, 1);
	task = spawn(wait_in_queue, "a");
	turns(3);
	ck_assert_notes("");
	aw_waiters_wake_all(&queue, 2);
	ck_assert_int_eq(join(task), 2);
	ck_assert_notes("a");
}

TASK_TEST(a_cancelled_waiter_leaves_the_queue)
{
	aw_task *a = spawn(wait_in_queue, "a"), *b = spawn(wait_in_queue, "b"),
	    *c = spawn(wait_in_queue, "c");

	turns(1);
	ck_assert(aw_cancel(b));
	turns(1);
	ck_assert_notes("cancelled");
	aw_waiters_wake_all(&queue, 0);
	ck_assert_int_eq(join(a) | join(c), 0);
	ck_assert_int_eq(join(b), -ECANCELED);
	ck_assert_notes("a c");
	ck_assert(TAILQ_EMPTY(&queue));
}

TASK_TEST(a_waiter_cancelled_after_it_was_woken_is_cancelled)
{
	aw_task *task = spawn(wait_in_queue, "a");

	turns(1);
	aw_waiters_wake_all(&queue, 5);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("cancelled");
}

int
main(void)
{
	const TTest *const tests[] = {
		all_are_woken_first_come_first_served,
		the_result_is_passed_on,
		waking_an_empty_queue_is_forgotten,
		a_cancelled_waiter_leaves_the_queue,
		a_waiter_cancelled_after_it_was_woken_is_cancelled,
	};

	return UNIT_RUN("waiters", tests);
}
