/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Runs of a loop, and of several.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "core/core.h"

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

struct nested {
	aw_loop *loop;
	aw_future *future;
	int forever, until_complete;
};

static void
run_nested(void *arg)
{
	struct nested *nested = arg;

	nested->forever = aw_loop_run_forever(nested->loop);
	nested->until_complete = aw_loop_run_until_complete(nested->loop,
	    nested->future);
	note("refused");
}

LOOP_TEST(a_nested_run_is_refused_and_the_outer_goes_on)
{
	struct nested nested = { loop, aw_loop_create_future(loop), 0, 0 };

	aw_loop_call_soon(loop, run_nested, &nested);
	aw_loop_call_later(loop, 0.001, note_callback, "outer");
	aw_loop_call_later(loop, 0.002, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(nested.forever, -EBUSY);
	ck_assert_int_eq(nested.until_complete, -EBUSY);
	ck_assert_notes("refused outer");
	aw_future_unref(nested.future);
}

LOOP_TEST(a_run_of_another_loop_inside_of_one_is_refused)
{
	aw_loop *other = aw_loop_new(NULL);
	struct nested nested = { other, aw_loop_create_future(other), 0, 0 };

	aw_loop_call_soon(loop, run_nested, &nested);
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(nested.forever, -EBUSY);
	ck_assert_int_eq(nested.until_complete, -EBUSY);
	ck_assert_notes("refused");
	aw_future_unref(nested.future);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

static int
run_nested_in_task(void *arg)
{
	run_nested(arg);
	return aw_sleep(0);
}

LOOP_TEST(a_nested_run_in_a_task_is_refused)
{
	struct nested nested = { loop, aw_loop_create_future(loop), 0, 0 };
	aw_task *task = aw_loop_create_task(loop, run_nested_in_task, &nested,
	    NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	ck_assert_int_eq(nested.forever, -EBUSY);
	ck_assert_int_eq(nested.until_complete, -EBUSY);
	ck_assert_notes("refused");
	aw_future_unref(task);
	aw_future_unref(nested.future);
}

static void
close_while_running(void *arg)
{
	ck_assert_int_eq(aw_loop_close(arg), -EBUSY);
	note("refused");
	aw_loop_stop(arg);
}

LOOP_TEST(a_running_loop_can_not_be_closed)
{
	aw_loop_call_soon(loop, close_while_running, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("refused");
}

LOOP_TEST(run_until_complete_returns_the_result)
{
	struct plan good = { "a", 0.001, 42, 0 }, bad = { "b", 0, -EIO, 0 };
	aw_task *task = aw_loop_create_task(loop, carry_out, &good, NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 42);
	aw_future_unref(task);
	task = aw_loop_create_task(loop, carry_out, &bad, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), -EIO);
	aw_future_unref(task);
	ck_assert_notes("a b");
}

LOOP_TEST(run_until_complete_of_a_future_that_is_done_returns_at_once)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, 7), 0);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, future), 7);
	aw_future_unref(future);
}

LOOP_TEST(run_until_complete_takes_a_null_for_want_of_memory)
{
	ck_assert_int_eq(aw_loop_run_until_complete(loop, NULL), -ENOMEM);
}

static int
await_next(void *next)
{
	int result = aw_await(next);

	note("awaiting");
	return result;
}

LOOP_TEST(run_until_complete_refuses_a_future_of_another_loop)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_future *future = aw_loop_create_future(other);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, future),
	    AW_EWRONGLOOP);
	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, future),
	    AW_EWRONGLOOP);
	ck_assert_int_eq(aw_loop_run_until_complete(other, future), 1);
	aw_future_unref(future);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

LOOP_TEST(run_until_complete_leaves_other_tasks_pending)
{
	struct plan plan = { "short", 0.001, 2, 0 };
	aw_future *future = aw_loop_create_future(loop);
	aw_task *other = aw_loop_create_task(loop, await_next, future, NULL);
	aw_task *task = aw_loop_create_task(loop, carry_out, &plan, NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 2);
	ck_assert(!aw_future_done(other));
	ck_assert_notes("short");
	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, other), 1);
	ck_assert_notes("awaiting");
	aw_future_unref(task);
	aw_future_unref(other);
	aw_future_unref(future);
}

LOOP_TEST(a_later_run_forever_finishes_what_was_left)
{
	struct plan plan = { "long", 0.005, 1, 0 };
	aw_task *other = aw_loop_create_task(loop, carry_out, &plan, NULL);

	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("");
	aw_loop_call_later(loop, 0.01, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("long");
	ck_assert_int_eq(aw_future_result(other), 1);
	aw_future_unref(other);
}

LOOP_TEST(run_until_complete_that_is_stopped_early_is_an_error)
{
	struct plan plan = { "done", 0.01, 1, 0 };
	aw_task *task = aw_loop_create_task(loop, carry_out, &plan, NULL);

	aw_loop_call_soon(loop, stop, loop);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), AW_ESTOPPED);
	ck_assert(!aw_future_done(task));
	/* Nothing is left of the first run that would end the second. */
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 1);
	ck_assert_notes("done");
	aw_future_unref(task);
}

LOOP_TEST(after_a_stopped_run_its_future_does_not_end_another)
{
	struct plan plan = { "done", 0.001, 1, 0 };
	aw_task *task = aw_loop_create_task(loop, carry_out, &plan, NULL);

	aw_loop_call_soon(loop, stop, loop);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), AW_ESTOPPED);
	aw_loop_call_later(loop, 0.002, note_callback, "after");
	aw_loop_call_later(loop, 0.003, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("done after");
	ck_assert_int_eq(aw_future_result(task), 1);
	aw_future_unref(task);
}

/* ----------------------------------------------------------------- queries */

static void
check_running(void *loop)
{
	ck_assert_ptr_eq(aw_get_running_loop(), loop);
	ck_assert(aw_loop_is_running(loop));
	note("checked");
}

LOOP_TEST(the_running_loop_is_known_while_it_runs)
{
	ck_assert_ptr_null(aw_get_running_loop());
	ck_assert(!aw_loop_is_running(loop));
	aw_loop_call_soon(loop, check_running, loop);
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("checked");
	ck_assert_ptr_null(aw_get_running_loop());
	ck_assert(!aw_loop_is_running(loop));
}

LOOP_TEST(time_never_goes_back)
{
	double before = aw_loop_time(loop), now;
	int i;

	for (i = 0; i < 1000; i++, before = now) {
		now = aw_loop_time(loop);
		if (now < before)
			ck_abort_msg("%.9f came after %.9f", now, before);
	}
}

static void *
run_own_loop(void *arg)
{
	struct plan *plan = arg;
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;

	if (loop == NULL)
		return NULL;
	task = aw_loop_create_task(loop, carry_out, plan, NULL);
	plan->result = aw_loop_run_until_complete(loop, task) == 5 ? 6 : -1;
	aw_future_unref(task);
	aw_loop_close(loop);
	return NULL;
}

LOOP_TEST(each_thread_runs_a_loop_of_its_own)
{
	struct plan mine = { "mine", 0.02, 4, 0 };
	struct plan theirs = { "theirs", 0.005, 5, 0 };
	pthread_t thread;
	aw_task *task;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_own_loop, &theirs),
	    0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	task = aw_loop_create_task(loop, carry_out, &mine, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 4);
	ck_assert_int_eq(theirs.result, 6);
	ck_assert_notes("theirs mine");
	aw_future_unref(task);
}

#define PASSES 1000

/* Two loops in two threads, which pass the ball to each other. */
static struct match {
	aw_loop *loops[2];
	unsigned passes;
	pthread_barrier_t start, end;
} match;

static void
pass_ball(void *arg)
{
	aw_loop *self = aw_get_running_loop();
	aw_loop *other = match.loops[self == match.loops[0] ? 1 : 0];

	(void)arg;
	if (match.passes++ < PASSES) {
		ck_assert_int_eq(aw_loop_call_soon_threadsafe(other, pass_ball,
		    NULL), 0);
	} else {
		ck_assert_int_eq(aw_loop_call_soon_threadsafe(other, stop,
		    other), 0);
		aw_loop_stop(self);
	}
}

static void *
play(void *arg)
{
	match.loops[1] = aw_loop_new(NULL);
	(void)arg;
	pthread_barrier_wait(&match.start);
	aw_loop_run_forever(match.loops[1]);
	/* Not closed before the other has made its last call. */
	pthread_barrier_wait(&match.end);
	aw_loop_close(match.loops[1]);
	return NULL;
}

LOOP_TEST(loops_of_two_threads_talk_by_call_soon_threadsafe)
{
	pthread_t thread;

	match.loops[0] = loop;
	pthread_barrier_init(&match.start, NULL, 2);
	pthread_barrier_init(&match.end, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, play, NULL), 0);
	pthread_barrier_wait(&match.start);
	aw_loop_call_soon(loop, pass_ball, NULL);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	pthread_barrier_wait(&match.end);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(match.passes, PASSES + 1);
	pthread_barrier_destroy(&match.start);
	pthread_barrier_destroy(&match.end);
}

LOOP_TEST(precise_timers_work_too)
{
	aw_loop_options options = { .precise_timers = true };
	aw_loop *precise = aw_loop_new(&options);
	struct plan plan = { "slept", 0.0005, 3, 0 };
	aw_task *task;

	(void)loop;
	ck_assert_ptr_nonnull(precise);
	task = aw_loop_create_task(precise, carry_out, &plan, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(precise, task), 3);
	ck_assert_notes("slept");
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(precise), 0);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_nested_run_is_refused_and_the_outer_goes_on,
		a_run_of_another_loop_inside_of_one_is_refused,
		a_nested_run_in_a_task_is_refused,
		a_running_loop_can_not_be_closed,
		run_until_complete_returns_the_result,
		run_until_complete_of_a_future_that_is_done_returns_at_once,
		run_until_complete_takes_a_null_for_want_of_memory,
		run_until_complete_refuses_a_future_of_another_loop,
		run_until_complete_leaves_other_tasks_pending,
		a_later_run_forever_finishes_what_was_left,
		run_until_complete_that_is_stopped_early_is_an_error,
		after_a_stopped_run_its_future_does_not_end_another,
		the_running_loop_is_known_while_it_runs,
		time_never_goes_back,
		each_thread_runs_a_loop_of_its_own,
		loops_of_two_threads_talk_by_call_soon_threadsafe,
		precise_timers_work_too,
	};

	return UNIT_RUN("loop_run", tests);
}
