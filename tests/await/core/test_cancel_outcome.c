/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Cancellation of tasks: where it goes, and what becomes of it.
 */
#include <errno.h>

#include "core/core.h"

/* -------------------------------------------------------- through an await */

TASK_TEST(it_is_passed_into_the_future_that_is_awaited)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_it, future);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_future_cancelled(future));
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(future);
}

static int
await_and_note(void *task)
{
	int result = aw_await(task);

	note(result == -ECANCELED ? "outer!" : "outer");
	return result;
}

TASK_TEST(it_is_passed_into_the_task_that_is_awaited_which_ends_first)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *outer = spawn(await_and_note, inner);

	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_uint_eq(aw_task_cancelling(inner), 1);
	ck_assert_int_eq(aw_await(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(inner));
	ck_assert(aw_future_cancelled(outer));
	ck_assert_notes("sleeper! outer!");
	aw_future_unref(inner);
	aw_future_unref(outer);
}

TASK_TEST(it_goes_down_a_chain_and_comes_up_again)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *middle = spawn(await_and_note, inner);
	aw_task *outer = spawn(await_and_note, middle);

	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_int_eq(join(outer), -ECANCELED);
	ck_assert(aw_future_cancelled(middle));
	ck_assert(aw_future_cancelled(inner));
	ck_assert_notes("sleeper! outer! outer!");
	aw_future_unref(inner);
	aw_future_unref(middle);
}

static int
sleep_and_swallow(void *arg)
{
	(void)arg;
	if (aw_sleep(FAR) == -ECANCELED)
		note("swallowed");
	return 5;
}

TASK_TEST(the_inner_task_may_swallow_it_and_the_outer_never_sees_it)
{
	aw_task *inner = spawn(sleep_and_swallow, NULL), *outer;

	turns(1);
	outer = spawn(await_and_note, inner);
	turns(1);
	ck_assert(aw_cancel(outer));
	ck_assert_int_eq(aw_await(outer), 5);
	ck_assert(!aw_future_cancelled(outer));
	ck_assert_uint_eq(aw_task_cancelling(outer), 1);
	ck_assert_notes("swallowed outer");
	aw_future_unref(inner);
	aw_future_unref(outer);
}

static int
clean_up_slowly(void *arg)
{
	int err = aw_sleep(FAR);

	(void)arg;
	turns(3);
	note("cleaned up");
	return err;
}

TASK_TEST(the_outer_sees_it_only_when_the_inner_has_ended)
{
	aw_task *inner = spawn(clean_up_slowly, NULL), *outer;

	turns(1);
	outer = spawn(await_and_note, inner);
	turns(1);
	ck_assert(aw_cancel(outer));
	turns(2);
	ck_assert_notes("");
	ck_assert_int_eq(join(outer), -ECANCELED);
	ck_assert_notes("cleaned up outer!");
	aw_future_unref(inner);
}

TASK_TEST(cancelling_one_of_two_that_await_a_task_cancels_it_for_both)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);
	aw_task *one = spawn(await_and_note, inner);
	aw_task *two = spawn(await_and_note, inner);

	turns(1);
	ck_assert(aw_cancel(one));
	ck_assert_int_eq(aw_await(two), -ECANCELED);
	ck_assert(aw_future_cancelled(one));
	ck_assert(aw_future_cancelled(two));
	ck_assert_uint_eq(aw_task_cancelling(two), 0);
	ck_assert_notes("sleeper! outer! outer!");
	aw_future_unref(inner);
	aw_future_unref(one);
	aw_future_unref(two);
}

TASK_TEST(awaiting_a_task_that_another_cancelled_is_no_cancellation_of_ones_own)
{
	struct plan plan;
	aw_task *inner = spawn_sleeper(&plan);

	ck_assert(aw_cancel(inner));
	ck_assert_int_eq(aw_await(inner), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 0);
	turns(2);
	ck_assert_notes("sleeper!");
	aw_future_unref(inner);
}

/* ------------------------------------------------------- what becomes of it */

static int
swallow_and_sleep_again(void *arg)
{
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	*(int *)arg = aw_sleep(0.001);
	return 8;
}

TASK_TEST(it_is_an_edge_the_next_wait_works)
{
	int slept = -1;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, 0);
	ck_assert(!aw_future_cancelled(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	aw_future_unref(task);
}

TASK_TEST(two_before_the_delivery_are_delivered_as_one)
{
	int slept = -1;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	/*
	 * The first woke the task, and the second is kept; the sleep gives
	 * both of them at once.
	 */
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, 0);
	aw_future_unref(task);
}

TASK_TEST(a_second_one_interrupts_the_clean_up)
{
	int slept = 0;
	aw_task *task = spawn(swallow_and_sleep_again, &slept);

	turns(1);
	ck_assert(aw_cancel(task));
	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), 8);
	ck_assert_int_eq(slept, -ECANCELED);
	aw_future_unref(task);
}

static int
cancel_self_and_return(void *result)
{
	ck_assert(aw_cancel(aw_current_task()));
	return *(int *)result;
}

TASK_TEST(returning_with_one_still_pending_ends_cancelled)
{
	int result = 4;
	aw_task *task = spawn(cancel_self_and_return, &result);

	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	aw_future_unref(task);
}

TASK_TEST(failing_with_one_still_pending_keeps_the_error)
{
	int result = -EIO;
	aw_task *task = spawn(cancel_self_and_return, &result);

	ck_assert_int_eq(aw_await(task), -EIO);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
}

static int
fail_in_clean_up(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	return -EIO;
}

TASK_TEST(a_clean_up_that_fails_ends_with_its_error)
{
	aw_task *task = spawn(fail_in_clean_up, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), -EIO);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
}

/* ---------------------------------------------------------------- uncancel */

static int
swallow_and_uncancel(void *arg)
{
	aw_task *self = aw_current_task();

	(void)arg;
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(self), 2);
	ck_assert_uint_eq(aw_task_uncancel(self), 1);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	ck_assert_uint_eq(aw_task_cancelling(self), 0);
	return aw_sleep(0);
}

TASK_TEST(uncancel_takes_one_back_and_returns_what_is_left)
{
	aw_task *task = spawn(swallow_and_uncancel, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), 0);
}

static int
cancel_self_and_take_back(void *times)
{
	aw_task *self = aw_current_task();
	int i;

	ck_assert(aw_cancel(self));
	ck_assert(aw_cancel(self));
	for (i = 0; i < *(int *)times; i++)
		aw_task_uncancel(self);
	return aw_sleep(0);
}

TASK_TEST(uncancel_to_0_clears_a_pending_one)
{
	int times = 2;

	ck_assert_int_eq(join(spawn(cancel_self_and_take_back, &times)), 0);
}

TASK_TEST(uncancel_to_more_than_0_does_not)
{
	int times = 1;

	ck_assert_int_eq(join(spawn(cancel_self_and_take_back, &times)),
	    -ECANCELED);
}

LOOP_TEST(what_is_no_task_is_never_cancelling)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert(aw_cancel(future));
	ck_assert_uint_eq(aw_task_cancelling(future), 0);
	ck_assert_uint_eq(aw_task_uncancel(future), 0);
	ck_assert_uint_eq(aw_task_cancelling(NULL), 0);
	ck_assert_uint_eq(aw_task_uncancel(NULL), 0);
	aw_future_unref(future);
}

struct link {
	aw_task *next;
	aw_future *gate;
};

static int
await_next(void *arg)
{
	struct link *link = arg;

	return aw_await(link->next != NULL ? link->next : link->gate);
}

#define LINKS 3000

/* Makes links[0]'s task await that of links[1], and so on to the gate. */
static aw_task *
chain(struct link *links, aw_future *gate, bool circle)
{
	aw_task *first = NULL;
	size_t i;

	for (i = LINKS; i-- > 0;) {
		links[i].next = first;
		links[i].gate = gate;
		first = spawn(await_next, &links[i]);
	}
	if (circle)
		links[LINKS - 1].next = aw_future_ref(first);
	turns(1);
	return first;
}

static void
unchain(struct link *links)
{
	size_t i;

	for (i = 0; i < LINKS; i++)
		aw_future_unref(links[i].next);
}

TASK_TEST(a_chain_longer_than_any_stack_is_cancelled_and_ends)
{
	static struct link links[LINKS];
	aw_future *gate = aw_loop_create_future(aw_get_running_loop());
	aw_task *first = chain(links, gate, false);

	ck_assert(aw_cancel(first));
	ck_assert(aw_future_cancelled(gate));
	ck_assert_int_eq(join(first), -ECANCELED);
	ck_assert(aw_future_cancelled(links[LINKS / 2].next));
	unchain(links);
	aw_future_unref(gate);
}

TASK_TEST(a_chain_longer_than_any_stack_ends_with_the_last_ones_result)
{
	static struct link links[LINKS];
	aw_future *gate = aw_loop_create_future(aw_get_running_loop());
	aw_task *first = chain(links, gate, false);

	ck_assert_int_eq(aw_future_set_result(gate, 42), 0);
	ck_assert_int_eq(join(first), 42);
	unchain(links);
	aw_future_unref(gate);
}

TASK_TEST(a_long_circle_is_broken_where_it_is_cancelled_first)
{
	static struct link links[LINKS];
	aw_task *first = chain(links, NULL, true);

	ck_assert(aw_cancel(first));
	turns(1);
	ck_assert(aw_future_cancelled(first));
	ck_assert(!aw_future_done(links[0].next));
	ck_assert_int_eq(join(first), -ECANCELED);
	turns(LINKS);
	ck_assert(aw_future_cancelled(links[0].next));
	unchain(links);
}

TASK_TEST(two_tasks_that_await_each_other_are_cancelled_from_a_third)
{
	struct link ends[3];
	aw_task *tasks[3];
	size_t i;

	for (i = 0; i < 3; i++)
		tasks[i] = spawn(await_next, &ends[i]);
	ends[0].next = tasks[1];
	ends[1].next = tasks[2];
	ends[2].next = tasks[1];
	turns(1);
	ck_assert(aw_cancel(tasks[0]));
	turns(1);
	/* It closed the circle, though it was not the first to be cancelled. */
	ck_assert(aw_future_cancelled(tasks[1]));
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(join(tasks[i]), -ECANCELED);
	ck_assert_int_eq(aw_task_cancelling(aw_current_task()), 0);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_is_passed_into_the_future_that_is_awaited,
		it_is_passed_into_the_task_that_is_awaited_which_ends_first,
		it_goes_down_a_chain_and_comes_up_again,
		the_inner_task_may_swallow_it_and_the_outer_never_sees_it,
		the_outer_sees_it_only_when_the_inner_has_ended,
		cancelling_one_of_two_that_await_a_task_cancels_it_for_both,
		awaiting_a_task_that_another_cancelled_is_no_cancellation_of_ones_own,
		it_is_an_edge_the_next_wait_works,
		two_before_the_delivery_are_delivered_as_one,
		a_second_one_interrupts_the_clean_up,
		returning_with_one_still_pending_ends_cancelled,
		failing_with_one_still_pending_keeps_the_error,
		a_clean_up_that_fails_ends_with_its_error,
		uncancel_takes_one_back_and_returns_what_is_left,
		uncancel_to_0_clears_a_pending_one,
		uncancel_to_more_than_0_does_not,
		what_is_no_task_is_never_cancelling,
		a_chain_longer_than_any_stack_is_cancelled_and_ends,
		a_chain_longer_than_any_stack_ends_with_the_last_ones_result,
		a_long_circle_is_broken_where_it_is_cancelled_first,
		two_tasks_that_await_each_other_are_cancelled_from_a_third,
	};

	return UNIT_RUN("cancel_outcome", tests);
}
