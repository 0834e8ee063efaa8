/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/core.h"
#include "core/loop.h"
#include "core/task.h"

#define FAR 1000.0

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

/* -------------------------------------------------------------------- runs */

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

/* --------------------------------------------------------- what goes wrong */

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

	aw_loop_call(aw_get_running_loop(), note_no_task, word);
	ck_assert_notes("called");
	ck_assert_ptr_eq(aw_current_task(), self);
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
		a_nested_run_is_refused_and_the_outer_goes_on,
		a_run_of_another_loop_inside_of_one_is_refused,
		a_nested_run_in_a_task_is_refused,
		a_running_loop_can_not_be_closed,
		run_until_complete_returns_the_result,
		run_until_complete_of_a_future_that_is_done_returns_at_once,
		run_until_complete_takes_a_null_for_want_of_memory,
		run_until_complete_leaves_other_tasks_pending,
		a_later_run_forever_finishes_what_was_left,
		run_until_complete_that_is_stopped_early_is_an_error,
		after_a_stopped_run_its_future_does_not_end_another,
		the_running_loop_is_known_while_it_runs,
		time_never_goes_back,
		each_thread_runs_a_loop_of_its_own,
		loops_of_two_threads_talk_by_call_soon_threadsafe,
		precise_timers_work_too,
		the_exception_handler_gets_what_is_reported,
		the_exception_handler_runs_outside_of_the_task_that_reports,
		a_report_does_not_end_the_run,
		without_a_handler_a_line_goes_to_standard_error,
		an_exception_handler_may_report_itself,
		a_task_can_have_a_function_run_on_the_loops_stack,
		closing_null_is_fine,
		closing_reports_a_pending_task_which_cleans_up,
		closing_never_runs_a_task_that_had_not_begun,
		closing_gets_over_a_task_that_refuses_to_end,
		closing_ends_tasks_that_wait_for_each_other_and_for_futures,
		closing_drops_what_a_task_starts_in_its_clean_up,
		closing_drops_what_the_exception_handler_adds_meanwhile,
	};

	return UNIT_RUN("loop", tests);
}
