/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The program's functions in threads: run_in_executor, to_thread.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/executor.h"
#include "core/task.h"

/* A function that runs in a thread: for a future, or for a task that waits. */
struct call {
	struct aw_job job;
	aw_function *function;
	void *arg;
	int result;
	aw_future *future;
	struct aw_future_watch watch;
	struct task *task;
	bool finished;
};

static struct call *
of_job(struct aw_job *job)
{
	return aw_container_of(job, struct call, job);
}

static void
work(struct aw_job *job)
{
	struct call *call = of_job(job);

	call->result = call->function(call->arg);
}

static void
drop(struct aw_job *job)
{
	free(of_job(job));
}

static struct call *
new_call(aw_function *function, void *arg)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return NULL;
	call->job.work = work;
	call->job.drop = drop;
	call->function = function;
	call->arg = arg;
	return call;
}

static aw_executor *
default_executor(aw_loop *loop)
{
	if (loop->default_executor == NULL) {
		loop->default_executor = aw_executor_new(0);
		if (loop->default_executor != NULL)
			aw_executor_own(loop->default_executor, loop);
	}
	return loop->default_executor;
}

static int
submit(aw_loop *loop, aw_executor *executor, struct call *call)
{
	if (executor == NULL) {
		if (loop->refuses_calls)
			return AW_EINVALIDSTATE;
		executor = default_executor(loop);
	}
	return executor != NULL ? aw_job_submit(executor, loop, &call->job) :
	    -ENOMEM;
}

/* --------------------------------------------------------- run_in_executor */

static void
give_up_future(struct call *call)
{
	aw_future_unref(call->future);
	call->future = NULL;
}

/* Ends the future, unless it was cancelled meanwhile. */
static void
end_future(struct call *call, int result)
{
	if (!aw_future_done(call->future)) {
		aw_future_unwatch(call->future, &call->watch);
		aw_future_finish(call->future, result);
	}
	give_up_future(call);
}

static void
future_done(struct aw_job *job)
{
	struct call *call = of_job(job);

	end_future(call, call->result);
	free(call);
}

static void
future_lost(struct aw_job *job)
{
	end_future(of_job(job), -ECANCELED);
}

static void
run_taken_back(struct aw_ready *ready)
{
	struct call *call = aw_container_of(ready, struct call, job.ready);

	give_up_future(call);
	free(call);
}

/* It was cancelled; what a thread has begun goes on. */
static void
future_ended(struct aw_future_watch *watch)
{
	struct call *call = aw_container_of(watch, struct call, watch);

	if (!aw_job_take_back(&call->job))
		return;
	/* Later, as whoever ended the future may still look at it. */
	call->job.ready.run = run_taken_back;
	aw_loop_ready(call->job.loop, &call->job.ready);
}

aw_future *
aw_loop_run_in_executor(aw_loop *loop, aw_executor *executor,
    aw_function *function, void *arg)
{
	struct call *call;

	if (AW_WRONG_THREAD(loop))
		return NULL;
	call = new_call(function, arg);
	if (call == NULL)
		return NULL;
	call->future = aw_loop_create_future(loop);
	if (call->future == NULL)
		goto no_future;
	call->job.done = future_done;
	call->job.lost = future_lost;
	call->watch.done = future_ended;
	if (submit(loop, executor, call) < 0)
		goto no_thread;
	aw_future_watch(call->future, &call->watch);
	return aw_future_ref(call->future);

no_thread:
	aw_future_unref(call->future);
no_future:
	free(call);
	return NULL;
}

/* --------------------------------------------------------------- to_thread */

static void
wake(struct aw_job *job)
{
	struct call *call = of_job(job);

	call->finished = true;
	aw_task_wake(call->task, 0);
}

/*
 * Until the function has returned, since what it works on may lie on the stack
 * of the task.
 */
static int
wait_for_call(struct call *call)
{
	bool cancelled = false;
	int result;

	for (;;) {
		if (aw_task_park(call->task, "a function in a thread") < 0)
			cancelled = true;
		if (call->finished || aw_job_take_back(&call->job))
			break;
		if (call->task->future.loop->closing) {
			/* There are no iterations left in which to wait. */
			aw_job_wait(&call->job);
			/* The ring has it, and frees it. */
			return -ECANCELED;
		}
	}
	result = cancelled ? -ECANCELED : call->result;
	free(call);
	return result;
}

int
aw_to_thread(aw_function *function, void *arg)
{
	struct task *task = aw_task_current();
	struct call *call;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	call = new_call(function, arg);
	if (call == NULL)
		return -ENOMEM;
	call->job.done = wake;
	call->task = task;
	err = submit(task->future.loop, NULL, call);
	if (err == 0)
		return wait_for_call(call);
	free(call);
	return err;
}

/* -------------------------------------------------------- default executor */

int
aw_loop_set_default_executor(aw_loop *loop, aw_executor *executor)
{
	if (executor == NULL)
		return -ENOMEM;
	if (loop->default_executor != NULL)
		return -EBUSY;
	if (loop->refuses_calls)
		return AW_EINVALIDSTATE;
	aw_executor_own(executor, loop);
	loop->default_executor = executor;
	return 0;
}

int
aw_loop_shutdown_default_executor(aw_loop *loop, double timeout)
{
	struct task *task = aw_task_current();
	aw_timeout *deadline;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	if (task->future.loop != loop)
		return AW_EWRONGLOOP;
	loop->refuses_calls = true;
	if (loop->default_executor == NULL)
		return 0;
	err = aw_timeout_enter(timeout, &deadline);
	if (err < 0)
		return err;
	err = aw_executor_drain(loop->default_executor, task);
	return aw_timeout_exit(deadline, err);
}
