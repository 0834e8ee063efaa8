/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What test_gdb.py looks at: tasks in each state, when it comes to stop_here.
 * With the argument "call" that is on the loop's own stack; with "attach" it
 * says "waiting" and then waits for its standard input; and with "hibernate"
 * there is a task that does, or it says "not here".  It ends with "finished".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "await.h"
#include "core/loop.h"
#include "coro/guard.h"
#include "dormouse.h"

static int ends[2];

void stop_here(void);

__attribute__((noinline)) void
stop_here(void)
{
	__asm__ volatile("" : : : "memory");
}

/* The calls are followed by something, so that each leaves a frame. */
__attribute__((noinline)) static int
wait_deeply(volatile int depth)
{
	int result;

	if (depth > 0)
		result = wait_deeply(depth - 1);
	else
		result = aw_wait_readable(ends[0]);
	depth++;
	return result;
}

static int
work(void *arg)
{
	(void)arg;
	return wait_deeply(2);
}

static int
sleep_long(void *arg)
{
	(void)arg;
	return aw_sleep(1000) == -ECANCELED ? 0 : -EIO;
}

static void
stop_on_the_loop_s_stack(void *arg)
{
	(void)arg;
	stop_here();
}

/* Runs when all others wait, but for the one that it has just made. */
static int
show(void *arg)
{
	aw_task *fresh;

	if (aw_sleep(0.02) < 0)
		return -EIO;
	fresh = aw_create_task(sleep_long, NULL, "fresh");
	if (strcmp(arg, "call") == 0)
		aw_loop_call(stop_on_the_loop_s_stack, NULL);
	else
		stop_here();
	if (strcmp(arg, "attach") == 0) {
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
		puts("waiting");
		fflush(stdout);
		if (aw_wait_readable(STDIN_FILENO) < 0)
			return -EIO;
	}
	aw_cancel(fresh);
	aw_future_unref(fresh);
	return write(ends[1], "x", 1) == 1 ? 0 : -EIO;
}

static int
begin(void *arg)
{
	aw_task *worker = aw_create_task(work, NULL, "the worker");
	aw_task *sleeper = aw_create_task(sleep_long, NULL, "twin\n");
	aw_task *twin = aw_create_task(sleep_long, NULL, "twin\n");
	aw_task *shower = aw_create_task(show, arg, NULL);
	int result = aw_await(worker);

	aw_cancel(sleeper);
	aw_cancel(twin);
	aw_future_unref(worker);
	aw_future_unref(sleeper);
	aw_future_unref(twin);
	if (result == 0)
		result = aw_await(shower);
	aw_future_unref(shower);
	return result;
}

static int
wait_for_data(void *arg)
{
	(void)arg;
	return aw_task_park(aw_task_current(), "data to read") ==
	    -ECANCELED ? 0 : -EIO;
}

/* Stops when a task hibernates, or would if it could. */
static int
hibernate(void *arg)
{
	struct task *task;
	int result, fd;

	(void)arg;
	task = dormouse_new(wait_for_data, NULL, "dormouse", &fd);
	if (task == NULL)
		return -ENOMEM;
	do {
		result = aw_sleep(0.01);
	} while (result == 0 && !dormouse_hibernates(&task->future) &&
	    task->trimmed == 0);
	if (!dormouse_hibernates(&task->future))
		puts("not here");
	stop_here();
	aw_cancel(&task->future);
	result = aw_await(&task->future);
	aw_future_unref(&task->future);
	return result;
}

static int
run(char *how)
{
	const aw_loop_options quickly = { .trim_after = 0.01 };

	if (strcmp(how, "hibernate") == 0)
		return aw_run_with(hibernate, NULL, &quickly);
	/* gdb's own core files end at the first guard by madvise(2). */
	aw_guard_limit(AW_GUARD_MPROTECT);
	return aw_run(begin, how);
}

int
main(int argc, char **argv)
{
	char how[16] = "";
	int result;

	if (argc > 1)
		snprintf(how, sizeof(how), "%s", argv[1]);
	if (pipe(ends) < 0)
		return 1;
	result = run(how);
	puts(result == 0 ? "finished" : aw_strerror(result));
	return result == 0 ? 0 : 1;
}
