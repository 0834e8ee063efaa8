/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Running a loop until a future is done; aw_run: a main task from beginning to
 * end, and SIGINT meanwhile.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/debug_mode.h"
#include "core/hibernate.h"
#include "core/task.h"

/* Seconds that a function in a thread may hold up the end, as in asyncio. */
#define LONGEST_FUNCTION 300

static void
stop_when_done(aw_future *future, void *arg)
{
	(void)future;
	aw_loop_stop(arg);
}

int
aw_loop_run_until_complete(aw_loop *loop, aw_future *future)
{
	int result;

	if (future == NULL)
		return -ENOMEM;
	if (aw_get_running_loop() != NULL || aw_is_other_threads(loop))
		return -EBUSY;
	if (future->loop != loop)
		return AW_EWRONGLOOP;
	aw_future_ref(future);
	result = aw_future_add_done_callback(future, stop_when_done, loop);
	if (result < 0)
		goto out;
	result = aw_loop_run_forever(loop);
	aw_future_remove_done_callback(future, stop_when_done, loop);
	if (result == 0)
		result = aw_future_done(future) ? aw_future_result(future) :
		    AW_ESTOPPED;
out:
	aw_future_unref(future);
	return result;
}

struct runner {
	aw_loop *loop;
	aw_task *main;
	unsigned interrupts;
};

/* The first SIGINT cancels the main task; the next one is not caught. */
static void
on_interrupt(void *arg)
{
	struct runner *runner = arg;

	runner->interrupts++;
	aw_loop_remove_signal_handler(runner->loop, SIGINT);
	aw_cancel(runner->main);
}

/* Only in the main thread, and if the program does not catch it itself. */
static int
watch_interrupt(struct runner *runner)
{
	struct sigaction action;

	if (syscall(SYS_gettid) != getpid() ||
	    sigaction(SIGINT, NULL, &action) < 0 ||
	    (action.sa_flags & SA_SIGINFO) != 0 ||
	    action.sa_handler != SIG_DFL)
		return 0;
	return aw_loop_add_signal_handler(runner->loop, SIGINT, on_interrupt,
	    runner);
}

/* Nobody awaits any more what is left. */
static void
report_failure(aw_future *task, void *loop)
{
	int err = aw_future_result(task);

	if (err < 0 && err != -ECANCELED)
		aw_loop_report(loop, "a task failed while the loop was ending",
		    err, task);
}

static void
end_task(aw_loop *loop, aw_future *task)
{
	/* Without memory its error is reported as never retrieved. */
	(void)!aw_future_add_done_callback(task, report_failure, loop);
	aw_cancel(task);
}

/* Waits until no task but this one is left. */
static void
await_others(aw_loop *loop)
{
	struct task *self = aw_task_current(), *task;
	struct task_link *link;
	aw_future *other;

	for (;;) {
		link = TAILQ_FIRST(&loop->tasks);
		if (link == &self->link)
			link = TAILQ_NEXT(link, pending);
		if (link == NULL)
			return;
		task = aw_task_awake(link);
		other = aw_future_ref(&task->future);
		/* It was started by one of those that are ending. */
		if (task->cancel_requests == 0)
			end_task(loop, other);
		(void)!aw_await(other);
		aw_future_unref(other);
	}
}

static int
clean_up(void *arg)
{
	aw_loop *loop = arg;
	int err;

	await_others(loop);
	err = aw_loop_shutdown_default_executor(loop, LONGEST_FUNCTION);
	if (err == -ETIMEDOUT)
		aw_loop_report(loop, "a function in a thread did not end",
		    err, NULL);
	return err;
}

/* Ends what the main task left behind. */
static void
end_others(aw_loop *loop)
{
	struct task_link *link;
	struct task *task;
	aw_task *cleaner;

	if (TAILQ_EMPTY(&loop->tasks) && loop->default_executor == NULL)
		return;
	for (link = TAILQ_FIRST(&loop->tasks); link != NULL;
	    link = TAILQ_NEXT(&task->link, pending)) {
		task = aw_task_awake(link);
		end_task(loop, &task->future);
	}
	cleaner = aw_loop_create_task(loop, clean_up, loop,
	    "aw_run's clean-up");
	/* Without memory for it, closing the loop ends them the hard way. */
	if (cleaner != NULL) {
		(void)!aw_loop_run_until_complete(loop, cleaner);
		aw_future_unref(cleaner);
	}
}

int
aw_run_with(aw_coroutine *coroutine, void *arg, const aw_loop_options *options)
{
	struct runner runner = { .interrupts = 0 };
	int result;

	if (aw_get_running_loop() != NULL)
		return -EBUSY;
	runner.loop = aw_loop_new(options);
	if (runner.loop == NULL)
		return -errno;
	aw_set_event_loop(runner.loop);
	runner.main = aw_loop_create_task(runner.loop, coroutine, arg, NULL);
	result = runner.main != NULL ? watch_interrupt(&runner) : -ENOMEM;
	if (result == 0)
		result = aw_loop_run_until_complete(runner.loop, runner.main);
	if (result == -ECANCELED && runner.interrupts > 0 &&
	    aw_task_uncancel(runner.main) == 0)
		result = AW_EINTERRUPT;
	/* From here on it ends the process, whatever holds up the clean-up. */
	aw_loop_remove_signal_handler(runner.loop, SIGINT);
	end_others(runner.loop);
	aw_future_unref(runner.main);
	aw_loop_close(runner.loop);
	return result;
}

int
aw_run(aw_coroutine *coroutine, void *arg)
{
	return aw_run_with(coroutine, arg, NULL);
}
