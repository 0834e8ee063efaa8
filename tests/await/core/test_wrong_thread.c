/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Debug mode: functions of a loop that another thread calls.
 */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "core/core.h"

#define NOT_SLOW 1000

/* What another thread does with a loop that runs. */
struct wrong {
	aw_loop *loop;
	aw_future *future;
	aw_handle *timer;
	void (*call)(struct wrong *wrong);
	bool refused;
};

static void
ignore(void *arg)
{
	(void)arg;
}

static int
never(void *arg)
{
	(void)arg;
	note("never");
	return 0;
}

static void
never_done(aw_future *future, void *arg)
{
	(void)future, (void)arg;
	note("never");
}

static void
call_soon(struct wrong *wrong)
{
	wrong->refused = aw_loop_call_soon(wrong->loop, note_callback,
	    "never") == NULL;
}

static void
call_later(struct wrong *wrong)
{
	wrong->refused = aw_loop_call_later(wrong->loop, 0, note_callback,
	    "never") == NULL;
}

static void
call_at(struct wrong *wrong)
{
	wrong->refused = aw_loop_call_at(wrong->loop, 0, note_callback,
	    "never") == NULL;
}

static void
cancel_handle(struct wrong *wrong)
{
	aw_handle_cancel(wrong->timer);
	wrong->refused = true;
}

static void
create_task(struct wrong *wrong)
{
	wrong->refused = aw_loop_create_task(wrong->loop, never, NULL, NULL) ==
	    NULL;
}

static void
stop(struct wrong *wrong)
{
	aw_loop_stop(wrong->loop);
	wrong->refused = true;
}

static void
add_signal_handler(struct wrong *wrong)
{
	wrong->refused = aw_loop_add_signal_handler(wrong->loop, SIGUSR1,
	    ignore, NULL) == AW_EWRONGTHREAD;
}

static void
remove_signal_handler(struct wrong *wrong)
{
	wrong->refused = !aw_loop_remove_signal_handler(wrong->loop, SIGUSR2);
}

static void
add_reader(struct wrong *wrong)
{
	wrong->refused = aw_loop_add_reader(wrong->loop, 0, ignore, NULL) ==
	    AW_EWRONGTHREAD;
}

static void
add_writer(struct wrong *wrong)
{
	wrong->refused = aw_loop_add_writer(wrong->loop, 0, ignore, NULL) ==
	    AW_EWRONGTHREAD;
}

static void
remove_reader(struct wrong *wrong)
{
	wrong->refused = !aw_loop_remove_reader(wrong->loop, 0);
}

static void
remove_writer(struct wrong *wrong)
{
	wrong->refused = !aw_loop_remove_writer(wrong->loop, 0);
}

static void
set_result(struct wrong *wrong)
{
	wrong->refused = aw_future_set_result(wrong->future, 1) ==
	    AW_EWRONGTHREAD;
}

static void
set_error(struct wrong *wrong)
{
	wrong->refused = aw_future_set_error(wrong->future, -EIO) ==
	    AW_EWRONGTHREAD;
}

static void
add_done_callback(struct wrong *wrong)
{
	wrong->refused = aw_future_add_done_callback(wrong->future, never_done,
	    NULL) == AW_EWRONGTHREAD;
}

static void
remove_done_callback(struct wrong *wrong)
{
	wrong->refused = aw_future_remove_done_callback(wrong->future,
	    note_done, "done") == AW_EWRONGTHREAD;
}

static void
cancel(struct wrong *wrong)
{
	wrong->refused = !aw_cancel(wrong->future);
}

static void
gather(struct wrong *wrong)
{
	wrong->refused = aw_gather(&wrong->future, 1, false) == NULL;
}

static void
shield(struct wrong *wrong)
{
	wrong->refused = aw_shield(wrong->future) == NULL;
}

static void
as_completed(struct wrong *wrong)
{
	wrong->refused = aw_as_completed(&wrong->future, 1, -1) == NULL;
}

static void
run_in_executor(struct wrong *wrong)
{
	wrong->refused = aw_loop_run_in_executor(wrong->loop, NULL, never,
	    NULL) == NULL;
}

static void
dump_tasks(struct wrong *wrong)
{
	wrong->refused = aw_dump_tasks(wrong->loop, stderr) == AW_EWRONGTHREAD;
}

static const struct {
	void (*call)(struct wrong *wrong);
	const char *message;
} wrong_calls[] = {
	{ call_soon, "aw_loop_call_soon" },
	{ call_later, "aw_loop_call_later" },
	{ call_at, "aw_loop_call_at" },
	{ cancel_handle, "aw_handle_cancel" },
	{ create_task, "aw_loop_create_task" },
	{ stop, "aw_loop_stop" },
	{ add_signal_handler, "aw_loop_add_signal_handler" },
	{ remove_signal_handler, "aw_loop_remove_signal_handler" },
	{ add_reader, "aw_loop_add_reader" },
	{ add_writer, "aw_loop_add_writer" },
	{ remove_reader, "aw_loop_remove_reader" },
	{ remove_writer, "aw_loop_remove_writer" },
	{ set_result, "aw_future_set_result" },
	{ set_error, "aw_future_set_error" },
	{ add_done_callback, "aw_future_add_done_callback" },
	{ remove_done_callback, "aw_future_remove_done_callback" },
	{ cancel, "aw_cancel" },
	{ gather, "aw_gather" },
	{ shield, "aw_shield" },
	{ as_completed, "aw_as_completed" },
	{ run_in_executor, "aw_loop_run_in_executor" },
	{ dump_tasks, "aw_dump_tasks" },
};

static void
end_run(void *arg)
{
	struct wrong *wrong = arg;

	note("end");
	aw_future_set_result(wrong->future, 1);
}

static void *
call_wrongly(void *arg)
{
	struct wrong *wrong = arg;

	wrong->call(wrong);
	/* This one may be called. */
	if (aw_loop_call_soon_threadsafe(wrong->loop, end_run, wrong) < 0)
		wrong->refused = false;
	return NULL;
}

static pthread_t thread;

static void
start_thread(void *wrong)
{
	ck_assert_int_eq(pthread_create(&thread, NULL, call_wrongly, wrong),
	    0);
}

static void
check_wrong_call(aw_loop *loop, size_t i)
{
	struct wrong wrong = {
		.loop = loop,
		.future = aw_loop_create_future(loop),
		.timer = aw_loop_call_later(loop, 1000, ignore, NULL),
		.call = wrong_calls[i].call,
	};
	struct report report;
	char message[128];

	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR2, ignore,
	    NULL), 0);
	ck_assert_int_eq(aw_future_add_done_callback(wrong.future, note_done,
	    "done"), 0);
	aw_loop_call_soon(loop, start_thread, &wrong);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, wrong.future), 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(wrong.refused);
	ck_assert_notes("end done");
	report = take_reports();
	snprintf(message, sizeof(message), "%s was called from the wrong "
	    "thread", wrong_calls[i].message);
	ck_assert_uint_eq(report.count, 1);
	ck_assert_str_eq(report.message, message);
	ck_assert_int_eq(report.error, AW_EWRONGTHREAD);
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR2));
	/* It is there still. */
	aw_handle_cancel(wrong.timer);
	aw_future_unref(wrong.future);
}

LOOP_TEST(calls_from_the_wrong_thread_are_refused_and_reported)
{
	size_t i;

	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, NOT_SLOW);
	for (i = 0; i < sizeof(wrong_calls) / sizeof(wrong_calls[0]); i++)
		check_wrong_call(loop, i);
}

static aw_group *group;

static void
create_in_group(struct wrong *wrong)
{
	wrong->refused = aw_group_create_task(group, never, NULL, NULL,
	    NULL) == AW_EWRONGTHREAD;
}

static int
hold_group(void *arg)
{
	struct wrong *wrong = arg;
	int result;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	start_thread(wrong);
	result = aw_group_exit(group, aw_await(wrong->future));
	aw_group_free(group);
	return result;
}

LOOP_TEST(a_group_takes_no_task_from_another_thread)
{
	struct wrong wrong = {
		.loop = loop,
		.future = aw_loop_create_future(loop),
		.call = create_in_group,
	};
	aw_task *task = aw_loop_create_task(loop, hold_group, &wrong, NULL);

	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, NOT_SLOW);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(wrong.refused);
	ck_assert_notes("end");
	ck_assert_uint_eq(take_reports().count, 1);
	aw_future_unref(task);
	aw_future_unref(wrong.future);
}

static void
switch_debug_off(struct wrong *wrong)
{
	wrong->refused = aw_loop_get_debug(wrong->loop);
	aw_loop_set_debug(wrong->loop, false);
}

LOOP_TEST(another_thread_may_ask_for_debug_mode_and_set_it)
{
	struct wrong wrong = {
		.loop = loop,
		.future = aw_loop_create_future(loop),
		.call = switch_debug_off,
	};

	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, NOT_SLOW);
	aw_loop_call_soon(loop, start_thread, &wrong);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, wrong.future), 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(wrong.refused);
	ck_assert(!aw_loop_get_debug(loop));
	ck_assert_notes("end");
	aw_future_unref(wrong.future);
}

/* A loop that nobody runs is nobody's, so one thread may prepare it. */
static void *
run_loop(void *loop)
{
	aw_loop_call_soon(loop, note_callback, "thread");
	aw_loop_stop(loop);
	aw_loop_run_forever(loop);
	return NULL;
}

LOOP_TEST(a_loop_that_does_not_run_may_go_to_another_thread)
{
	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, NOT_SLOW);
	aw_loop_call_soon(loop, note_callback, "main");
	ck_assert_int_eq(pthread_create(&thread, NULL, run_loop, loop), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_notes("main thread");
	aw_loop_call_soon(loop, note_callback, "main");
	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("main");
}

static void *
run_two_tasks(void *loop)
{
	struct plan plans[] = {
		{ "first", 0, 1, 0 },
		{ "second", 0.001, 2, 0 },
	};
	aw_task *first, *second;

	first = aw_loop_create_task(loop, carry_out, &plans[0], NULL);
	second = aw_loop_create_task(loop, carry_out, &plans[1], NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, second), 2);
	ck_assert_int_eq(aw_future_result(first), 1);
	aw_future_unref(first);
	aw_future_unref(second);
	return NULL;
}

LOOP_TEST(tasks_may_run_in_another_thread_than_the_one_that_made_the_loop)
{
	struct plan plan = { "third", 10, 0, 0 };
	aw_task *third;

	run_two_tasks(loop);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_two_tasks, loop),
	    0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_notes("first second first second");
	run_two_tasks(loop);
	/* One begins there and is ended by the loop, which is closed here. */
	third = aw_loop_create_task(loop, carry_out, &plan, NULL);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_two_tasks, loop),
	    0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(aw_cancel(third));
	ck_assert_int_eq(aw_loop_run_until_complete(loop, third),
	    -ECANCELED);
	aw_future_unref(third);
	(void)take_notes();
}

/* With or without debug mode. */
static void
run_or_close(struct wrong *wrong)
{
	wrong->refused = aw_loop_run_forever(wrong->loop) == -EBUSY &&
	    aw_loop_run_until_complete(wrong->loop, wrong->future) == -EBUSY &&
	    aw_loop_close(wrong->loop) == -EBUSY;
}

LOOP_TEST(a_loop_that_another_thread_runs_is_busy)
{
	struct wrong wrong = {
		.loop = loop,
		.future = aw_loop_create_future(loop),
		.call = run_or_close,
	};

	aw_loop_call_soon(loop, start_thread, &wrong);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, wrong.future), 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(wrong.refused);
	ck_assert_notes("end");
	aw_future_unref(wrong.future);
}

START_TEST(on_a_base_of_the_callers_it_is_the_callers_thread)
{
	struct event_base *base = event_base_new();
	aw_loop_options options = { .base = base, .debug = true };
	aw_loop *loop = aw_loop_new(&options);
	struct wrong wrong = { .loop = loop, .call = call_soon };

	record_reports(loop);
	wrong.future = aw_loop_create_future(loop);
	start_thread(&wrong);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(wrong.refused);
	ck_assert_int_eq(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_notes("end");
	aw_future_unref(wrong.future);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	event_base_free(base);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		calls_from_the_wrong_thread_are_refused_and_reported,
		a_group_takes_no_task_from_another_thread,
		another_thread_may_ask_for_debug_mode_and_set_it,
		a_loop_that_does_not_run_may_go_to_another_thread,
		tasks_may_run_in_another_thread_than_the_one_that_made_the_loop,
		a_loop_that_another_thread_runs_is_busy,
		on_a_base_of_the_callers_it_is_the_callers_thread,
	};

	return UNIT_RUN("wrong_thread", tests);
}
