/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Trimming: when its timer runs and when it rests, and its options.
 */
#include <event2/event.h>

#include "core/trimming.h"

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
	unsigned before = count_descriptors(), without;
	aw_loop *loop = aw_loop_new(&never);
	aw_task *task = aw_loop_create_task(loop, idle, NULL, NULL);

	without = count_descriptors() - before;
	stop_after(loop, 3);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert(!loop->trim.armed);
	end_from_outside(loop, task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	loop = aw_loop_new(&quickly);
	ck_assert_uint_eq(count_descriptors() - before, without + 1);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(count_descriptors(), before);
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
		the_timer_rests_when_all_is_trimmed_and_nothing_runs,
		stacks_without_a_task_are_given_back_too,
		a_loop_in_which_nothing_ever_ran_has_no_timer,
		it_comes_after_ten_seconds_by_default,
		a_negative_time_is_never_and_takes_no_descriptor,
		it_works_on_a_base_that_the_caller_runs,
	};

	return UNIT_RUN("trim_rest", tests);
}
