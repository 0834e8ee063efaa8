/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "worker.h"

#include "common/log.h"
#include "common/monotonic.h"
#include "common/tell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------- between the two threads, or the two tasks */

/* In the main thread. */
static void
on_started(void *arg)
{
	struct worker *worker = arg;

	if (worker->start_error == 0)
		worker->running = true;
	worker->events.started(worker, worker->start_error,
	    worker->events.arg);
	if (worker->stop_requested)
		worker_stop(worker);
}

/* In the main thread. */
static void
on_ended(void *arg)
{
	struct worker *worker = arg;

	worker->running = false;
	atomic_store(&worker->asked, 0);
	if (!worker->alone)
		sem_post(&worker->may_close);
	worker->events.ended(worker, worker->events.arg);
}

/* In the worker's thread. */
static void
on_stop(void *arg)
{
	struct worker *worker = arg;

	if (!aw_future_done(worker->stop))
		aw_future_set_result(worker->stop, 0);
}

static void
abort_connections(struct worker *worker, const char *why)
{
	size_t count = serving_connection_count(&worker->serving);

	worker->aborted = true;
	worker->connections.dropped = true;
	if (count == 0)
		return;
	log_warning("worker %zu: connections dropped: %zu; %s",
	    worker->index, count, why);
	serving_abort_clients(&worker->serving);
}

/* In the worker's thread. */
static void
on_abort(void *arg)
{
	abort_connections(arg, "a second signal came");
}

/* In the main thread. */
static void
on_prepared(void *arg)
{
	struct worker *worker = arg;

	if (worker->running)
		worker->events.prepared(worker, worker->prepare_error,
		    worker->events.arg);
}

/* In the worker's thread. */
static void
on_prepare(void *arg)
{
	struct worker *worker = arg;

	worker->prepare_error = worker->ending ? -ECANCELED :
	    serving_prepare(&worker->serving, worker->next);
	tell(worker->main_loop, on_prepared, worker);
}

/* In the main thread. */
static void
on_committed(void *arg)
{
	struct worker *worker = arg;

	if (worker->running)
		worker->events.committed(worker, worker->events.arg);
}

/* In the worker's thread. */
static void
on_commit(void *arg)
{
	struct worker *worker = arg;

	serving_commit(&worker->serving);
	tell(worker->main_loop, on_committed, worker);
}

/* In the worker's thread. */
static void
on_discard(void *arg)
{
	struct worker *worker = arg;

	serving_discard(&worker->serving);
}

/* In the worker's thread. */
static void
on_turn(void *arg)
{
	struct worker *worker = arg;

	latency_add(&worker->latency, monotonic_nanoseconds() -
	    atomic_load(&worker->asked));
	atomic_store(&worker->asked, 0);
}

/* --------------------------------------------------------------- the task */

static void
on_exception(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	const struct worker *worker = arg;

	(void)loop;
	log_warning("worker %zu: %s: %s", worker->index, context->message,
	    aw_strerror(context->error));
}

static int
wait_with_deadline(struct worker *worker)
{
	const struct generation *generation = worker->serving.generation;
	aw_timeout *timeout;
	int err;

	err = aw_timeout_enter(generation->global->drain_timeout, &timeout);
	if (err < 0)
		return err;
	err = serving_wait(&worker->serving);
	return aw_timeout_exit(timeout, err);
}

static int
drain(struct worker *worker)
{
	int err;

	worker->ending = true;
	serving_close(&worker->serving);
	connections_end(&worker->connections);
	if (worker->aborted)
		abort_connections(worker, "a second signal came");
	err = wait_with_deadline(worker);
	if (err == 0)
		return 0;
	abort_connections(worker, "drain_timeout has passed");
	return serving_wait(&worker->serving);
}

static int
start_serving(struct worker *worker)
{
	int err;

	worker->serving.loop = worker->loop;
	worker->serving.worker = worker->index;
	worker->serving.connections = &worker->connections;
	worker->serving.shortage = &worker->shortage;
	worker->serving.limits = worker->limits;
	serving_init(&worker->serving);
	worker->stop = aw_loop_create_future(worker->loop);
	if (worker->stop == NULL)
		return -ENOMEM;
	err = serving_prepare(&worker->serving, worker->generation);
	serving_commit(&worker->serving);
	return err;
}

/* Until it is told to stop, and all that then follows. */
static int
serve(struct worker *worker)
{
	int err;

	worker->start_error = start_serving(worker);
	tell(worker->main_loop, on_started, worker);
	if (worker->start_error < 0)
		return worker->start_error;
	err = aw_await(worker->stop);
	if (err < 0)
		return err;
	return drain(worker);
}

static int
worker_main(void *arg)
{
	struct worker *worker = arg;
	int err = serve(worker);

	serving_end(&worker->serving);
	return err;
}

static void
clean_up(struct worker *worker)
{
	shortage_clear(&worker->shortage);
	serving_free(&worker->serving);
	aw_future_unref(worker->stop);
	worker->stop = NULL;
}

static void
run_loop(struct worker *worker)
{
	aw_task *task;
	int err;

	aw_loop_set_exception_handler(worker->loop, on_exception, worker);
	task = aw_loop_create_task(worker->loop, worker_main, worker, "worker");
	err = aw_loop_run_until_complete(worker->loop, task);
	if (task == NULL) {
		worker->start_error = err;
		tell(worker->main_loop, on_started, worker);
	}
	aw_future_unref(task);
	clean_up(worker);
}

/* The whole life of a single worker. */
static int
run_alone(void *arg)
{
	struct worker *worker = arg;

	aw_loop_set_exception_handler(worker->loop, on_exception, worker);
	/* Its error has been told by on_started. */
	(void)worker_main(worker);
	clean_up(worker);
	tell(worker->main_loop, on_ended, worker);
	return 0;
}

static int
start_alone(struct worker *worker)
{
	aw_task *task;

	worker->loop = worker->shortage.loop = worker->main_loop;
	task = aw_loop_create_task(worker->loop, run_alone, worker, "worker");
	if (task == NULL)
		return -ENOMEM;
	aw_future_unref(task);
	return 0;
}

static void *
thread_main(void *arg)
{
	struct worker *worker = arg;
	char name[16];

	snprintf(name, sizeof(name), "worker %zu", worker->index);
	pthread_setname_np(pthread_self(), name);
	worker->loop = aw_loop_new(NULL);
	worker->shortage.loop = worker->loop;
	if (worker->loop != NULL) {
		run_loop(worker);
	} else {
		worker->start_error = -errno;
		tell(worker->main_loop, on_started, worker);
	}
	tell(worker->main_loop, on_ended, worker);
	/* Until then the main thread may still call the loop. */
	while (sem_wait(&worker->may_close) < 0)
		continue;
	if (worker->loop != NULL)
		aw_loop_close(worker->loop);
	return NULL;
}

/* -------------------------------------------------------------- its life */

int
worker_start(struct worker *worker)
{
	int err;

	if (worker->alone)
		return start_alone(worker);
	sem_init(&worker->may_close, 0, 0);
	err = -pthread_create(&worker->thread, NULL, thread_main, worker);
	if (err < 0)
		sem_destroy(&worker->may_close);
	return err;
}

void
worker_stop(struct worker *worker)
{
	worker->stop_requested = true;
	if (worker->running)
		tell(worker->loop, on_stop, worker);
}

void
worker_abort(struct worker *worker)
{
	if (worker->running)
		tell(worker->loop, on_abort, worker);
}

bool
worker_prepare(struct worker *worker, struct generation *generation)
{
	if (!worker->running)
		return false;
	worker->next = generation;
	tell(worker->loop, on_prepare, worker);
	return true;
}

bool
worker_commit(struct worker *worker)
{
	if (!worker->running)
		return false;
	tell(worker->loop, on_commit, worker);
	return true;
}

void
worker_discard(struct worker *worker)
{
	if (worker->running)
		tell(worker->loop, on_discard, worker);
}

double
worker_waiting(const struct worker *worker)
{
	const int64_t asked = atomic_load(&worker->asked);

	return asked != 0 ? (double)(monotonic_nanoseconds() - asked) / 1e9 : 0;
}

void
worker_ask_turn(struct worker *worker)
{
	if (!worker->running || atomic_load(&worker->asked) != 0)
		return;
	atomic_store(&worker->asked, monotonic_nanoseconds());
	/* Short of memory is not stuck. */
	if (aw_loop_call_soon_threadsafe(worker->loop, on_turn, worker) < 0)
		atomic_store(&worker->asked, 0);
}

void
worker_join(struct worker *worker)
{
	if (worker->alone)
		return;
	pthread_join(worker->thread, NULL);
	sem_destroy(&worker->may_close);
}
