/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks that await, and what cancellations of one and the other make of it.
 */
#include <errno.h>

#include "core/core.h"

static aw_future *
create(void)
{
	return aw_loop_create_future(aw_get_running_loop());
}

static int
await_and_note(void *future)
{
	int result = aw_await(future);

	note(result == -ECANCELED ? "cancelled" : "done");
	return result;
}

static int
inner_1(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_sleep(0), 0);
	return 1;
}

static int
inner_2(void *arg)
{
	(void)arg;
	return 2;
}

static int
add_both(void *arg)
{
	int first = join(spawn(inner_1, arg));

	return first + join(spawn(inner_2, arg));
}

LOOP_TEST(tasks_await_tasks_and_use_their_results)
{
	aw_task *task = aw_loop_create_task(loop, add_both, NULL, NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 3);
	ck_assert_int_eq(aw_future_result(task), 3);
	aw_future_unref(task);
}

TASK_TEST(the_future_that_is_awaited_may_be_cancelled)
{
	aw_future *future = create();
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	ck_assert(aw_cancel(future));
	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	/* But nobody asked the task to end. */
	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	ck_assert_notes("cancelled");
	aw_future_unref(task);
	aw_future_unref(future);
}

TASK_TEST(both_the_task_and_its_future_may_be_cancelled)
{
	aw_future *future = create();
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	ck_assert(aw_cancel(future));
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	/* It was told once. */
	ck_assert_notes("cancelled");
	aw_future_unref(future);
}

struct pair {
	aw_future *futures[2];
};

/* Awaits the second when the wait for the first is cancelled. */
static int
await_another(void *arg)
{
	struct pair *pair = arg;
	int result = aw_await(pair->futures[0]);

	if (result == -ECANCELED)
		result = aw_await(pair->futures[1]);
	return result;
}

static int
return_42_when_cancelled(void *future)
{
	return aw_await(future) == -ECANCELED ? 42 : 0;
}

TASK_TEST(a_task_may_catch_its_cancellation_and_return)
{
	aw_future *future = create();
	aw_task *task = spawn(return_42_when_cancelled, future);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_await(task), 42);
	ck_assert(!aw_future_cancelled(task));
	/* The future took the cancellation all the same. */
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(task);
	aw_future_unref(future);
}

TASK_TEST(a_task_may_ignore_its_cancellation_and_await_something_else)
{
	struct pair pair = { { create(), create() } };
	aw_task *task = spawn(await_another, &pair);

	turns(1);
	ck_assert(aw_cancel(task));
	turns(2);
	ck_assert(!aw_future_done(task));
	ck_assert(aw_future_cancelled(pair.futures[0]));
	ck_assert(!aw_future_done(pair.futures[1]));
	aw_future_set_result(pair.futures[1], 42);
	ck_assert_int_eq(aw_await(task), 42);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
	aw_future_unref(pair.futures[0]);
	aw_future_unref(pair.futures[1]);
}

static int
cancel_itself(void *arg)
{
	aw_future *self = aw_current_task();
	int result;

	(void)arg;
	ck_assert(aw_cancel(self));
	ck_assert_uint_eq(aw_task_cancelling(self), 1);
	ck_assert(!aw_future_done(self));
	/* This one is the next that really waits, so it comes out here. */
	result = aw_sleep(FAR);
	note(result == -ECANCELED ? "cancelled" : "slept");
	return 12;
}

TASK_TEST(a_task_may_cancel_itself_and_get_over_it)
{
	ck_assert_int_eq(join(spawn(cancel_itself, NULL)), 12);
	ck_assert_notes("cancelled");
}

static int
await_in_turn(void *future)
{
	int i, result;

	for (i = 0; i < 3; i++) {
		result = aw_await(future);
		note(result == -ECANCELED ? "cancelled" : "done");
	}
	return result;
}

TASK_TEST(a_cancelled_future_gives_the_cancellation_at_each_await)
{
	aw_future *future = create();
	aw_task *task = spawn(await_in_turn, future);

	turns(1);
	aw_cancel(future);
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("cancelled cancelled cancelled");
	aw_future_unref(future);
}

TASK_TEST(an_error_of_an_awaited_task_comes_up_a_chain)
{
	struct plan plan = { "bottom", 0.001, -EIO, 0 };
	aw_task *bottom = spawn(carry_out, &plan);
	aw_task *middle = spawn(await_and_note, bottom);
	aw_task *top = spawn(await_and_note, middle);

	ck_assert_int_eq(aw_await(top), -EIO);
	ck_assert_notes("bottom done done");
	aw_future_unref(top);
	aw_future_unref(middle);
	aw_future_unref(bottom);
}

TASK_TEST(a_task_is_cancelled_while_what_it_awaits_is_about_to_tell)
{
	aw_future *future = create();
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	aw_future_set_result(future, 3);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(aw_future_result(future), 3);
	ck_assert_notes("cancelled");
	aw_future_unref(future);
}

static aw_task *seen[2][2];

static int
look_twice(void *row)
{
	aw_task **tasks = row;

	tasks[0] = aw_current_task();
	ck_assert_int_eq(aw_sleep(0), 0);
	tasks[1] = aw_current_task();
	return 0;
}

TASK_TEST(tasks_that_take_turns_each_see_themselves_as_the_current_one)
{
	aw_task *tasks[2], *self = aw_current_task();
	int i;

	for (i = 0; i < 2; i++)
		tasks[i] = spawn(look_twice, seen[i]);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(aw_await(tasks[i]), 0);
	for (i = 0; i < 2; i++) {
		ck_assert_ptr_eq(seen[i][0], tasks[i]);
		ck_assert_ptr_eq(seen[i][1], tasks[i]);
		aw_future_unref(tasks[i]);
	}
	ck_assert_ptr_eq(aw_current_task(), self);
}

struct request {
	double sleep, timeout;
	bool timed_out, finished;
	aw_task *task;
	aw_handle *timer;
};

static void
on_timeout(void *arg)
{
	struct request *request = arg;

	request->timer = NULL;
	request->timed_out = true;
	aw_cancel(request->task);
}

/* A deadline by hand, with cancel and uncancel. */
static int
make_request(void *arg)
{
	struct request *request = arg;
	int result;

	request->task = aw_current_task();
	request->timer = aw_loop_call_later(aw_get_running_loop(),
	    request->timeout, on_timeout, request);
	ck_assert_ptr_nonnull(request->timer);
	result = aw_sleep(request->sleep);
	request->finished = result == 0;
	if (request->timer != NULL)
		aw_handle_cancel(request->timer);
	if (request->timed_out && aw_task_uncancel(request->task) == 0 &&
	    result == -ECANCELED)
		result = -ETIMEDOUT;
	/* What follows the block is not affected. */
	ck_assert_int_eq(aw_sleep(0), 0);
	return result;
}

TASK_TEST(a_structured_block_takes_back_only_its_own_cancellation)
{
	struct request late = { .sleep = FAR, .timeout = 0.001 };
	struct request quick = { .sleep = 0, .timeout = FAR };
	aw_task *task = spawn(make_request, &late);

	ck_assert_int_eq(aw_await(task), -ETIMEDOUT);
	ck_assert(late.timed_out && !late.finished);
	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	aw_future_unref(task);
	task = spawn(make_request, &quick);
	ck_assert_int_eq(aw_await(task), 0);
	ck_assert(!quick.timed_out && quick.finished);
	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	aw_future_unref(task);
}

/* Cancelled twice, it takes back one. */
static int
uncancel_one(void *arg)
{
	aw_task *self = aw_current_task();

	(void)arg;
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_uint_eq(aw_task_uncancel(self), 1);
	/* The wait after the delivery works in either case. */
	ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	ck_assert_uint_eq(aw_task_uncancel(self), 0);
	return 0;
}

TASK_TEST(two_cancellations_are_taken_back_one_by_one)
{
	aw_task *task = spawn(uncancel_one, NULL);

	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert(aw_cancel(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 2);
	ck_assert_int_eq(aw_await(task), 0);
	aw_future_unref(task);
}

int
main(void)
{
	const TTest *const tests[] = {
		tasks_await_tasks_and_use_their_results,
		the_future_that_is_awaited_may_be_cancelled,
		both_the_task_and_its_future_may_be_cancelled,
		a_task_may_catch_its_cancellation_and_return,
		a_task_may_ignore_its_cancellation_and_await_something_else,
		a_task_may_cancel_itself_and_get_over_it,
		a_cancelled_future_gives_the_cancellation_at_each_await,
		an_error_of_an_awaited_task_comes_up_a_chain,
		a_task_is_cancelled_while_what_it_awaits_is_about_to_tell,
		tasks_that_take_turns_each_see_themselves_as_the_current_one,
		a_structured_block_takes_back_only_its_own_cancellation,
		two_cancellations_are_taken_back_one_by_one,
	};

	return UNIT_RUN("await", tests);
}
