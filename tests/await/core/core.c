/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/core.h"
#include "core/loop.h"

static char trace[4096];
static struct report reports;

void
note(const char *word)
{
	size_t used = strlen(trace);

	snprintf(trace + used, sizeof(trace) - used, "%s%s",
	    used > 0 ? " " : "", word);
}

void
note_callback(void *word)
{
	note(word);
}

void
note_done(aw_future *future, void *word)
{
	ck_assert(aw_future_done(future));
	note(word);
}

const char *
take_notes(void)
{
	static char taken[sizeof(trace)];

	memcpy(taken, trace, sizeof(trace));
	trace[0] = '\0';
	return taken;
}

unsigned
count_notes(void)
{
	unsigned count = trace[0] != '\0';
	const char *at;

	for (at = trace; *at != '\0'; at++)
		count += *at == ' ';
	return count;
}

static void
on_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)arg;
	reports.count++;
	reports.error = context->error;
	reports.has_future = context->future != NULL;
	reports.in_task = aw_current_task() != NULL;
	reports.duration = context->duration;
	snprintf(reports.message, sizeof(reports.message), "%s",
	    context->message);
	snprintf(reports.name, sizeof(reports.name), "%s",
	    context->name != NULL ? context->name : "");
}

void
record_reports(aw_loop *loop)
{
	aw_loop_set_exception_handler(loop, on_report, NULL);
}

struct report
take_reports(void)
{
	struct report taken = reports;

	memset(&reports, 0, sizeof(reports));
	return taken;
}

static void
fail_on_reports(void)
{
	if (reports.count > 0)
		ck_abort_msg("%u reports, the last: %s: %s (task '%s')",
		    reports.count, reports.message, aw_strerror(reports.error),
		    reports.name);
}

void
with_loop(void (*body)(aw_loop *loop))
{
	unsigned descriptors = count_descriptors();
	aw_loop *loop = aw_loop_new(NULL);

	ck_assert_ptr_nonnull(loop);
	record_reports(loop);
	body(loop);
	fail_on_reports();
	ck_assert_int_eq(aw_loop_close(loop), 0);
	fail_on_reports();
	ck_assert_uint_eq(count_descriptors(), descriptors);
}

static void (*task_body)(void);

static int
run_body(void *arg)
{
	(void)arg;
	task_body();
	return 0;
}

static void
run_as_task(aw_loop *loop)
{
	aw_task *task = aw_loop_create_task(loop, run_body, NULL, "main");

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
}

void
with_task(void (*body)(void))
{
	task_body = body;
	with_loop(run_as_task);
}

int
carry_out(void *arg)
{
	struct plan *plan = arg;
	char word[32];

	if (plan->delay >= 0)
		plan->slept = aw_sleep(plan->delay);
	snprintf(word, sizeof(word), "%s%s", plan->label,
	    plan->slept < 0 ? "!" : "");
	note(word);
	return plan->slept < 0 ? plan->slept : plan->result;
}

int
sleep_long(void *arg)
{
	(void)arg;
	return aw_sleep(FAR);
}

int
await_it(void *future)
{
	return aw_await(future);
}

aw_task *
spawn(aw_coroutine *coroutine, void *arg)
{
	aw_task *task = aw_create_task(coroutine, arg, NULL);

	ck_assert_ptr_nonnull(task);
	return task;
}

int
join(aw_task *task)
{
	int result = aw_await(task);

	aw_future_unref(task);
	return result;
}

void
turns(unsigned count)
{
	while (count-- > 0)
		ck_assert_int_eq(aw_sleep(0), 0);
}

aw_task *
spawn_sleeper(struct plan *plan)
{
	aw_task *task;

	*plan = (struct plan){ .label = "sleeper", .delay = FAR };
	task = spawn(carry_out, plan);
	turns(1);
	return task;
}

void
check_clean(void)
{
	ck_assert_ptr_null(aw_timer_heap_first(
	    &aw_get_running_loop()->timers));
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 0);
	turns(2);
}

struct countdown {
	aw_loop *loop;
	unsigned left;
};

static void
count_down(void *arg)
{
	struct countdown *countdown = arg;

	if (--countdown->left == 0) {
		aw_loop_stop(countdown->loop);
		free(countdown);
	} else {
		aw_loop_call_soon(countdown->loop, count_down, countdown);
	}
}

void
stop_after(aw_loop *loop, unsigned iterations)
{
	struct countdown *countdown = malloc(sizeof(*countdown));

	ck_assert_ptr_nonnull(countdown);
	countdown->loop = loop;
	countdown->left = iterations;
	aw_loop_call_soon(loop, count_down, countdown);
}

void
run_iterations(aw_loop *loop, unsigned iterations)
{
	stop_after(loop, iterations);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

static void
run_child(void (*function)(void), int output)
{
	static const struct rlimit no_core;

	setrlimit(RLIMIT_CORE, &no_core);
	dup2(output, STDERR_FILENO);
	function();
	_exit(EXIT_SUCCESS);
}

/* Everything up to the end of file; what does not fit is dropped. */
static void
read_all(int fd, char *text, size_t size)
{
	char dropped[256];
	size_t length = 0;
	ssize_t n;

	do {
		if (length < size - 1)
			n = read(fd, text + length, size - 1 - length);
		else
			n = read(fd, dropped, sizeof(dropped));
		if (n > 0 && length < size - 1)
			length += (size_t)n;
	} while (n > 0);
	text[length] = '\0';
}

int
in_child(void (*function)(void), char *text, size_t size)
{
	int ends[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		run_child(function, ends[1]);
	close(ends[1]);
	read_all(ends[0], text, size);
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

__attribute__((noinline)) int
use_stack(size_t bytes)
{
	volatile char room[bytes];
	size_t i;

	for (i = 0; i < bytes; i += 64)
		room[i] = 1;
	return room[0];
}

double
processor_time(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}
