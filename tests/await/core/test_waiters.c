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

static bool promised[2];

static int
wait_turn(void *arg)
{
	bool *woken = arg;

	return aw_waiters_wait_turn(&queue, aw_task_current(), "a test",
	    woken);
}

TASK_TEST(the_first_is_woken_alone)
{
	aw_task *a = spawn(wait_in_queue, "a"), *b = spawn(wait_in_queue, "b");

	ck_assert(!aw_waiters_wake_first(&queue, 0));
	turns(1);
	ck_assert(aw_waiters_wake_first(&queue, 3));
	turns(2);
	ck_assert_notes("a");
	ck_assert(aw_waiters_wake_first(&queue, 4));
	ck_assert(!aw_waiters_wake_first(&queue, 5));
	ck_assert_int_eq(join(a), 3);
	ck_assert_int_eq(join(b), 4);
	ck_assert_notes("b");
}

TASK_TEST(those_cancelled_before_are_not_woken_and_know_it)
{
	aw_task *a = spawn(wait_turn, &promised[0]),
	    *b = spawn(wait_turn, &promised[1]);

	turns(1);
	promised[0] = true;
	ck_assert(aw_cancel(a));
	ck_assert(aw_waiters_wake_first(&queue, 7));
	ck_assert(TAILQ_EMPTY(&queue));
	ck_assert_int_eq(join(a), -ECANCELED);
	ck_assert_int_eq(join(b), 7);
	ck_assert(!promised[0] && promised[1]);
}

TASK_TEST(one_cancelled_after_it_was_woken_knows_that_it_was)
{
	aw_task *a = spawn(wait_turn, &promised[0]);

	turns(1);
	ck_assert(aw_waiters_wake_first(&queue, 7));
	ck_assert(aw_cancel(a));
	ck_assert_int_eq(join(a), -ECANCELED);
	ck_assert(promised[0]);
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
		the_first_is_woken_alone,
		those_cancelled_before_are_not_woken_and_know_it,
		one_cancelled_after_it_was_woken_knows_that_it_was,
	};

	return UNIT_RUN("waiters", tests);
}
