/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is reported to the exception handler, and how a loop ends.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "core/loop.h"
#include "core/task.h"

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

LOOP_TEST(the_exception_handler_gets_what_is_reported)
{
	aw_exception_context context = { .message = "hello", .error = -EIO };
	struct report report;

	aw_loop_call_exception_handler(loop, &context);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert_str_eq(report.message, "hello");
	ck_assert_int_eq(report.error, -EIO);
	ck_assert_str_eq(report.name, "");
	ck_assert(!report.has_future);
}

TASK_TEST(the_exception_handler_runs_outside_of_the_task_that_reports)
{
	aw_exception_context context = { .message = "hello" };
	struct report report;

	aw_loop_call_exception_handler(aw_get_running_loop(), &context);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert(!report.in_task);
	ck_assert_ptr_nonnull(aw_current_task());
}

LOOP_TEST(a_report_does_not_end_the_run)
{
	struct plan bad = { "failed", -1, -EIO, 0 };

	aw_future_unref(aw_loop_create_task(loop, carry_out, &bad, "bad"));
	aw_loop_call_later(loop, 0.001, note_callback, "later");
	aw_loop_call_later(loop, 0.002, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("failed later");
	ck_assert_uint_eq(take_reports().count, 1);
}

static void
report_without_handler(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_exception_context context = { .message = "it broke",
	    .error = -EIO, .name = "worker" };

	aw_loop_call_exception_handler(loop, &context);
	aw_loop_set_exception_handler(loop, NULL, NULL);
	context = (aw_exception_context){ .message = "again" };
	aw_loop_call_exception_handler(loop, &context);
	aw_loop_close(loop);
}

static void
report_without_handler_again(void)
{
	aw_exception_context context = { .message = "default" };
	aw_loop *loop = aw_loop_new(NULL);

	record_reports(loop);
	aw_loop_call_exception_handler(loop, &context);
	aw_loop_set_exception_handler(loop, NULL, NULL);
	aw_loop_call_exception_handler(loop, &context);
	if (take_reports().count != 1)
		_exit(1);
	aw_loop_close(loop);
}

START_TEST(a_handler_that_is_taken_away_leaves_the_default)
{
	char text[4096];

	ck_assert_int_eq(in_child(report_without_handler_again, text,
	    sizeof(text)), 0);
	ck_assert_str_eq(text, "await: default\n");
}
END_TEST

START_TEST(without_a_handler_a_line_goes_to_standard_error)
{
	char text[4096];
	int status = in_child(report_without_handler, text, sizeof(text));

	ck_assert_int_eq(status, 0);
	ck_assert_ptr_nonnull(strstr(text,
	    "await: it broke: task 'worker': Input/output error\n"
	    "await: again\n"));
}
END_TEST

static void
report_again(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	const aw_exception_context inner = { .message = "inner" };

	note(context->message);
	if (arg != NULL) {
		aw_loop_set_exception_handler(loop, report_again, NULL);
		aw_loop_call_exception_handler(loop, &inner);
	}
}

TASK_TEST(an_exception_handler_may_report_itself)
{
	aw_exception_context context = { .message = "outer" };
	aw_loop *loop = aw_get_running_loop();

	aw_loop_set_exception_handler(loop, report_again, loop);
	aw_loop_call_exception_handler(loop, &context);
	ck_assert_notes("outer inner");
	record_reports(loop);
}

static void
note_no_task(void *word)
{
	ck_assert_ptr_null(aw_current_task());
	note(word);
}

TASK_TEST(a_task_can_have_a_function_run_on_the_loops_stack)
{
	aw_task *self = aw_current_task();
	char word[] = "called";

	aw_loop_call(note_no_task, word);
	ck_assert_notes("called");
	ck_assert_ptr_eq(aw_current_task(), self);
}

static int
report_to_another_loop(void *arg)
{
	aw_loop *other = arg;
	aw_future *future = aw_loop_create_future(other);
	char word[] = "called";

	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_unref(future);
	aw_loop_call(note_no_task, word);
	return 0;
}

LOOP_TEST(nor_does_what_another_loop_has_to_call_run_on_a_tasks_stack)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, report_to_another_loop,
	    other, NULL);
	struct report report;

	record_reports(other);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert(!report.in_task);
	ck_assert_notes("called");
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

/* ------------------------------------------------------------------- close */

START_TEST(closing_null_is_fine)
{
	ck_assert_int_eq(aw_loop_close(NULL), 0);
}
END_TEST

LOOP_TEST(closing_reports_a_pending_task_which_cleans_up)
{
	aw_loop *other = aw_loop_new(NULL);
	struct plan plan = { "task", FAR, 0, 0 };
	struct report report;
	aw_task *task;

	(void)loop;
	record_reports(other);
	task = aw_loop_create_task(other, carry_out, &plan, "sleeper");
	aw_future_unref(task);
	aw_loop_stop(other);
	aw_loop_run_forever(other);
	ck_assert_int_eq(aw_loop_close(other), 0);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert_str_eq(report.name, "sleeper");
	ck_assert_notes("task!");
	ck_assert_int_eq(plan.slept, -ECANCELED);
}

LOOP_TEST(closing_never_runs_a_task_that_had_not_begun)
{
	aw_loop *other = aw_loop_new(NULL);
	struct plan plan = { "task", -1, 0, 0 };

	(void)loop;
	record_reports(other);
	aw_future_unref(aw_loop_create_task(other, carry_out, &plan, NULL));
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_notes("");
}

static int
refuse_to_end(void *arg)
{
	do {
		*(int *)arg = aw_sleep(FAR);
	} while (*(int *)arg < 0);
	return 0;
}

LOOP_TEST(closing_gets_over_a_task_that_refuses_to_end)
{
	aw_loop *other = aw_loop_new(NULL);
	int result = 0;

	(void)loop;
	record_reports(other);
	aw_future_unref(aw_loop_create_task(other, refuse_to_end, &result,
	    NULL));
	aw_loop_stop(other);
	aw_loop_run_forever(other);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_int_eq(result, -ECANCELED);
}

static int
await_next(void *next)
{
	int result = aw_await(next);

	note("awaiting");
	return result;
}

LOOP_TEST(closing_ends_tasks_that_wait_for_each_other_and_for_futures)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_future *future = aw_loop_create_future(other);
	aw_task *first, *second;

	(void)loop;
	record_reports(other);
	first = aw_loop_create_task(other, await_next, future, NULL);
	second = aw_loop_create_task(other, await_next, first, NULL);
	aw_loop_stop(other);
	aw_loop_run_forever(other);
	aw_future_unref(first);
	aw_future_unref(second);
	aw_future_unref(future);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_uint_eq(take_reports().count, 2);
	ck_assert_notes("awaiting awaiting");
}

static int
spawn_in_cleanup(void *arg)
{
	int err = aw_sleep(FAR);
	aw_loop *loop = aw_get_running_loop();

	aw_future_unref(aw_loop_create_task(loop, carry_out, arg, NULL));
	aw_loop_call_soon(loop, note_callback, "never");
	aw_loop_call_later(loop, 0, note_callback, "never");
	return err;
}

LOOP_TEST(closing_drops_what_a_task_starts_in_its_clean_up)
{
	aw_loop *other = aw_loop_new(NULL);
	struct plan plan = { "never", -1, 0, 0 };

	(void)loop;
	record_reports(other);
	aw_future_unref(aw_loop_create_task(other, spawn_in_cleanup, &plan,
	    NULL));
	aw_loop_stop(other);
	aw_loop_run_forever(other);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_uint_eq(take_reports().count, 2);
	ck_assert_notes("");
}

static void
call_soon_on_report(aw_loop *loop, const aw_exception_context *context,
    void *arg)
{
	(void)context, (void)arg;
	aw_loop_call_soon(loop, note_callback, "never");
	note("report");
}

LOOP_TEST(closing_drops_what_the_exception_handler_adds_meanwhile)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_future *future = aw_loop_create_future(other);

	(void)loop;
	aw_loop_set_exception_handler(other, call_soon_on_report, NULL);
	/* The callback holds the future until the loop is closed. */
	ck_assert_int_eq(aw_future_add_done_callback(future, note_done,
	    "never"), 0);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_unref(future);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_notes("report");
}

/* The seconds that it takes to close a loop with so much in it. */
static double
close_with(unsigned tasks, unsigned callbacks)
{
	struct plan plan = { "never", -1, 0, 0 };
	aw_loop *loop = aw_loop_new(NULL);
	double start;

	record_reports(loop);
	while (tasks-- > 0)
		aw_future_unref(aw_loop_create_task(loop, carry_out, &plan,
		    NULL));
	while (callbacks-- > 0)
		ck_assert_ptr_nonnull(aw_loop_call_soon(loop, note_callback,
		    "never"));
	start = processor_time();
	ck_assert_int_eq(aw_loop_close(loop), 0);
	return processor_time() - start;
}

LOOP_TEST(to_close_a_task_costs_the_same_whatever_else_is_ready)
{
	enum { TASKS = 1000, CALLBACKS = 50000 };
	double apart;

	(void)loop;
	apart = close_with(TASKS, 0) + close_with(0, CALLBACKS);
	ck_assert_double_lt(close_with(TASKS, CALLBACKS), 5 * apart + 0.02);
	ck_assert_uint_eq(take_reports().count, 2 * TASKS);
	ck_assert_notes("");
}

int
main(void)
{
	const TTest *const tests[] = {
		the_exception_handler_gets_what_is_reported,
		the_exception_handler_runs_outside_of_the_task_that_reports,
		a_report_does_not_end_the_run,
		a_handler_that_is_taken_away_leaves_the_default,
		without_a_handler_a_line_goes_to_standard_error,
		an_exception_handler_may_report_itself,
		a_task_can_have_a_function_run_on_the_loops_stack,
		nor_does_what_another_loop_has_to_call_run_on_a_tasks_stack,
		closing_null_is_fine,
		closing_reports_a_pending_task_which_cleans_up,
		closing_never_runs_a_task_that_had_not_begun,
		closing_gets_over_a_task_that_refuses_to_end,
		closing_ends_tasks_that_wait_for_each_other_and_for_futures,
		closing_drops_what_a_task_starts_in_its_clean_up,
		closing_drops_what_the_exception_handler_adds_meanwhile,
		to_close_a_task_costs_the_same_whatever_else_is_ready,
	};

	return UNIT_RUN("loop_close", tests);
}
