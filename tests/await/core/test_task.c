/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/core.h"
#include "core/task.h"

static int
note_and_return(void *word)
{
	note(word);
	return 0;
}

static int
return_int(void *number)
{
	return *(int *)number;
}

TASK_TEST(a_new_task_runs_no_earlier_than_its_creators_next_suspension)
{
	aw_task *task = spawn(note_and_return, "task");

	note("creator");
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("creator task");
}

TASK_TEST(new_tasks_run_in_the_order_of_their_creation)
{
	aw_task *a = spawn(note_and_return, "a"),
	    *b = spawn(note_and_return, "b"), *c = spawn(note_and_return, "c");

	turns(1);
	ck_assert_notes("a b c");
	ck_assert_int_eq(join(a) | join(b) | join(c), 0);
}

TASK_TEST(the_coroutines_result_is_the_tasks)
{
	int good = 42, bad = -EIO;

	ck_assert_int_eq(join(spawn(return_int, &good)), 42);
	ck_assert_int_eq(join(spawn(return_int, &bad)), -EIO);
}

TASK_TEST(a_task_is_pending_until_its_coroutine_returns)
{
	struct plan plan = { "done", 0, 42, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert(!aw_future_done(task));
	ck_assert_int_eq(aw_future_result(task), AW_EINVALIDSTATE);
	turns(1);
	ck_assert(!aw_future_done(task));
	turns(1);
	ck_assert(aw_future_done(task));
	ck_assert_int_eq(aw_future_result(task), 42);
	ck_assert_notes("done");
	aw_future_unref(task);
}

TASK_TEST(a_task_can_not_be_ended_from_outside)
{
	struct plan plan = { "done", 0, 1, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_future_set_result(task, 2), -EINVAL);
	ck_assert_int_eq(aw_future_set_error(task, -EIO), -EINVAL);
	ck_assert_int_eq(aw_future_set_error(task, -ECANCELED), -EINVAL);
	ck_assert_int_eq(join(task), 1);
	ck_assert_notes("done");
}

TASK_TEST(the_cancelled_result_of_a_coroutine_cancels_its_task)
{
	int result = -ECANCELED;
	aw_task *task = spawn(return_int, &result);

	ck_assert_int_eq(aw_await(task), -ECANCELED);
	ck_assert(aw_future_cancelled(task));
	aw_future_unref(task);
}

TASK_TEST(a_task_can_be_awaited_again_and_again)
{
	int result = 7;
	aw_task *task = spawn(return_int, &result);

	ck_assert_int_eq(aw_await(task), 7);
	ck_assert_int_eq(aw_await(task), 7);
	ck_assert_int_eq(join(task), 7);
}

TASK_TEST(a_task_that_nobody_refers_to_runs_to_its_end)
{
	struct plan plan = { "done", 0, 0, 0 };

	aw_future_unref(spawn(carry_out, &plan));
	turns(3);
	ck_assert_notes("done");
}

TASK_TEST(a_task_that_awaits_itself_gets_an_error)
{
	ck_assert_int_eq(aw_await(aw_current_task()), -EDEADLK);
}

static int
check_current(void *arg)
{
	aw_task **task = arg;

	ck_assert_ptr_eq(aw_current_task(), *task);
	turns(1);
	ck_assert_ptr_eq(aw_current_task(), *task);
	return 0;
}

TASK_TEST(the_current_task_is_the_one_that_runs)
{
	aw_task *self = aw_current_task(), *task;

	task = spawn(check_current, &task);
	ck_assert_ptr_eq(aw_current_task(), self);
	ck_assert_int_eq(join(task), 0);
	ck_assert_ptr_eq(aw_current_task(), self);
}

static void
check_no_task(void *word)
{
	ck_assert_ptr_null(aw_current_task());
	note(word);
}

LOOP_TEST(outside_of_tasks_there_is_no_current_task)
{
	ck_assert_ptr_null(aw_current_task());
	aw_loop_call_soon(loop, check_no_task, "callback");
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert_notes("callback");
}

START_TEST(without_a_running_loop_no_task_is_made)
{
	ck_assert_ptr_null(aw_create_task(note_and_return, "never", NULL));
	ck_assert_ptr_null(aw_loop_create_task(NULL, note_and_return, "never",
	    NULL));
}
END_TEST

LOOP_TEST(a_task_can_be_made_before_its_loop_runs)
{
	aw_task *task = aw_loop_create_task(loop, note_and_return, "task",
	    NULL);

	ck_assert_ptr_nonnull(task);
	ck_assert_notes("");
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	ck_assert_notes("task");
	aw_future_unref(task);
}

TASK_TEST(a_done_callback_gets_the_task_from_the_loop)
{
	aw_task *task = spawn(note_and_return, "task");

	ck_assert_int_eq(aw_future_add_done_callback(task, note_done,
	    "callback"), 0);
	turns(1);
	ck_assert_notes("task");
	turns(1);
	ck_assert_notes("callback");
	aw_future_unref(task);
}

/* ------------------------------------------------------------------- names */

LOOP_TEST(nameless_tasks_are_numbered)
{
	aw_task *first = aw_loop_create_task(loop, note_and_return, "", NULL);
	aw_task *named = aw_loop_create_task(loop, note_and_return, "", "me");
	aw_task *third = aw_loop_create_task(loop, note_and_return, "", NULL);

	ck_assert_str_eq(aw_task_get_name(third), "Task-3");
	ck_assert_str_eq(aw_task_get_name(named), "me");
	ck_assert_str_eq(aw_task_get_name(first), "Task-1");
	aw_future_unref(first);
	aw_future_unref(named);
	aw_future_unref(third);
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	take_notes();
}

TASK_TEST(a_name_is_copied_and_can_be_set_anew)
{
	char name[] = "first";
	aw_task *task = aw_create_task(note_and_return, "", name);

	name[0] = 'F';
	ck_assert_str_eq(aw_task_get_name(task), "first");
	ck_assert_int_eq(aw_task_set_name(task, name), 0);
	name[0] = 'f';
	ck_assert_str_eq(aw_task_get_name(task), "First");
	ck_assert_int_eq(join(task), 0);
	take_notes();
}

TASK_TEST(a_nameless_task_can_be_named)
{
	aw_task *task = spawn(note_and_return, "");

	ck_assert_str_eq(aw_task_get_name(task), "Task-2");
	ck_assert_int_eq(aw_task_set_name(task, "named"), 0);
	ck_assert_str_eq(aw_task_get_name(task), "named");
	ck_assert_int_eq(join(task), 0);
	take_notes();
}

LOOP_TEST(what_is_no_task_has_no_name)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_str_eq(aw_task_get_name(future), "");
	ck_assert_str_eq(aw_task_get_name(NULL), "");
	ck_assert_int_eq(aw_task_set_name(future, "name"), -EINVAL);
	ck_assert_int_eq(aw_task_set_name(NULL, "name"), -ENOMEM);
	aw_future_unref(future);
}

TASK_TEST(a_null_is_no_name)
{
	ck_assert_int_eq(aw_task_set_name(aw_current_task(), NULL), -EINVAL);
	ck_assert_str_eq(aw_task_get_name(aw_current_task()), "main");
}

/* ----------------------------------------------------- errors not retrieved */

TASK_TEST(an_error_that_nobody_retrieved_is_reported_with_the_tasks_name)
{
	int error = -EIO;
	struct report report;

	aw_future_unref(aw_create_task(return_int, &error, "failing"));
	turns(1);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert_int_eq(report.error, -EIO);
	ck_assert_str_eq(report.name, "failing");
	ck_assert(report.has_future);
}

TASK_TEST(an_error_is_reported_only_when_the_last_reference_goes)
{
	int error = -EIO;
	aw_task *task = spawn(return_int, &error);

	turns(2);
	ck_assert_uint_eq(take_reports().count, 0);
	aw_future_unref(task);
	ck_assert_uint_eq(take_reports().count, 1);
}

TASK_TEST(an_error_that_was_asked_for_is_not_reported)
{
	int error = -EIO;
	aw_task *task = spawn(return_int, &error);

	turns(1);
	ck_assert_int_eq(aw_future_result(task), -EIO);
	aw_future_unref(task);
}

/* --------------------------------------------------------------- many, deep */

static int
sleep_and_count(void *counter)
{
	int err = aw_sleep(0);

	(*(int *)counter)++;
	return err;
}

TASK_TEST(thousands_of_tasks_run_at_a_time)
{
	enum { TASKS = 5000 };
	static aw_task *tasks[TASKS];
	int i, counter = 0, failures = 0;

	for (i = 0; i < TASKS; i++)
		tasks[i] = spawn(sleep_and_count, &counter);
	for (i = 0; i < TASKS; i++)
		failures += join(tasks[i]) != 0;
	ck_assert_int_eq(counter, TASKS);
	ck_assert_int_eq(failures, 0);
}

static int
await_deeper(void *depth)
{
	int left = *(int *)depth - 1, result;

	if (left == 0)
		return 1;
	result = join(spawn(await_deeper, &left));
	return result < 0 ? result : result + 1;
}

TASK_TEST(a_long_chain_of_tasks_awaits_each_other)
{
	int depth = 500;

	ck_assert_int_eq(join(spawn(await_deeper, &depth)), 500);
}

static int
note_low_end(void *low)
{
	*(char **)low = aw_task_of(aw_current_task())->stack.low;
	return 0;
}

TASK_TEST(the_next_task_gets_the_stack_of_the_one_that_went)
{
	char *first = NULL, *second = NULL;

	ck_assert_int_eq(join(spawn(note_low_end, &first)), 0);
	ck_assert_int_eq(join(spawn(note_low_end, &second)), 0);
	ck_assert_ptr_eq(first, second);
}

/* ------------------------------------------- memory beside a task (task.h) */

LOOP_TEST(extra_data_is_zeroed_aligned_and_lives_as_long_as_the_task)
{
	void *extra = NULL;
	struct task *task = aw_task_new(loop, return_int, NULL, NULL, 1000,
	    &extra);
	char zeroes[1000] = { 0 };

	ck_assert_ptr_nonnull(task);
	ck_assert_ptr_nonnull(extra);
	ck_assert_uint_eq((uintptr_t)extra % 64, 0);
	ck_assert_mem_eq(extra, zeroes, sizeof(zeroes));
	*(int *)extra = 9;
	aw_task_set_arg(task, extra);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, &task->future), 9);
	ck_assert_int_eq(*(int *)extra, 9);
	aw_future_unref(&task->future);
}

/* Which Valgrind would take for the frames of the one that went. */
LOOP_TEST(extra_data_may_lie_where_a_stack_was)
{
	char *low = NULL;
	struct task *task;
	void *extra;

	task = aw_task_new(loop, note_low_end, &low, NULL, 0, &extra);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, &task->future), 0);
	aw_future_unref(&task->future);
	task = aw_task_new(loop, return_int, NULL, NULL, 1000, &extra);
	ck_assert_ptr_eq(task->stack.low, low);
	*(int *)extra = 9;
	aw_task_set_arg(task, extra);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, &task->future), 9);
	aw_future_unref(&task->future);
}

LOOP_TEST(extra_data_must_leave_room_for_the_stack)
{
	void *extra;

	ck_assert_ptr_null(aw_task_new(loop, return_int, NULL, "huge",
	    64 * 1024, &extra));
	ck_assert_ptr_null(aw_task_new(loop, return_int, NULL, "large",
	    56 * 1024, &extra));
}

int
main(void)
{
	const TTest *const tests[] = {
		a_new_task_runs_no_earlier_than_its_creators_next_suspension,
		new_tasks_run_in_the_order_of_their_creation,
		the_coroutines_result_is_the_tasks,
		a_task_is_pending_until_its_coroutine_returns,
		a_task_can_not_be_ended_from_outside,
		the_cancelled_result_of_a_coroutine_cancels_its_task,
		a_task_can_be_awaited_again_and_again,
		a_task_that_nobody_refers_to_runs_to_its_end,
		a_task_that_awaits_itself_gets_an_error,
		the_current_task_is_the_one_that_runs,
		outside_of_tasks_there_is_no_current_task,
		without_a_running_loop_no_task_is_made,
		a_task_can_be_made_before_its_loop_runs,
		a_done_callback_gets_the_task_from_the_loop,
		nameless_tasks_are_numbered,
		a_name_is_copied_and_can_be_set_anew,
		a_nameless_task_can_be_named,
		what_is_no_task_has_no_name,
		a_null_is_no_name,
		an_error_that_nobody_retrieved_is_reported_with_the_tasks_name,
		an_error_is_reported_only_when_the_last_reference_goes,
		an_error_that_was_asked_for_is_not_reported,
		thousands_of_tasks_run_at_a_time,
		a_long_chain_of_tasks_awaits_each_other,
		the_next_task_gets_the_stack_of_the_one_that_went,
		extra_data_is_zeroed_aligned_and_lives_as_long_as_the_task,
		extra_data_may_lie_where_a_stack_was,
		extra_data_must_leave_room_for_the_stack,
	};

	return UNIT_RUN("task", tests);
}
