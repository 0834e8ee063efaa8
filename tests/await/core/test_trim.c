/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Trimming: what idle tasks no longer need of their stacks goes back.
 */
#include "core/trimming.h"

/* The coarse clock is behind by up to a tick. */
#define TICK 0.011

static void
wait_until_trimmed(aw_task *task)
{
	double deadline = aw_loop_time(NULL) + PATIENCE;

	while (!is_trimmed(task)) {
		ck_assert_double_lt(aw_loop_time(NULL), deadline);
		ck_assert_int_eq(aw_sleep(0.01), 0);
	}
}

static void
end(aw_task *task)
{
	aw_cancel(task);
	ck_assert_int_eq(join(task), 0);
}

static int
trim_one(void)
{
	aw_task *task = spawn(idle, NULL);

	turns(1);
	ck_assert_uint_ge(resident_pages(task), USED / 4096);
	wait_until_trimmed(task);
	ck_assert_uint_eq(resident_pages(task), needed_pages(task));
	if (!aw_sanitizer_knows_stacks() && !aw_context_is_ucontext)
		ck_assert_uint_eq(resident_pages(task), 1);
	end(task);
	return 0;
}

START_TEST(a_task_that_waits_keeps_one_page_and_its_data)
{
	aw_guard_limit((enum aw_guard)_i);
	run_quickly(trim_one);
}
END_TEST

static int
look_at_mark(void)
{
	aw_task *task = spawn(idle, NULL);
	aw_task_info info;

	turns(1);
	wait_until_trimmed(task);
	ck_assert_int_eq(aw_task_get_info(task, &info), 0);
	ck_assert_uint_ge(info.stack_high_water, USED);
	ck_assert_uint_lt(info.stack_used, USED / 4);
	end(task);
	return 0;
}

START_TEST(the_high_water_mark_is_remembered)
{
	run_quickly(look_at_mark);
}
END_TEST

static int
trim_again(void)
{
	aw_task *task = spawn(idle, NULL);

	turns(1);
	wait_until_trimmed(task);
	/* Woken by hand, it uses its stack and waits once more. */
	aw_task_wake(inside(task), 0);
	turns(2);
	ck_assert(!is_trimmed(task));
	ck_assert_uint_ge(resident_pages(task), USED / 4096);
	wait_until_trimmed(task);
	ck_assert_uint_eq(resident_pages(task), needed_pages(task));
	end(task);
	return 0;
}

START_TEST(a_task_is_trimmed_once_each_time_that_it_waits)
{
	run_quickly(trim_again);
}
END_TEST

static bool enough;

static int
yield_often(void *arg)
{
	(void)arg;
	(void)use_stack(USED);
	while (!enough)
		if (aw_sleep(0) < 0)
			return -1;
	return 0;
}

static int
wait_often(void *arg)
{
	struct task *task = inside(aw_current_task());
	double begin;

	(void)arg;
	while (!enough) {
		begin = aw_loop_time(NULL);
		if (aw_sleep(0.002) < 0)
			return -1;
		/* Only if the machine made it wait as long as that. */
		if (task->trimmed == task->since)
			ck_assert_double_ge(aw_loop_time(NULL) - begin,
			    AFTER - TICK);
	}
	return 0;
}

static int
trim_only_the_idle(void)
{
	aw_task *yielder = spawn(yield_often, NULL);
	aw_task *waiter = spawn(wait_often, NULL), *idler = spawn(idle, NULL);

	enough = false;
	turns(1);
	wait_until_trimmed(idler);
	ck_assert_int_eq(inside(yielder)->trimmed, 0);
	ck_assert_uint_ge(resident_pages(yielder), USED / 4096);
	enough = true;
	ck_assert_int_eq(join(yielder), 0);
	ck_assert_int_eq(join(waiter), 0);
	end(idler);
	return 0;
}

START_TEST(a_task_that_is_woken_in_between_is_not_touched)
{
	run_quickly(trim_only_the_idle);
}
END_TEST

/* ------------------------------------------------------------------- many */

#define MOST 10000

static aw_task *tasks[MOST];

static size_t
spawn_many(size_t many)
{
	size_t i;

	if (aw_sanitizer_knows_stacks() && many > 300)
		many = 300;
	for (i = 0; i < many; i++)
		tasks[i] = spawn(idle, NULL);
	turns(1);
	return many;
}

static int
trim_many(void)
{
	size_t i, many = spawn_many(MOST);
	unsigned long pages = 0, needed = 0;

	for (i = 0; i < many; i++)
		wait_until_trimmed(tasks[i]);
	for (i = 0; i < many; i++) {
		pages += resident_pages(tasks[i]);
		needed += needed_pages(tasks[i]);
	}
	ck_assert_uint_eq(pages, needed);
	if (!aw_sanitizer_knows_stacks() && !aw_context_is_ucontext)
		ck_assert_uint_eq(pages, many);
	for (i = 0; i < many; i++)
		end(tasks[i]);
	return 0;
}

START_TEST(ten_thousand_tasks_come_to_a_page_each)
{
	run_quickly(trim_many);
}
END_TEST

static int
end_at_the_cursor(void)
{
	aw_loop *loop = aw_get_running_loop();
	size_t i, many = spawn_many(300), ended = 0;
	double deadline = aw_loop_time(NULL) + PATIENCE;

	while (ended < 3) {
		ck_assert_double_lt(aw_loop_time(NULL), deadline);
		ck_assert_int_eq(aw_sleep(0.001), 0);
		for (i = 0; i < many; i++) {
			if (tasks[i] == NULL ||
			    &inside(tasks[i])->link != loop->trim.cursor)
				continue;
			end(tasks[i]);
			tasks[i] = NULL;
			ended++;
		}
	}
	for (i = 0; i < many; i++) {
		if (tasks[i] == NULL)
			continue;
		wait_until_trimmed(tasks[i]);
		end(tasks[i]);
	}
	return 0;
}

START_TEST(a_pass_goes_on_when_the_task_it_has_come_to_ends)
{
	run_quickly(end_at_the_cursor);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_high_water_mark_is_remembered,
		a_task_is_trimmed_once_each_time_that_it_waits,
		a_task_that_is_woken_in_between_is_not_touched,
		ten_thousand_tasks_come_to_a_page_each,
		a_pass_goes_on_when_the_task_it_has_come_to_ends,
	};
	const TTest *const each_guard[] = {
		a_task_that_waits_keeps_one_page_and_its_data,
	};
	int status = UNIT_RUN("trim", tests);

	if (UNIT_RUN_EACH("trim, by each kind of guard", each_guard,
	    AW_GUARD_CHECK + 1) != EXIT_SUCCESS)
		status = EXIT_FAILURE;
	return status;
}
