/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One iteration of a loop, and how it is stopped.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/core.h"

/* ---------------------------------------------------------- one iteration */

/* A pipe, one end of which is watched by a plain event of libevent's. */
struct watched_pipe {
	int ends[2];
	struct event *event;
	const char *word;
};

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct watched_pipe *watched = arg;
	char byte;

	(void)what;
	note(watched->word);
	ck_assert_int_eq(read(fd, &byte, 1), 1);
}

static void
watch_pipe(struct watched_pipe *watched, aw_loop *loop, const char *word)
{
	watched->word = word;
	ck_assert_int_eq(pipe(watched->ends), 0);
	watched->event = event_new(aw_loop_get_event_base(loop),
	    watched->ends[0], EV_READ | EV_PERSIST, on_readable, watched);
	ck_assert_int_eq(event_add(watched->event, NULL), 0);
}

static void
make_readable(struct watched_pipe *watched)
{
	ck_assert_int_eq(write(watched->ends[1], "", 1), 1);
}

static void
close_pipe(struct watched_pipe *watched)
{
	event_free(watched->event);
	close(watched->ends[0]);
	close(watched->ends[1]);
}

static struct watched_pipe watched;

static void
make_readable_and_call_soon(void *loop)
{
	note("first");
	make_readable(&watched);
	aw_loop_call_soon(loop, note_callback, "second");
}

LOOP_TEST(io_is_polled_before_what_a_callback_added_is_run)
{
	watch_pipe(&watched, loop, "io");
	aw_loop_call_soon(loop, make_readable_and_call_soon, loop);
	stop_after(loop, 2);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("first io second");
	close_pipe(&watched);
}

static void
call_again(void *loop)
{
	aw_loop_call_soon(loop, call_again, loop);
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

LOOP_TEST(callbacks_that_call_again_for_ever_starve_neither_io_nor_timers)
{
	watch_pipe(&watched, loop, "io");
	make_readable(&watched);
	aw_loop_call_soon(loop, call_again, loop);
	aw_loop_call_later(loop, 0.001, note_callback, "timer");
	aw_loop_call_later(loop, 0.002, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("io timer");
	close_pipe(&watched);
}

static int
wait_for_pipe(void *arg)
{
	struct watched_pipe *unwatched = arg;
	int err = aw_wait_readable(unwatched->ends[0]);

	note("task by io");
	return err;
}

LOOP_TEST(what_io_made_ready_runs_before_the_timers_that_are_due)
{
	struct watched_pipe unwatched;
	aw_task *task;

	ck_assert_int_eq(pipe(unwatched.ends), 0);
	task = aw_loop_create_task(loop, wait_for_pipe, &unwatched, NULL);
	stop_after(loop, 1);
	aw_loop_run_forever(loop);
	make_readable(&unwatched);
	aw_loop_call_at(loop, 0, note_callback, "timer");
	stop_after(loop, 2);
	aw_loop_run_forever(loop);
	ck_assert_notes("task by io timer");
	ck_assert_int_eq(aw_future_result(task), 0);
	aw_future_unref(task);
	close(unwatched.ends[0]);
	close(unwatched.ends[1]);
}

LOOP_TEST(an_idle_loop_uses_no_processor_time)
{
	double used;

	aw_loop_call_later(loop, 0.25, stop, loop);
	used = processor_time();
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_double_lt(processor_time() - used, 0.1);
}

static void
do_nothing(int signal)
{
	(void)signal;
}

LOOP_TEST(a_signal_that_interrupts_the_poll_does_not_end_the_run)
{
	struct itimerval in_a_moment = { .it_value.tv_usec = 5000 };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = do_nothing;
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &in_a_moment, NULL), 0);
	aw_loop_call_later(loop, 0.02, note_callback, "timer");
	aw_loop_call_later(loop, 0.03, stop, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("timer");
}

/* -------------------------------------------------------------------- stop */

static void
stop_and_call_soon(void *loop)
{
	note("a");
	aw_loop_stop(loop);
	aw_loop_call_soon(loop, note_callback, "c");
}

LOOP_TEST(stop_lets_the_current_iteration_finish)
{
	aw_loop_call_soon(loop, stop_and_call_soon, loop);
	aw_loop_call_soon(loop, note_callback, "b");
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("a b");
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("c");
}

LOOP_TEST(stop_beforehand_gives_one_iteration)
{
	aw_loop_call_soon(loop, call_again, loop);
	aw_loop_call_soon(loop, note_callback, "once");
	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("once");
}

LOOP_TEST(stop_beforehand_does_not_wait_for_anything)
{
	double start = aw_loop_time(loop);

	aw_loop_call_later(loop, FAR, note_callback, "far");
	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_double_lt(aw_loop_time(loop) - start, FAR / 2);
	ck_assert_notes("");
}

LOOP_TEST(a_stop_counts_for_one_run_only)
{
	aw_loop_stop(loop);
	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	aw_loop_call_later(loop, 0.001, stop_and_call_soon, loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("a");
}

/* -------------------------------------------------------------- descriptors */

static int
nothing(void *arg)
{
	(void)arg;
	return 0;
}

/* With a few more, libevent would end the process. */
START_TEST(who_has_too_few_descriptors_is_told_so)
{
	int lowest = dup(STDERR_FILENO);
	struct rlimit before, limit;

	ck_assert_int_ge(lowest, 0);
	close(lowest);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	for (int i = 0; i < 2; i++) {
		limit.rlim_cur = (rlim_t)(lowest + i);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		ck_assert_ptr_null(aw_loop_new(NULL));
		ck_assert_int_eq(errno, EMFILE);
		ck_assert_int_eq(aw_run(nothing, NULL), -EMFILE);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		io_is_polled_before_what_a_callback_added_is_run,
		callbacks_that_call_again_for_ever_starve_neither_io_nor_timers,
		what_io_made_ready_runs_before_the_timers_that_are_due,
		an_idle_loop_uses_no_processor_time,
		a_signal_that_interrupts_the_poll_does_not_end_the_run,
		stop_lets_the_current_iteration_finish,
		stop_beforehand_gives_one_iteration,
		stop_beforehand_does_not_wait_for_anything,
		a_stop_counts_for_one_run_only,
		who_has_too_few_descriptors_is_told_so,
	};

	return UNIT_RUN("loop", tests);
}
