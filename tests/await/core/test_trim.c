/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Trimming: what idle tasks no longer need of their stacks goes back.
 */
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/core.h"
#include "core/task.h"

#define KIB 1024
#define AFTER 0.05 /* seconds until a task is trimmed, here */
#define PATIENCE 30
/* The coarse clock is behind by up to a tick. */
#define TICK 0.011

#if defined(AW_HAVE_ASAN) || defined(AW_HAVE_TSAN)
#define UNDER_A_TOOL true
#elif defined(RUNNING_ON_VALGRIND)
#define UNDER_A_TOOL RUNNING_ON_VALGRIND
#else
#define UNDER_A_TOOL false
#endif

static const aw_loop_options quickly = { .trim_after = AFTER };

static struct task *
inside(aw_task *task)
{
	return aw_task_of(task);
}

static uintptr_t
page_number(const void *address)
{
	return (uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* Pages of the task's stack in memory; a check of its overrun is none. */
static unsigned
resident_pages(aw_task *task)
{
	const struct aw_stack *stack = &inside(task)->stack;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char in_memory;
	unsigned count = 0;
	char *at = stack->low;

	if (stack->guard == AW_GUARD_CHECK)
		at += page;
	for (; at < stack->high; at += page) {
		ck_assert_int_eq(mincore(at, page, &in_memory), 0);
		count += in_memory & 1;
	}
	return count;
}

/* What it must keep: from its frames up to what lies beside the task. */
static unsigned
needed_pages(aw_task *task)
{
	struct task *t = inside(task);
	const void *lowest = aw_context_lowest(&t->coro.context);

	return (unsigned)(page_number(t->stack.high - 1) -
	    page_number(lowest) + 1);
}

static bool
is_trimmed(aw_task *task)
{
	return inside(task)->trimmed == inside(task)->since;
}

static void
wait_until_trimmed(aw_task *task)
{
	double deadline = aw_loop_time(NULL) + PATIENCE;

	while (!is_trimmed(task)) {
		ck_assert_double_lt(aw_loop_time(NULL), deadline);
		ck_assert_int_eq(aw_sleep(0.01), 0);
	}
}

/* How much of its stack an idle task uses before it waits. */
#define USED (40 * KIB)

static int
idle(void *arg)
{
	unsigned char kept[200];
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(kept); i++)
		kept[i] = (unsigned char)(i * 7);
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (;;) {
		(void)use_stack(USED);
		if (aw_sleep(1000) < 0)
			break;
	}
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (i = 0; i < sizeof(kept); i++)
		if (kept[i] != (unsigned char)(i * 7))
			return -EIO;
	return 0;
}

static void
end(aw_task *task)
{
	aw_cancel(task);
	ck_assert_int_eq(join(task), 0);
}

static int (*body)(void);

static int
run_body(void *arg)
{
	(void)arg;
	return body();
}

/* Runs the function as the main task of a loop that trims quickly. */
static void
run_quickly(int (*function)(void))
{
	body = function;
	ck_assert_int_eq(aw_run_with(run_body, NULL, &quickly), 0);
}

static int
trim_one(void)
{
	aw_task *task = spawn(idle, NULL);

	turns(1);
	ck_assert_uint_ge(resident_pages(task), USED / 4096);
	wait_until_trimmed(task);
	ck_assert_uint_eq(resident_pages(task), needed_pages(task));
	if (!UNDER_A_TOOL && !aw_context_is_ucontext)
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

	if (UNDER_A_TOOL && many > 300)
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
	if (!UNDER_A_TOOL && !aw_context_is_ucontext)
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
			    inside(tasks[i]) != loop->trim.cursor)
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

/* ---------------------------------------------------------------- at rest */

struct watch {
	aw_loop *loop;
	struct event *timer;
	double deadline;
	unsigned rested;
};

/* libevent's timer, so that nothing of the loop's runs. */
static void
look_whether_it_rests(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval moment = { 0, 20000 };
	struct watch *watch = arg;

	(void)fd, (void)what;
	ck_assert_double_lt(aw_loop_time(NULL), watch->deadline);
	/* Once it rests it does so for good. */
	ck_assert(watch->rested == 0 || !watch->loop->trim.armed);
	watch->rested += !watch->loop->trim.armed;
	if (watch->rested == 10)
		aw_loop_stop(watch->loop);
	else
		event_add(watch->timer, &moment);
}

static void
run_until_it_rests(aw_loop *loop)
{
	struct watch watch = {
		.loop = loop,
		.deadline = aw_loop_time(loop) + PATIENCE,
	};

	watch.timer = event_new(aw_loop_get_event_base(loop), -1, 0,
	    look_whether_it_rests, &watch);
	ck_assert_ptr_nonnull(watch.timer);
	/* One iteration, in which the tasks begin to wait. */
	stop_after(loop, 2);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	look_whether_it_rests(-1, 0, &watch);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	event_free(watch.timer);
}

static void
end_from_outside(aw_loop *loop, aw_task *task)
{
	aw_cancel(task);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
}

START_TEST(the_timer_rests_when_all_is_trimmed_and_nothing_runs)
{
	aw_loop *loop = aw_loop_new(&quickly);
	aw_task *task = aw_loop_create_task(loop, idle, NULL, NULL);

	run_until_it_rests(loop);
	ck_assert(is_trimmed(task));
	/* And goes on when something runs. */
	aw_task_wake(inside(task), 0);
	run_until_it_rests(loop);
	ck_assert(is_trimmed(task));
	end_from_outside(loop, task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

static int
do_nothing(void *arg)
{
	(void)arg;
	return 0;
}

START_TEST(stacks_without_a_task_are_given_back_too)
{
	aw_loop *loop = aw_loop_new(&quickly);
	int i;

	for (i = 0; i < 500; i++)
		aw_future_unref(aw_loop_create_task(loop, do_nothing, NULL,
		    NULL));
	stop_after(loop, 3);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert(aw_stack_pool_is_warm(loop->stacks));
	run_until_it_rests(loop);
	ck_assert(!aw_stack_pool_is_warm(loop->stacks));
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(a_loop_in_which_nothing_ever_ran_has_no_timer)
{
	aw_loop *loop = aw_loop_new(&quickly);

	ck_assert(!loop->trim.armed);
	ck_assert(loop->trim_rests);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

/* ---------------------------------------------------------------- options */

START_TEST(it_comes_after_ten_seconds_by_default)
{
	aw_loop *loop = aw_loop_new(NULL);

	ck_assert_int_eq(loop->trim.after, INT64_C(10000000000));
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(a_negative_time_is_never_and_takes_no_descriptor)
{
	aw_loop_options never = { .trim_after = -1 };
	unsigned before = count_entries("/proc/self/fd"), without;
	aw_loop *loop = aw_loop_new(&never);
	aw_task *task = aw_loop_create_task(loop, idle, NULL, NULL);

	without = count_entries("/proc/self/fd") - before;
	stop_after(loop, 3);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert(!loop->trim.armed);
	end_from_outside(loop, task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	loop = aw_loop_new(&quickly);
	ck_assert_uint_eq(count_entries("/proc/self/fd") - before, without + 1);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(count_entries("/proc/self/fd"), before);
}
END_TEST

static void
stop_when_trimmed(evutil_socket_t fd, short what, void *arg)
{
	aw_task *task = arg;

	(void)fd, (void)what;
	if (is_trimmed(task))
		event_base_loopbreak(aw_loop_get_event_base(
		    inside(task)->future.loop));
}

START_TEST(it_works_on_a_base_that_the_caller_runs)
{
	static const struct timeval moment = { 0, 20000 };
	aw_loop_options options = { .trim_after = AFTER };
	struct event *timer;
	aw_task *task;
	aw_loop *loop;

	options.base = event_base_new();
	loop = aw_loop_new(&options);
	task = aw_loop_create_task(loop, idle, NULL, NULL);
	timer = event_new(options.base, -1, EV_PERSIST, stop_when_trimmed,
	    task);
	event_add(timer, &moment);
	event_base_dispatch(options.base);
	ck_assert_uint_eq(resident_pages(task), needed_pages(task));
	event_free(timer);
	end_from_outside(loop, task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	event_base_free(options.base);
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
		the_timer_rests_when_all_is_trimmed_and_nothing_runs,
		stacks_without_a_task_are_given_back_too,
		a_loop_in_which_nothing_ever_ran_has_no_timer,
		it_comes_after_ten_seconds_by_default,
		a_negative_time_is_never_and_takes_no_descriptor,
		it_works_on_a_base_that_the_caller_runs,
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
