/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop on an event_base of the caller's, beside plain callbacks of libevent.
 */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "core/core.h"

static struct event_base *base;

/*
 * A test whose body has a loop on a base of its own, which is still good for
 * use once the loop is closed.
 */
#define BASE_TEST(name) \
	UNIT_TEST(name, void, (aw_loop *loop), with_base(name##_body))

static void
on_plain(evutil_socket_t fd, short what, void *word)
{
	(void)fd, (void)what;
	note(word);
}

static void
on_break(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	event_base_loopbreak(base);
}

/* Has libevent itself call the function after some seconds. */
static void
plain_after(double seconds, event_callback_fn function, void *arg)
{
	struct timeval delay = { (time_t)seconds,
	    (suseconds_t)(seconds * 1e6) % 1000000 };

	ck_assert_int_eq(event_base_once(base, -1, EV_TIMEOUT, function, arg,
	    &delay), 0);
}

/* Runs the base as its owner, for some seconds. */
static void
dispatch_for(double seconds)
{
	plain_after(seconds, on_break, NULL);
	ck_assert_int_ge(event_base_dispatch(base), 0);
}

/* Runs the base as its owner until there are so many notes. */
static void
dispatch_until_notes(unsigned count)
{
	while (count_notes() < count)
		dispatch_for(0.001);
}

static void
dispatch_until_done(const aw_future *future)
{
	while (!aw_future_done(future))
		dispatch_for(0.001);
}

static void
with_base(void (*body)(aw_loop *loop))
{
	aw_loop_options options = { .base = NULL };
	aw_loop *loop;

	base = event_base_new();
	ck_assert_ptr_nonnull(base);
	options.base = base;
	loop = aw_loop_new(&options);
	ck_assert_ptr_nonnull(loop);
	record_reports(loop);
	body(loop);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(take_reports().count, 0);
	take_notes();
	plain_after(0, on_plain, "still good");
	ck_assert_int_ge(event_base_dispatch(base), 0);
	ck_assert_notes("still good");
	event_base_free(base);
}

BASE_TEST(the_loop_is_on_the_base_that_it_was_given)
{
	ck_assert_ptr_eq(aw_loop_get_event_base(loop), base);
}

BASE_TEST(tasks_run_while_the_caller_dispatches)
{
	struct plan plan = { "task", 0.001, 42, 0 };
	aw_task *task = aw_loop_create_task(loop, carry_out, &plan, NULL);

	dispatch_until_done(task);
	ck_assert_notes("task");
	ck_assert_int_eq(aw_future_result(task), 42);
	aw_future_unref(task);
}

static aw_loop *shared;

static void
on_plain_calls_loop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	note("plain");
	aw_loop_call_later(shared, 0.001, note_callback, "later");
}

static void
call_plain(void *arg)
{
	(void)arg;
	note("soon");
	plain_after(0.001, on_plain_calls_loop, NULL);
}

BASE_TEST(callbacks_of_the_loop_and_plain_ones_call_each_other)
{
	shared = loop;
	aw_loop_call_soon(loop, call_plain, NULL);
	dispatch_until_notes(3);
	ck_assert_notes("soon plain later");
}

static int
tick(void *arg)
{
	int i, err = 0;

	for (i = 0; i < *(int *)arg && err == 0; i++)
		err = aw_sleep(0.0005);
	return err;
}

BASE_TEST(tasks_sleep_many_times_in_a_row)
{
	int times = 20;
	aw_task *task = aw_loop_create_task(loop, tick, &times, NULL);

	dispatch_until_done(task);
	ck_assert_int_eq(aw_future_result(task), 0);
	aw_future_unref(task);
}

static void
on_plain_starts_task(evutil_socket_t fd, short what, void *plan)
{
	(void)fd, (void)what;
	note("plain");
	aw_future_unref(aw_loop_create_task(shared, carry_out, plan, NULL));
}

BASE_TEST(a_plain_callback_can_start_a_task)
{
	struct plan plan = { "task", 0, 0, 0 };

	shared = loop;
	plain_after(0.001, on_plain_starts_task, &plan);
	dispatch_until_notes(2);
	ck_assert_notes("plain task");
}

static aw_future *awaited;

static void
on_plain_sets_result(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	ck_assert_int_eq(aw_future_set_result(awaited, 7), 0);
}

static int
await_and_note(void *future)
{
	int result = aw_await(future);

	note("awaited");
	return result;
}

BASE_TEST(a_plain_callback_can_end_a_future_that_a_task_awaits)
{
	aw_task *task;

	awaited = aw_loop_create_future(loop);
	task = aw_loop_create_task(loop, await_and_note, awaited, NULL);
	plain_after(0.001, on_plain_sets_result, NULL);
	dispatch_until_done(task);
	ck_assert_notes("awaited");
	ck_assert_int_eq(aw_future_result(task), 7);
	aw_future_unref(task);
	aw_future_unref(awaited);
}

static void
call_again(void *loop)
{
	aw_loop_call_soon(loop, call_again, loop);
}

BASE_TEST(callbacks_that_call_again_for_ever_do_not_starve_plain_ones)
{
	aw_loop_call_soon(loop, call_again, loop);
	plain_after(0.005, on_plain, "plain");
	dispatch_until_notes(1);
	ck_assert_notes("plain");
}

static int
wait_and_read(void *arg)
{
	int fd = *(int *)arg, err = aw_wait_readable(fd);
	char byte;

	if (err == 0)
		err = (int)read(fd, &byte, 1);
	note("read");
	return err;
}

static void
on_plain_writes(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	ck_assert_int_eq(write(*(int *)arg, "", 1), 1);
}

BASE_TEST(tasks_wait_for_descriptors_while_the_caller_dispatches)
{
	int ends[2];
	aw_task *task;

	ck_assert_int_eq(pipe(ends), 0);
	task = aw_loop_create_task(loop, wait_and_read, &ends[0], NULL);
	plain_after(0.001, on_plain_writes, &ends[1]);
	dispatch_until_done(task);
	ck_assert_notes("read");
	ck_assert_int_eq(aw_future_result(task), 1);
	aw_future_unref(task);
	close(ends[0]);
	close(ends[1]);
}

static void *
call_from_thread(void *loop)
{
	(void)!aw_loop_call_soon_threadsafe(loop, note_callback, "thread");
	return NULL;
}

BASE_TEST(other_threads_wake_the_loop_while_the_caller_dispatches)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, call_from_thread, loop),
	    0);
	dispatch_until_notes(1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_notes("thread");
}

static void
note_loop(void *loop)
{
	ck_assert_ptr_eq(aw_get_running_loop(), loop);
	note("loop");
}

static void
on_plain_checks_loop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	ck_assert_ptr_null(aw_get_running_loop());
	note("no loop");
}

BASE_TEST(a_loop_is_running_in_its_own_callbacks_only)
{
	aw_loop_call_soon(loop, note_loop, loop);
	dispatch_until_notes(1);
	plain_after(0, on_plain_checks_loop, NULL);
	dispatch_until_notes(3);
	ck_assert_notes("loop no loop");
}

static void
run_nested(void *loop)
{
	ck_assert_int_eq(aw_loop_run_forever(loop), -EBUSY);
	ck_assert_int_eq(aw_loop_close(loop), -EBUSY);
	note("refused");
}

BASE_TEST(a_run_inside_of_a_dispatched_callback_is_refused)
{
	aw_loop_call_soon(loop, run_nested, loop);
	dispatch_until_notes(1);
	ck_assert_notes("refused");
}

static void
on_plain_runs(evutil_socket_t fd, short what, void *arg)
{
	aw_future *future = aw_loop_create_future(shared);

	(void)fd, (void)what, (void)arg;
	ck_assert_int_eq(aw_loop_run_forever(shared), -EBUSY);
	ck_assert_int_eq(aw_loop_run_until_complete(shared, future), -EBUSY);
	aw_future_unref(future);
	note("refused");
}

BASE_TEST(a_run_inside_of_a_plain_callback_is_refused)
{
	shared = loop;
	plain_after(0.001, on_plain_runs, NULL);
	aw_loop_call_later(loop, 0.01, note_callback, "goes on");
	dispatch_until_notes(3);
	ck_assert_notes("refused goes on");
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

BASE_TEST(run_forever_serves_plain_callbacks_too)
{
	plain_after(0.001, on_plain, "plain");
	aw_loop_call_later(loop, 0.02, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("plain");
}

BASE_TEST(what_a_run_left_goes_on_when_the_caller_dispatches)
{
	struct plan plan = { "task", 0.01, 3, 0 };
	aw_task *task = aw_loop_create_task(loop, carry_out, &plan, NULL);

	aw_loop_call_soon(loop, stop, loop);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), AW_ESTOPPED);
	aw_loop_call_soon(loop, note_callback, "soon");
	dispatch_until_done(task);
	ck_assert_notes("soon task");
	ck_assert_int_eq(aw_future_result(task), 3);
	aw_future_unref(task);
}

BASE_TEST(what_a_dispatch_left_goes_on_in_a_run)
{
	aw_future *future = aw_loop_create_future(loop);
	aw_task *task = aw_loop_create_task(loop, await_and_note, future, NULL);

	dispatch_for(0.001);
	aw_loop_call_soon(loop, note_callback, "soon");
	ck_assert_int_eq(aw_future_set_result(future, 3), 0);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 3);
	ck_assert_notes("soon awaited");
	aw_future_unref(task);
	aw_future_unref(future);
}

BASE_TEST(a_signal_handler_is_called_while_the_caller_dispatches)
{
	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR1,
	    note_callback, "signal"), 0);
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	dispatch_until_notes(1);
	ck_assert_notes("signal");
}

BASE_TEST(two_loops_can_share_a_base)
{
	aw_loop_options options = { .base = base };
	aw_loop *other = aw_loop_new(&options);
	struct plan plans[2] = { { "one", 0.001, 1, 0 },
	    { "two", 0.01, 2, 0 } };
	aw_task *one = aw_loop_create_task(loop, carry_out, &plans[0], NULL);
	aw_task *two = aw_loop_create_task(other, carry_out, &plans[1], NULL);

	dispatch_until_notes(2);
	take_notes();
	ck_assert_int_eq(aw_future_result(one), 1);
	ck_assert_int_eq(aw_future_result(two), 2);
	aw_future_unref(one);
	aw_future_unref(two);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

BASE_TEST(an_idle_dispatch_uses_no_processor_time)
{
	double used = processor_time();

	aw_loop_call_soon(loop, note_callback, "soon");
	dispatch_for(0.25);
	ck_assert_double_lt(processor_time() - used, 0.1);
	ck_assert_notes("soon");
}

/* Nothing of the loop's may be left on a base that outlives it. */
BASE_TEST(closing_leaves_nothing_on_the_base)
{
	aw_loop_options options = { .base = base };
	aw_loop *other = aw_loop_new(&options);

	(void)loop;
	record_reports(other);
	aw_loop_call_soon(other, note_callback, "never");
	aw_loop_call_later(other, 0, note_callback, "never");
	ck_assert_int_eq(aw_loop_call_soon_threadsafe(other, note_callback,
	    "never"), 0);
	ck_assert_int_eq(aw_loop_close(other), 0);
	dispatch_for(0.01);
	ck_assert_notes("");
}

int
main(void)
{
	const TTest *const tests[] = {
		the_loop_is_on_the_base_that_it_was_given,
		tasks_run_while_the_caller_dispatches,
		callbacks_of_the_loop_and_plain_ones_call_each_other,
		tasks_sleep_many_times_in_a_row,
		a_plain_callback_can_start_a_task,
		a_plain_callback_can_end_a_future_that_a_task_awaits,
		callbacks_that_call_again_for_ever_do_not_starve_plain_ones,
		tasks_wait_for_descriptors_while_the_caller_dispatches,
		other_threads_wake_the_loop_while_the_caller_dispatches,
		a_loop_is_running_in_its_own_callbacks_only,
		a_run_inside_of_a_dispatched_callback_is_refused,
		a_run_inside_of_a_plain_callback_is_refused,
		run_forever_serves_plain_callbacks_too,
		what_a_run_left_goes_on_when_the_caller_dispatches,
		what_a_dispatch_left_goes_on_in_a_run,
		a_signal_handler_is_called_while_the_caller_dispatches,
		two_loops_can_share_a_base,
		an_idle_dispatch_uses_no_processor_time,
		closing_leaves_nothing_on_the_base,
	};

	return UNIT_RUN("base", tests);
}
