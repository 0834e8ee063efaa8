/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/core.h"
#include "core/loop.h"

static void
soon(aw_loop *loop, char *word)
{
	ck_assert_ptr_nonnull(aw_loop_call_soon(loop, note_callback, word));
}

static void
later(aw_loop *loop, double delay, char *word)
{
	ck_assert_ptr_nonnull(aw_loop_call_later(loop, delay, note_callback,
	    word));
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

/* Runs the loop until a callback after some seconds ends it. */
static void
run_for(aw_loop *loop, double seconds)
{
	ck_assert_ptr_nonnull(aw_loop_call_later(loop, seconds, stop, loop));
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

LOOP_TEST(call_soon_calls_in_the_order_of_coming)
{
	soon(loop, "a");
	soon(loop, "b");
	soon(loop, "c");
	ck_assert_notes("");
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("a b c");
}

static void
set_flag(void *flag)
{
	*(bool *)flag = true;
}

LOOP_TEST(a_callback_gets_its_argument)
{
	bool flag = false;

	ck_assert_ptr_nonnull(aw_loop_call_soon(loop, set_flag, &flag));
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert(flag);
}

static void
call_b_soon(void *loop)
{
	note("a");
	soon(loop, "b");
}

LOOP_TEST(what_a_callback_adds_is_called_in_the_next_iteration)
{
	ck_assert_ptr_nonnull(aw_loop_call_soon(loop, call_b_soon, loop));
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert_notes("a");
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert_notes("b");
}

LOOP_TEST(call_later_calls_in_the_order_of_time)
{
	later(loop, 0.12, "c");
	later(loop, 0, "a");
	later(loop, 0.06, "b");
	run_for(loop, 0.13);
	ck_assert_notes("a b c");
}

LOOP_TEST(call_later_never_calls_too_early)
{
	double start = aw_loop_time(loop);

	run_for(loop, 0.02);
	ck_assert_double_ge(aw_loop_time(loop) - start, 0.02);
}

LOOP_TEST(equal_times_are_called_in_the_order_of_coming)
{
	static char words[50][4];
	char expected[200] = "";
	double when = aw_loop_time(loop) + 0.002;
	int i;

	for (i = 0; i < 50; i++) {
		snprintf(words[i], sizeof(words[i]), "%d", i);
		sprintf(expected + strlen(expected), "%s%d", i ? " " : "", i);
		ck_assert_ptr_nonnull(aw_loop_call_at(loop, when,
		    note_callback, words[i]));
	}
	run_for(loop, 0.003);
	ck_assert_notes(expected);
}

LOOP_TEST(call_at_takes_a_time_of_the_loops_clock)
{
	double when = aw_loop_time(loop) + 0.01;

	ck_assert_ptr_nonnull(aw_loop_call_at(loop, when, stop, loop));
	aw_loop_run_forever(loop);
	ck_assert_double_ge(aw_loop_time(loop), when - 1e-6);
}

LOOP_TEST(a_time_that_has_passed_is_due_at_once)
{
	ck_assert_ptr_nonnull(aw_loop_call_at(loop, aw_loop_time(loop) - 5,
	    note_callback, "past"));
	ck_assert_ptr_nonnull(aw_loop_call_at(loop, -1, note_callback,
	    "negative"));
	later(loop, -3, "delay");
	later(loop, NAN, "nan");
	stop_after(loop, 2);
	aw_loop_run_forever(loop);
	ck_assert_notes("negative past delay nan");
}

LOOP_TEST(of_delays_that_are_over_the_longest_comes_first)
{
	later(loop, -1, "one");
	later(loop, -2, "two");
	later(loop, -INFINITY, "all");
	later(loop, 0, "none");
	stop_after(loop, 2);
	aw_loop_run_forever(loop);
	ck_assert_notes("all two one none");
}

LOOP_TEST(due_timers_come_after_what_is_ready_already)
{
	later(loop, 0, "timer");
	soon(loop, "soon");
	stop_after(loop, 2);
	aw_loop_run_forever(loop);
	ck_assert_notes("soon timer");
}

LOOP_TEST(an_infinite_delay_is_for_ever)
{
	later(loop, INFINITY, "never");
	later(loop, 1e300, "never");
	later(loop, 0.001, "soon");
	run_for(loop, 0.002);
	ck_assert_notes("soon");
}

LOOP_TEST(an_earlier_timer_is_not_held_up_by_a_later_one)
{
	later(loop, FAR, "far");
	run_for(loop, 0.001);
	later(loop, 0.001, "near");
	run_for(loop, 0.002);
	ck_assert_notes("near");
}

LOOP_TEST(a_cancelled_callback_is_not_called)
{
	aw_handle *handle = aw_loop_call_soon(loop, note_callback, "b");

	soon(loop, "c");
	aw_handle_cancel(handle);
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	ck_assert_notes("c");
}

LOOP_TEST(a_cancelled_timer_is_not_called)
{
	aw_handle *handle;

	later(loop, 0.001, "a");
	handle = aw_loop_call_later(loop, 0.001, note_callback, "b");
	later(loop, 0.001, "c");
	aw_handle_cancel(handle);
	run_for(loop, 0.002);
	ck_assert_notes("a c");
}

LOOP_TEST(cancelling_the_only_timer_leaves_none)
{
	aw_handle_cancel(aw_loop_call_later(loop, 0.001, note_callback, "a"));
	ck_assert_ptr_null(aw_timer_heap_first(&loop->timers));
	run_for(loop, 0.002);
	ck_assert_notes("");
}

static void
cancel(void *handle)
{
	note("cancel");
	aw_handle_cancel(handle);
}

LOOP_TEST(a_callback_can_be_cancelled_by_one_that_runs_before_it)
{
	aw_handle *handle = aw_loop_call_later(loop, 0, note_callback, "b");

	/* Due in the same iteration, so it lies in the ring by then. */
	ck_assert_ptr_nonnull(aw_loop_call_at(loop, 0, cancel, handle));
	later(loop, 0, "c");
	stop_after(loop, 2);
	aw_loop_run_forever(loop);
	ck_assert_notes("cancel c");
}

LOOP_TEST(cancelling_null_is_fine)
{
	(void)loop;
	aw_handle_cancel(NULL);
}

LOOP_TEST(closing_the_loop_drops_what_was_not_called)
{
	soon(loop, "soon");
	later(loop, 0, "later");
	later(loop, FAR, "far");
	ck_assert_int_eq(aw_loop_call_soon_threadsafe(loop, note_callback,
	    "threadsafe"), 0);
	aw_handle_cancel(aw_loop_call_soon(loop, note_callback, "cancelled"));
}

static int previous_key, called;

static void
check_key(void *arg)
{
	int key = *(int *)arg;

	if (key < previous_key)
		ck_abort_msg("%d came after %d", key, previous_key);
	previous_key = key;
	called++;
}

LOOP_TEST(thousands_of_timers_come_in_order)
{
	enum { COUNT = 5000 };
	static int keys[COUNT];
	double start = aw_loop_time(loop) + 0.001;
	int i;

	srand(3);
	for (i = 0; i < COUNT; i++) {
		keys[i] = rand() % 1000;
		ck_assert_ptr_nonnull(aw_loop_call_at(loop,
		    start + keys[i] * 1e-6, check_key, &keys[i]));
	}
	run_for(loop, 0.003);
	ck_assert_int_eq(called, COUNT);
}

/* -------------------------------------------------------------- threadsafe */

LOOP_TEST(call_soon_threadsafe_calls_in_the_order_of_coming)
{
	char words[3][2] = { "a", "b", "c" };
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(aw_loop_call_soon_threadsafe(loop,
		    note_callback, words[i]), 0);
	run_for(loop, 0.001);
	ck_assert_notes("a b c");
}

static void *
stop_from_thread(void *loop)
{
	(void)!aw_loop_call_soon_threadsafe(loop, stop, loop);
	return NULL;
}

LOOP_TEST(call_soon_threadsafe_wakes_a_loop_that_waits)
{
	pthread_t thread;

	later(loop, FAR, "far");
	ck_assert_int_eq(pthread_create(&thread, NULL, stop_from_thread, loop),
	    0);
	/* It would wait for a long time. */
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_notes("");
}

#define THREADS 8
#define CALLS 1000

struct caller {
	aw_loop *loop;
	pthread_t thread;
	unsigned made, seen;
	bool in_order;
};

struct call {
	struct caller *caller;
	unsigned number;
};

static unsigned calls_seen;

static void
see_call(void *arg)
{
	struct call *call = arg;

	if (call->number != call->caller->seen++)
		call->caller->in_order = false;
	if (++calls_seen == THREADS * CALLS)
		aw_loop_stop(call->caller->loop);
	free(call);
}

static void *
make_calls(void *arg)
{
	struct caller *caller = arg;
	struct call *call;

	while (caller->made < CALLS) {
		call = malloc(sizeof(*call));
		if (call == NULL)
			break;
		call->caller = caller;
		call->number = caller->made++;
		if (aw_loop_call_soon_threadsafe(caller->loop, see_call,
		    call) < 0)
			break;
	}
	return NULL;
}

LOOP_TEST(calls_of_many_threads_all_come_each_threads_in_order)
{
	struct caller callers[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		callers[i] = (struct caller){ .loop = loop, .in_order = true };
		ck_assert_int_eq(pthread_create(&callers[i].thread, NULL,
		    make_calls, &callers[i]), 0);
	}
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(callers[i].thread, NULL), 0);
		ck_assert_uint_eq(callers[i].seen, CALLS);
		ck_assert(callers[i].in_order);
	}
}

static pthread_t callback_thread;

static void
note_thread(void *loop)
{
	callback_thread = pthread_self();
	aw_loop_stop(loop);
}

static void *
call_from_thread(void *loop)
{
	(void)!aw_loop_call_soon_threadsafe(loop, note_thread, loop);
	return NULL;
}

LOOP_TEST(a_callback_from_another_thread_runs_in_the_loops)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, call_from_thread, loop),
	    0);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(pthread_equal(callback_thread, pthread_self()));
}

int
main(void)
{
	const TTest *const tests[] = {
		call_soon_calls_in_the_order_of_coming,
		a_callback_gets_its_argument,
		what_a_callback_adds_is_called_in_the_next_iteration,
		call_later_calls_in_the_order_of_time,
		call_later_never_calls_too_early,
		equal_times_are_called_in_the_order_of_coming,
		call_at_takes_a_time_of_the_loops_clock,
		a_time_that_has_passed_is_due_at_once,
		of_delays_that_are_over_the_longest_comes_first,
		due_timers_come_after_what_is_ready_already,
		an_infinite_delay_is_for_ever,
		an_earlier_timer_is_not_held_up_by_a_later_one,
		a_cancelled_callback_is_not_called,
		a_cancelled_timer_is_not_called,
		cancelling_the_only_timer_leaves_none,
		a_callback_can_be_cancelled_by_one_that_runs_before_it,
		cancelling_null_is_fine,
		closing_the_loop_drops_what_was_not_called,
		thousands_of_timers_come_in_order,
		call_soon_threadsafe_calls_in_the_order_of_coming,
		call_soon_threadsafe_wakes_a_loop_that_waits,
		calls_of_many_threads_all_come_each_threads_in_order,
		a_callback_from_another_thread_runs_in_the_loops,
	};

	return UNIT_RUN("handle", tests);
}
