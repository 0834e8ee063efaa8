/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define UNIT 0.02
#define MOST_PLAYS 32

static const char *running_name;
static struct play plays[MOST_PLAYS];
static size_t play_count;

/* The common spelling of errors; trace.py has the exceptions. */
static const struct {
	int error;
	const char *text;
} spelling[] = {
	{ -ECANCELED, "CancelledError" },
	{ -ETIMEDOUT, "TimeoutError" },
	{ AW_EINCOMPLETE, "IncompleteReadError" },
	{ AW_ELIMIT, "LimitOverrunError" },
	{ AW_EBROKENBARRIER, "BrokenBarrierError" },
	{ AW_EQUEUEEMPTY, "QueueEmpty" },
	{ AW_EQUEUEFULL, "QueueFull" },
	{ AW_EQUEUESHUTDOWN, "QueueShutDown" },
	{ -ECONNRESET, "connection lost" },
	{ -ECONNREFUSED, "connection lost" },
	{ -ECONNABORTED, "connection lost" },
	{ -EPIPE, "connection lost" },
	{ -ENOENT, "no such file" },
	{ -ESRCH, "no such process" },
	{ AW_EINTERRUPT, "KeyboardInterrupt" },
	{ AW_EINVALIDSTATE, "misuse" },
	{ AW_ESTOPPED, "misuse" },
	{ AW_EWRONGLOOP, "misuse" },
	{ -EINVAL, "misuse" },
	{ -EBUSY, "misuse" },
	{ -EDEADLK, "misuse" },
};

/* Python's has no task. */
static const char handler_failed[] = "handler failed";

static const struct {
	const char *message, *text;
} report_spelling[] = {
	{ "an error was never retrieved", "never retrieved" },
	{ "a task was dropped while it was pending", "dropped while pending" },
	{ "a task failed while the loop was ending",
	    "failed while the loop was ending" },
	{ "a connection's handler failed", handler_failed },
};

const char *
trace_name(void)
{
	return running_name;
}

static void
fail(const char *what)
{
	fprintf(stderr, "trace: no %s\n", what);
	abort();
}

void
say(const char *format, ...)
{
	const aw_task *task = aw_current_task();
	va_list arguments;

	printf("%s: ", task != NULL ? aw_task_get_name(task) : "loop");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

const char *
spell(int result)
{
	static char texts[4][32];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	size_t i;

	for (i = 0; i < sizeof(spelling) / sizeof(spelling[0]); i++)
		if (spelling[i].error == result)
			return spelling[i].text;
	if (result <= FAILURE(0) && result > FAILURE(100))
		snprintf(text, sizeof(texts[0]), "Failure(%d)",
		    FAILURE(0) - result);
	else
		snprintf(text, sizeof(texts[0]), "%d", result);
	return text;
}

int
told(const char *what, int result)
{
	say("%s -> %s", what, spell(result));
	return result;
}

const char *
yes(bool answer)
{
	return answer ? "yes" : "no";
}

double
units(double n)
{
	static double unit;
	const char *scale;

	if (unit == 0) {
		scale = getenv("TEST_SCALE");
		unit = UNIT * (scale != NULL ? atof(scale) : 1);
	}
	return n * unit;
}

int
nap(double n)
{
	return aw_sleep(units(n));
}

void
turns(int n)
{
	while (n-- > 0)
		if (aw_sleep(0) < 0)
			fail("undisturbed sleep");
}

aw_task *
spawn(aw_coroutine *coroutine, void *arg, const char *name)
{
	aw_task *task = aw_create_task(coroutine, arg, name);

	if (task == NULL)
		fail("task");
	return task;
}

aw_future *
new_future(void)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());

	if (future == NULL)
		fail("future");
	return future;
}

int
join(aw_future *future)
{
	int result = aw_await(future);

	aw_future_unref(future);
	return result;
}

void
unref_all(aw_future *const *futures, size_t count)
{
	for (size_t i = 0; i < count; i++)
		aw_future_unref(futures[i]);
}

void
cancel_it(void *future)
{
	aw_cancel(future);
}

void
say_word(void *word)
{
	say("%s", (const char *)word);
}

static void
say_done(aw_future *future, void *word)
{
	(void)future;
	say_word(word);
}

void
on_done(aw_future *future, const char *word)
{
	if (aw_future_add_done_callback(future, say_done, (void *)word) < 0)
		fail("done callback");
}

void *
part(const struct play *play)
{
	if (play_count == MOST_PLAYS)
		fail("room for a play");
	plays[play_count] = *play;
	return &plays[play_count++];
}

aw_task *
act(const char *name, const struct play *description)
{
	return spawn(play, part(description), name);
}

static int
wait_as_told(const struct play *play)
{
	aw_future *never;
	int i, err = 0;

	for (i = 0; i < play->turns && err == 0; i++)
		err = aw_sleep(0);
	if (err == 0 && play->units > 0)
		err = nap(play->units);
	if (err == 0 && play->forever) {
		never = new_future();
		err = aw_await(never);
		aw_future_unref(never);
	}
	return err;
}

static int
clean_up(const struct play *play)
{
	int i, err = 0;

	if (!play->quiet)
		say("is cancelled");
	for (i = 0; i < play->cleanup && err == 0; i++)
		err = aw_sleep(0);
	if (err == 0 && play->cleanup_units > 0)
		err = nap(play->cleanup_units);
	if (err < 0) {
		say("is cancelled again");
		return err;
	}
	if (play->cleanup > 0 || play->cleanup_units > 0)
		say("has cleaned up");
	if (play->on_cancel < 0)
		return play->on_cancel;
	return play->swallow ? 0 : -ECANCELED;
}

int
play(void *arg)
{
	const struct play *play = arg;
	int err;

	say("begins");
	err = wait_as_told(play);
	if (err < 0)
		err = clean_up(play);
	if (err < 0)
		return err;
	say("ends");
	return play->result;
}

static const char *
kind_of(const char *message)
{
	size_t i, n = sizeof(report_spelling) / sizeof(report_spelling[0]);

	for (i = 0; i < n; i++)
		if (strcmp(report_spelling[i].message, message) == 0)
			return report_spelling[i].text;
	return message;
}

static void
on_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	const char *kind = kind_of(context->message);

	(void)loop, (void)arg;
	printf("report: %s", kind);
	if (context->name != NULL && kind != handler_failed)
		printf(" of %s", context->name);
	if (context->error < 0)
		printf(": %s", spell(context->error));
	putchar('\n');
}

void
trace_reports(aw_loop *loop)
{
	aw_loop_set_exception_handler(loop, on_report, NULL);
}

static int
run_coroutine(void *arg)
{
	const struct trace_case *running = arg;

	if (aw_task_set_name(aw_current_task(), "main") < 0)
		fail("name");
	trace_reports(aw_get_running_loop());
	return running->coroutine();
}

static void
run_case(const struct trace_case *running)
{
	int result;

	running_name = running->name;
	play_count = 0;
	if (running->function != NULL) {
		running->function();
		return;
	}
	result = aw_run(run_coroutine, (void *)running);
	if (result != 0)
		printf("result: %s\n", spell(result));
}

int
trace_main(int argc, char **argv, const struct trace_case *cases, size_t count)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A shell has its background jobs ignore it. */
	signal(SIGINT, SIG_DFL);
	for (i = 0; i < count; i++) {
		if (argc == 1)
			printf("== %s\n", cases[i].name);
		if (argc == 1 || strcmp(argv[1], cases[i].name) == 0)
			run_case(&cases[i]);
	}
	return 0;
}
