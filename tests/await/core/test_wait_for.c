/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>

#include "core/core.h"
#include "core/task.h"

static aw_future *
create(void)
{
	return aw_loop_create_future(aw_get_running_loop());
}

static void
end_future(void *future)
{
	aw_future_set_result(future, 7);
}

TASK_TEST(it_returns_the_result)
{
	struct plan plan = { "task", 0.001, 42, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(task, FAR), 42);
	ck_assert_int_eq(aw_wait_for(task, FAR), 42);
	aw_future_unref(task);
	check_clean();
	(void)take_notes();
}

TASK_TEST(it_returns_the_error_which_counts_as_retrieved)
{
	struct plan plan = { "task", 0.001, -EIO, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(task, FAR), -EIO);
	aw_future_unref(task);
	check_clean();
	(void)take_notes();
}

TASK_TEST(at_the_timeout_the_future_is_cancelled)
{
	aw_future *future = create();

	ck_assert_int_eq(aw_wait_for(future, 0.001), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
	check_clean();
}

TASK_TEST(at_the_timeout_the_task_is_cancelled_once)
{
	struct plan plan = { "task", FAR, 1, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(task, 0.001), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(task));
	ck_assert_uint_eq(aw_task_cancelling(task), 1);
	ck_assert_notes("task!");
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(a_negative_timeout_is_none)
{
	struct plan plan = { "task", 0.02, 3, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(task, -1), 3);
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
	aw_future_unref(task);
	(void)take_notes();
}

TASK_TEST(what_is_not_a_number_is_no_timeout_either)
{
	struct plan plan = { "inner", 0.01, 7, 0 };
	aw_task *inner = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(inner, NAN), 7);
	ck_assert_notes("inner");
	aw_future_unref(inner);
}

TASK_TEST(with_0_a_future_that_is_done_has_its_result)
{
	aw_future *future = create();

	aw_future_set_result(future, 5);
	ck_assert_int_eq(aw_wait_for(future, 0), 5);
	aw_future_unref(future);
	check_clean();
}

TASK_TEST(with_0_a_task_that_has_not_begun_never_runs)
{
	struct plan plan = { "task", -1, 1, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_wait_for(task, 0), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(task));
	ck_assert_notes("");
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(with_0_a_pending_future_is_cancelled_at_once)
{
	aw_future *future = create();
	double start = aw_loop_time(aw_get_running_loop());

	ck_assert_int_eq(aw_wait_for(future, 0), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(future));
	ck_assert_double_lt(aw_loop_time(aw_get_running_loop()) - start, 5);
	aw_future_unref(future);
	check_clean();
}

struct clean_up {
	double seconds;
	int result;
	bool ended;
};

/* Ignores a cancellation for a while, then returns the result. */
static int
clean_up(void *arg)
{
	struct clean_up *plan = arg;
	int result = aw_sleep(FAR);

	if (aw_sleep(plan->seconds) < 0)
		result = -EINTR;
	plan->ended = true;
	return plan->result != 0 ? plan->result : result;
}

TASK_TEST(it_waits_until_the_task_has_really_ended)
{
	struct clean_up plan = { 0.01, 0, false };
	aw_task *task = spawn(clean_up, &plan);

	ck_assert_int_eq(aw_wait_for(task, 0.001), -ETIMEDOUT);
	ck_assert(plan.ended);
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(with_0_it_waits_until_the_task_has_really_ended)
{
	struct clean_up plan = { 0.01, 0, false };
	aw_task *task = spawn(clean_up, &plan);

	turns(1);
	ck_assert_int_eq(aw_wait_for(task, 0), -ETIMEDOUT);
	ck_assert(plan.ended);
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(a_task_that_fails_at_its_cancellation_gives_that_error)
{
	struct clean_up plan = { 0, -EIO, false };
	aw_task *task = spawn(clean_up, &plan);

	ck_assert_int_eq(aw_wait_for(task, 0.001), -EIO);
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(with_0_a_task_that_fails_at_its_cancellation_gives_that_error)
{
	struct clean_up plan = { 0, -EIO, false };
	aw_task *task = spawn(clean_up, &plan);

	turns(1);
	ck_assert_int_eq(aw_wait_for(task, 0), -EIO);
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(a_task_that_swallows_its_cancellation_gives_its_result)
{
	struct clean_up plan = { 0, 42, false };
	aw_task *task = spawn(clean_up, &plan);

	ck_assert_int_eq(aw_wait_for(task, 0.001), 42);
	ck_assert(!aw_future_cancelled(task));
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(with_0_a_task_that_swallows_its_cancellation_gives_its_result)
{
	struct clean_up plan = { 0, 42, false };
	aw_task *task = spawn(clean_up, &plan);

	turns(1);
	ck_assert_int_eq(aw_wait_for(task, 0), 42);
	aw_future_unref(task);
	check_clean();
}

TASK_TEST(a_result_that_is_there_before_the_timeout_is_returned)
{
	aw_future *future = create();

	aw_loop_call_soon(aw_get_running_loop(), end_future, future);
	ck_assert_int_eq(aw_wait_for(future, FAR), 7);
	aw_future_unref(future);
	check_clean();
}

/* Ends the future in the turn in which the deadline is due. */
static int
end_late(void *future)
{
	aw_loop *loop = aw_get_running_loop();
	double start = aw_loop_time(loop);

	while (aw_loop_time(loop) - start < 0.15)
		;
	turns(1);
	return aw_future_set_result(future, 7);
}

TASK_TEST(a_result_that_comes_in_the_turn_of_the_deadline_wins)
{
	aw_future *future = create();
	aw_task *task = spawn(end_late, future);

	ck_assert_int_eq(aw_wait_for(future, 0.1), 7);
	ck_assert_int_eq(join(task), 0);
	aw_future_unref(future);
	check_clean();
}

struct waiting {
	aw_future *future;
	double timeout;
	int result;
};

static int
wait_and_tell(void *arg)
{
	struct waiting *waiting = arg;

	waiting->result = aw_wait_for(waiting->future, waiting->timeout);
	return waiting->result;
}

TASK_TEST(if_the_waiting_task_is_cancelled_so_is_the_future)
{
	double timeouts[] = { -1, FAR };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct plan plan = { "task", FAR, 1, 0 };
		struct waiting waiting = { spawn(carry_out, &plan),
		    timeouts[i], 0 };
		aw_task *task = spawn(wait_and_tell, &waiting);

		turns(2);
		ck_assert(aw_cancel(task));
		ck_assert_int_eq(aw_await(task), -ECANCELED);
		ck_assert(aw_future_cancelled(task));
		ck_assert(aw_future_cancelled(waiting.future));
		ck_assert_notes("task!");
		aw_future_unref(waiting.future);
		aw_future_unref(task);
		check_clean();
	}
}

TASK_TEST(cancelled_just_after_the_result_came_it_is_cancelled)
{
	struct waiting waiting = { create(), FAR, 0 };
	aw_task *task = spawn(wait_and_tell, &waiting);

	turns(1);
	aw_future_set_result(waiting.future, 1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(waiting.result, -ECANCELED);
	aw_future_unref(waiting.future);
	check_clean();
}

struct persist {
	int left;        /* cancellations to swallow */
	aw_future *gate; /* then it waits for this */
};

static int
persist(void *arg)
{
	struct persist *plan = arg;

	while (plan->left > 0)
		if (aw_sleep(FAR) == -ECANCELED)
			plan->left--;
	return aw_await_unref(plan->gate);
}

TASK_TEST(a_cancellation_while_it_waits_for_the_end_is_passed_on_as_well)
{
	struct persist plan = { 2, create() };
	struct waiting waiting = { spawn(persist, &plan), 0.001, 0 };
	aw_task *task = spawn(wait_and_tell, &waiting);

	while (aw_task_cancelling(waiting.future) == 0)
		ck_assert_int_eq(aw_sleep(0.001), 0);
	turns(1);
	ck_assert(!aw_future_done(task));
	ck_assert(aw_cancel(task));
	ck_assert_uint_eq(aw_task_cancelling(waiting.future), 2);
	/* It swallows that one too, and its result is the answer. */
	aw_future_set_result(plan.gate, 42);
	ck_assert_int_eq(join(task), 42);
	ck_assert_int_eq(aw_await_unref(waiting.future), 42);
	check_clean();
}

TASK_TEST(with_0_it_can_be_cancelled_while_it_waits_for_the_end)
{
	struct persist plan = { 1, create() };
	struct waiting waiting = { spawn(persist, &plan), 0, 0 };
	aw_task *task;

	turns(1);
	task = spawn(wait_and_tell, &waiting);
	turns(2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert(!aw_future_done(waiting.future));
	aw_future_set_result(plan.gate, 42);
	ck_assert_int_eq(aw_await_unref(waiting.future), 42);
	check_clean();
}

TASK_TEST(one_that_somebody_else_cancels_is_no_timeout)
{
	struct waiting waiting = { create(), FAR, 0 };
	aw_task *task = spawn(wait_and_tell, &waiting);

	turns(1);
	aw_cancel(waiting.future);
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(waiting.future);
	check_clean();
}

TASK_TEST(a_gather_is_waited_for_like_any_future)
{
	aw_future *futures[2] = { create(), create() }, *all;
	int i;

	all = aw_gather(futures, 2, false);
	ck_assert_int_eq(aw_wait_for(all, 0.001), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(all));
	for (i = 0; i < 2; i++) {
		ck_assert(aw_future_cancelled(futures[i]));
		aw_future_unref(futures[i]);
	}
	aw_future_unref(all);
	check_clean();
}

TASK_TEST(in_an_outer_timeout_the_one_that_passed_counts)
{
	aw_future *future = create();
	aw_timeout *outer;
	int result;

	ck_assert_int_eq(aw_timeout_enter(0.001, &outer), 0);
	result = aw_wait_for(future, FAR);
	ck_assert_int_eq(result, -ECANCELED);
	ck_assert_int_eq(aw_timeout_exit(outer, result), -ETIMEDOUT);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
	check_clean();
}

TASK_TEST(what_can_not_be_awaited_is_an_error)
{
	ck_assert_int_eq(aw_wait_for(NULL, 1), -ENOMEM);
	ck_assert_int_eq(aw_wait_for(aw_current_task(), 1), -EDEADLK);
	ck_assert_int_eq(aw_wait_for(aw_current_task(), 0), -EDEADLK);
	check_clean();
}

LOOP_TEST(outside_of_a_task_it_is_an_error)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_wait_for(future, 1), AW_ENOTASK);
	ck_assert_int_eq(aw_wait_for(future, 0), AW_ENOTASK);
	aw_future_unref(future);
}

int
main(void)
{
	const TTest *const tests[] = {
		it_returns_the_result,
		it_returns_the_error_which_counts_as_retrieved,
		at_the_timeout_the_future_is_cancelled,
		at_the_timeout_the_task_is_cancelled_once,
		a_negative_timeout_is_none,
		what_is_not_a_number_is_no_timeout_either,
		with_0_a_future_that_is_done_has_its_result,
		with_0_a_task_that_has_not_begun_never_runs,
		with_0_a_pending_future_is_cancelled_at_once,
		it_waits_until_the_task_has_really_ended,
		with_0_it_waits_until_the_task_has_really_ended,
		a_task_that_fails_at_its_cancellation_gives_that_error,
		with_0_a_task_that_fails_at_its_cancellation_gives_that_error,
		a_task_that_swallows_its_cancellation_gives_its_result,
		with_0_a_task_that_swallows_its_cancellation_gives_its_result,
		a_result_that_is_there_before_the_timeout_is_returned,
		a_result_that_comes_in_the_turn_of_the_deadline_wins,
		if_the_waiting_task_is_cancelled_so_is_the_future,
		cancelled_just_after_the_result_came_it_is_cancelled,
		a_cancellation_while_it_waits_for_the_end_is_passed_on_as_well,
		with_0_it_can_be_cancelled_while_it_waits_for_the_end,
		one_that_somebody_else_cancels_is_no_timeout,
		a_gather_is_waited_for_like_any_future,
		in_an_outer_timeout_the_one_that_passed_counts,
		what_can_not_be_awaited_is_an_error,
		outside_of_a_task_it_is_an_error,
	};

	return UNIT_RUN("wait_for", tests);
}
