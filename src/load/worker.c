/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/worker.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "common/tell.h"
#include "load/worker_parts.h"
#include "load/worker_task.h"

/* ------------------------------------------------- between the two threads */

/* In the main thread, as the next two. */
static void
on_ready(void *arg)
{
	struct worker *worker = arg;

	worker->events.ready(worker, worker->events.arg);
}

static void
on_handed_over(void *arg)
{
	struct worker *worker = arg;

	worker->asked = false;
	worker->events.handed_over(worker, worker->events.arg);
}

static void
on_ended(void *arg)
{
	struct worker *worker = arg;

	worker->has_ended = true;
	worker->events.ended(worker, worker->events.arg);
}

/* In the worker's thread, as those that follow. */
static void
on_go(void *arg)
{
	struct worker *worker = arg;

	worker->begins = true;
	aw_event_set(worker->changed);
}

static void
on_hand_over(void *arg)
{
	struct worker *worker = arg;
	struct meter_interval empty = worker->handed;

	/* The loop runs what is left when it is closed. */
	if (worker->changed == NULL)
		return;
	worker->handed = worker->meter.interval;
	worker->meter.interval = empty;
	worker->open_handed = worker->meter.open;
	tell(worker->main_loop, on_handed_over, worker);
}

static void
on_mark_begin(void *arg)
{
	struct worker *worker = arg;

	meter_begin(&worker->meter, clock_now());
}

static void
on_mark_end(void *arg)
{
	struct worker *worker = arg;

	meter_end(&worker->meter, clock_now());
}

static void
on_look(void *arg)
{
	struct worker *worker = arg;

	if (worker->look != NULL)
		aw_event_set(worker->look);
}

static void
on_stop(void *arg)
{
	worker_stop(arg);
}

static void
on_abort(void *arg)
{
	struct worker *worker = arg;

	worker_stop(worker);
	worker->aborting = true;
	if (worker->changed != NULL)
		aw_event_set(worker->changed);
}

/* --------------------------------------------------------------- the thread */

void
worker_told_ready(struct worker *worker, int error)
{
	worker->told_ready = true;
	worker->error = error;
	worker->ready_encrypted = worker->encrypted;
	tell(worker->main_loop, on_ready, worker);
}

static void
on_exception(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	struct load_error error = { .kind = COUNT_OTHER_ERRORS, .count = 1 };
	struct worker *worker = arg;

	(void)loop;
	snprintf(error.text, sizeof(error.text), "%s: %s", context->message,
	    aw_strerror(context->error));
	failures_add(&worker->failures, &error);
}

static void
run_loop(struct worker *worker)
{
	aw_task *task;
	int err;

	aw_loop_set_exception_handler(worker->loop, on_exception, worker);
	task = aw_loop_create_task(worker->loop, worker_main, worker, "worker");
	err = aw_loop_run_until_complete(worker->loop, task);
	/* Without memory it has not even begun. */
	if (!worker->told_ready)
		worker_told_ready(worker, err);
	aw_future_unref(task);
}

static void *
thread_main(void *arg)
{
	struct worker *worker = arg;
	char name[16];

	snprintf(name, sizeof(name), "load %zu", worker->index);
	pthread_setname_np(pthread_self(), name);
	/* The kernel would have timers wait for others, for 50 us. */
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	run_loop(worker);
	worker_clean_up(worker);
	tell(worker->main_loop, on_ended, worker);
	return NULL;
}

/* ----------------------------------------------------- for the main thread */

int
worker_start(struct worker *worker)
{
	const aw_loop_options options = { .precise_timers = true };

	/* Here, so that it can be called from now on. */
	worker->loop = aw_loop_new(&options);
	if (worker->loop == NULL)
		return -errno;
	if (meter_init(&worker->meter) < 0 ||
	    meter_interval_init(&worker->handed) < 0)
		return -ENOMEM;
	return -pthread_create(&worker->thread, NULL, thread_main, worker);
}

void
worker_join(struct worker *worker)
{
	pthread_join(worker->thread, NULL);
}

void
worker_free(struct worker *worker)
{
	if (worker->loop != NULL)
		aw_loop_close(worker->loop);
	worker_free_links(worker);
	meter_free(&worker->meter);
	meter_interval_free(&worker->handed);
}

void
worker_go(struct worker *worker, const struct worker_course *course)
{
	worker->course = course;
	tell(worker->loop, on_go, worker);
}

void
worker_hand_over(struct worker *worker)
{
	worker->asked = true;
	tell(worker->loop, on_hand_over, worker);
}

static void
ask(struct worker *worker, aw_callback *callback)
{
	if (!worker->has_ended)
		tell(worker->loop, callback, worker);
}

void
worker_mark_begin(struct worker *worker)
{
	ask(worker, on_mark_begin);
}

void
worker_mark_end(struct worker *worker)
{
	ask(worker, on_mark_end);
}

void
worker_look(struct worker *worker)
{
	ask(worker, on_look);
}

void
worker_ask_stop(struct worker *worker)
{
	ask(worker, on_stop);
}

void
worker_abort(struct worker *worker)
{
	ask(worker, on_abort);
}
