/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is known of a task, by aw_task_get_info.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "core/task.h"

#define KIB 1024

static aw_task_info
info_of(const aw_task *task)
{
	aw_task_info info;

	memset(&info, 0xff, sizeof(info));
	ck_assert_int_eq(aw_task_get_info(task, &info), 0);
	return info;
}

static void
cancel(aw_task *task)
{
	aw_cancel(task);
	ck_assert_int_eq(join(task), -ECANCELED);
}

TASK_TEST(a_new_task_is_ready)
{
	aw_task *task = spawn(sleep_long, NULL);
	aw_task_info info = info_of(task);

	ck_assert_int_eq(info.state, AW_TASK_READY);
	ck_assert_ptr_null(info.waits_for);
	ck_assert_ptr_null(info.awaits);
	ck_assert_uint_eq(info.cancelling, 0);
	ck_assert_str_eq(info.name, aw_task_get_name(task));
	cancel(task);
}

TASK_TEST(the_task_that_asks_is_running)
{
	aw_task_info info = info_of(aw_current_task());

	ck_assert_int_eq(info.state, AW_TASK_RUNNING);
	ck_assert_ptr_null(info.waits_for);
	ck_assert_str_eq(info.name, "main");
	ck_assert_uint_gt(info.stack_used, 0);
	ck_assert_uint_lt(info.stack_used, info.stack_size);
}

static aw_task_info asked_elsewhere;

static void
ask(void *task)
{
	ck_assert_ptr_null(aw_current_task());
	asked_elsewhere = info_of(task);
}

TASK_TEST(it_is_running_while_the_loop_s_stack_works_for_it)
{
	aw_loop_call(ask, aw_current_task());
	ck_assert_int_eq(asked_elsewhere.state, AW_TASK_RUNNING);
	ck_assert_uint_gt(asked_elsewhere.stack_used, 0);
}

TASK_TEST(a_task_that_waits_says_for_what)
{
	aw_task *task = spawn(sleep_long, NULL);
	aw_task_info info;

	turns(1);
	info = info_of(task);
	ck_assert_int_eq(info.state, AW_TASK_WAITING);
	ck_assert_str_eq(info.waits_for, "a time to pass");
	ck_assert_ptr_null(info.awaits);
	cancel(task);
}

TASK_TEST(a_task_that_awaits_another_tells_which)
{
	aw_task *inner = spawn(sleep_long, NULL);
	aw_task *outer = spawn(await_it, inner);
	aw_task_info info;

	turns(1);
	info = info_of(outer);
	ck_assert_int_eq(info.state, AW_TASK_WAITING);
	ck_assert_str_eq(info.waits_for, "a task");
	ck_assert_ptr_eq(info.awaits, inner);
	cancel(inner);
	ck_assert_int_eq(join(outer), -ECANCELED);
}

TASK_TEST(a_task_that_awaits_a_future_tells_which)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *outer = spawn(await_it, future);
	aw_task_info info;

	turns(1);
	info = info_of(outer);
	ck_assert_str_eq(info.waits_for, "a future");
	ck_assert_ptr_eq(info.awaits, future);
	ck_assert_int_eq(aw_future_set_result(future, 7), 0);
	/* It is woken, and has not run yet. */
	info = info_of(outer);
	ck_assert_int_eq(info.state, AW_TASK_READY);
	ck_assert_ptr_null(info.waits_for);
	ck_assert_ptr_null(info.awaits);
	ck_assert_int_eq(join(outer), 7);
	aw_future_unref(future);
}

static int
return_nothing(void *arg)
{
	(void)arg;
	return 0;
}

TASK_TEST(a_task_that_has_ended_is_done)
{
	aw_task *task = spawn(return_nothing, NULL);
	aw_task_info info;

	ck_assert_int_eq(aw_await(task), 0);
	info = info_of(task);
	ck_assert_int_eq(info.state, AW_TASK_DONE);
	ck_assert_ptr_null(info.waits_for);
	ck_assert_uint_eq(info.stack_used, 0);
	aw_future_unref(task);
}

static int
swallow(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_sleep(1000), -ECANCELED);
	ck_assert_int_eq(aw_sleep(1000), -ECANCELED);
	return 0;
}

TASK_TEST(cancellations_are_counted)
{
	aw_task *task = spawn(swallow, NULL);

	turns(1);
	aw_cancel(task);
	turns(1);
	ck_assert_uint_eq(info_of(task).cancelling, 1);
	aw_cancel(task);
	ck_assert_int_eq(join(task), 0);
}

/* A tick of the coarse clock, at the least frequency that Linux has. */
#define TICK 0.011

TASK_TEST(since_is_when_the_wait_began)
{
	double before = aw_loop_time(NULL), after;
	aw_task *task = spawn(sleep_long, NULL);
	aw_task_info info;

	turns(1);
	after = aw_loop_time(NULL);
	ck_assert_int_eq(aw_sleep(0.05), 0);
	info = info_of(task);
	ck_assert_double_ge(info.since, before - TICK);
	ck_assert_double_le(info.since, after);
	ck_assert_double_ge(aw_loop_time(NULL) - info.since, 0.05);
	cancel(task);
}

TASK_TEST(since_of_a_new_wait_is_later)
{
	aw_task *main = aw_current_task();
	double before = aw_loop_time(NULL);

	ck_assert_int_eq(aw_sleep(0.05), 0);
	/* What runs does so since this iteration began. */
	ck_assert_double_ge(info_of(main).since, before + 0.05 - TICK);
	ck_assert_double_le(info_of(main).since, aw_loop_time(NULL));
}

static double
made_at(aw_loop *loop)
{
	aw_task *task = aw_loop_create_task(loop, return_nothing, NULL, NULL);
	double since = info_of(task).since;

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	return since;
}

LOOP_TEST(since_of_a_task_that_is_made_before_the_loop_runs_is_right)
{
	double first = made_at(loop), second;

	usleep(50000);
	second = made_at(loop);
	ck_assert_double_ge(second, first + 0.05 - TICK);
	ck_assert_double_le(second, aw_loop_time(loop));
}

static int
use_then_sleep(void *bytes)
{
	(void)use_stack(*(size_t *)bytes);
	return aw_sleep(1000);
}

TASK_TEST(the_stack_s_high_water_mark_stays_when_the_stack_is_used_less)
{
	size_t bytes = 24 * KIB;
	aw_task *task = spawn(use_then_sleep, &bytes);
	aw_task_info info;

	turns(1);
	info = info_of(task);
	ck_assert_uint_lt(info.stack_used, 8 * KIB);
	ck_assert_uint_ge(info.stack_high_water, bytes);
	ck_assert_uint_le(info.stack_high_water, info.stack_size);
	ck_assert_uint_gt(info.stack_size, 48 * KIB);
	ck_assert_uint_le(info.stack_size, 64 * KIB);
	cancel(task);
}

TASK_TEST(a_task_that_uses_little_has_a_low_mark)
{
	aw_task *task = spawn(sleep_long, NULL);
	aw_task_info info;

	turns(1);
	info = info_of(task);
	ck_assert_uint_ge(info.stack_high_water, info.stack_used);
	/* The tools have larger frames. */
	ck_assert_uint_le(info.stack_high_water, 16 * KIB);
	cancel(task);
}

TASK_TEST(what_is_no_task_has_no_such_information)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task_info info;

	ck_assert_int_eq(aw_task_get_info(future, &info), -EINVAL);
	ck_assert_int_eq(aw_task_get_info(NULL, &info), -EINVAL);
	aw_cancel(future);
	aw_future_unref(future);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_new_task_is_ready,
		the_task_that_asks_is_running,
		it_is_running_while_the_loop_s_stack_works_for_it,
		a_task_that_waits_says_for_what,
		a_task_that_awaits_another_tells_which,
		a_task_that_awaits_a_future_tells_which,
		a_task_that_has_ended_is_done,
		cancellations_are_counted,
		since_is_when_the_wait_began,
		since_of_a_new_wait_is_later,
		since_of_a_task_that_is_made_before_the_loop_runs_is_right,
		the_stack_s_high_water_mark_stays_when_the_stack_is_used_less,
		a_task_that_uses_little_has_a_low_mark,
		what_is_no_task_has_no_such_information,
	};

	return UNIT_RUN("task_info", tests);
}
