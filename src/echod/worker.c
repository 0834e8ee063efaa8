/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "worker.h"

#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------- between the two threads, or the two tasks */

static void
tell(aw_loop *loop, aw_callback *callback, struct worker *worker)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	/* Nothing works if the message is lost, so memory is waited for. */
	while (aw_loop_call_soon_threadsafe(loop, callback, worker) < 0)
		nanosleep(&pause, NULL);
}

/* In the main thread. */
static void
on_started(void *arg)
{
	struct worker *worker = arg;

	if (worker->start_error == 0)
		worker->running = true;
	worker->events.started(worker, worker->start_error,
	    worker->events.arg);
	if (worker->tls_renewed)
		worker_renew_tls(worker);
	if (worker->stop_requested)
		worker_stop(worker);
}

/* In the main thread. */
static void
on_ended(void *arg)
{
	struct worker *worker = arg;

	worker->running = false;
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

/* Those included whose echo is over, but not sent yet. */
static size_t
connection_count(const struct worker *worker)
{
	size_t count = 0;

	for (size_t i = 0; i < worker->listeners->count; i++)
		count += aw_server_connection_count(worker->servers[i]);
	return count;
}

static void
abort_connections(struct worker *worker, const char *why)
{
	size_t count = connection_count(worker);

	worker->aborted = true;
	if (count == 0)
		return;
	log_warning("worker %zu: connections dropped: %zu; %s",
	    worker->index, count, why);
	for (size_t i = 0; i < worker->listeners->count; i++)
		aw_server_abort_clients(worker->servers[i]);
}

/* In the worker's thread. */
static void
on_abort(void *arg)
{
	abort_connections(arg, "a second signal came");
}

/* In the worker's thread. */
static void
on_renew_tls(void *arg)
{
	struct worker *worker = arg;

	/* Without servers it has ended. */
	for (size_t i = 0; worker->servers != NULL &&
	    i < worker->listeners->count; i++) {
		aw_tls_context *context = tls_get(worker->tls, i);

		aw_server_set_tls(worker->servers[i], context);
		aw_tls_context_unref(context);
	}
}

/* In the worker's thread. */
static void
on_turn(void *arg)
{
	struct worker *worker = arg;

	atomic_store(&worker->turned, true);
}

/* ------------------------------------------------------------- the servers */

/* What a listener that speaks TLS needs; the context is the caller's. */
static void
add_tls(struct worker *worker, size_t i, aw_server_options *options)
{
	const struct listener_settings *settings =
	    worker->listeners->items[i].settings;

	if (worker->tls == NULL)
		return;
	options->connection.tls = tls_get(worker->tls, i);
	if (options->connection.tls == NULL)
		return;
	options->connection.tls_handshake_timeout =
	    settings->tls_handshake_timeout;
	options->connection.tls_shutdown_timeout =
	    settings->tls_shutdown_timeout;
	worker->services[i].tls = &worker->tls->listeners[i].statistics;
	options->tls_failed = tls_statistics_failed;
	options->tls_failed_arg = worker->services[i].tls;
}

static int
start_server(struct worker *worker, size_t i)
{
	const struct listener *listener = &worker->listeners->items[i];
	const struct listener_settings *settings = listener->settings;
	aw_server_options options = {
		.connection = {
			.high_water = settings->high_water,
			.low_water = settings->low_water,
		},
		.backlog = settings->backlog,
		.keep_alive = settings->keep_alive,
		.send_buffer = (int)settings->send_buffer,
		.receive_buffer = (int)settings->receive_buffer,
		.accept_pause = worker->settings->accept_pause,
		.accept_error = shortage_accept_error,
		.accept_error_arg = &worker->shortage,
		.hibernate = true,
	};
	int *fds = calloc(listener->address_count, sizeof(*fds));
	int err = -ENOMEM;

	if (fds == NULL)
		return err;
	err = listeners_take(worker->listeners, i, worker->index, fds);
	if (err < 0)
		goto out;
	worker->services[i].connections = &worker->connections;
	worker->services[i].listener = listener->name;
	add_tls(worker, i, &options);
	err = aw_start_server_sockets(worker->loop, connection_serve,
	    &worker->services[i], fds, listener->address_count, &options,
	    &worker->servers[i]);
	for (size_t j = 0; err < 0 && j < listener->address_count; j++)
		close(fds[j]);
	aw_tls_context_unref(options.connection.tls);
out:
	free(fds);
	return err;
}

static int
start_servers(struct worker *worker)
{
	size_t count = worker->listeners->count;
	int err = 0;

	worker->servers = calloc(count, sizeof(*worker->servers));
	worker->services = calloc(count, sizeof(*worker->services));
	worker->stop = aw_loop_create_future(worker->loop);
	if (worker->servers == NULL || worker->services == NULL ||
	    worker->stop == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count && err == 0; i++)
		err = start_server(worker, i);
	return err;
}

static void
free_servers(struct worker *worker)
{
	for (size_t i = 0; worker->servers != NULL &&
	    i < worker->listeners->count; i++)
		aw_server_free(worker->servers[i]);
	free(worker->servers);
	free(worker->services);
	worker->servers = NULL;
	worker->services = NULL;
	aw_future_unref(worker->stop);
	worker->stop = NULL;
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
wait_for_connections(struct worker *worker)
{
	int err = 0;

	for (size_t i = 0; i < worker->listeners->count && err == 0; i++)
		err = aw_server_wait_closed(worker->servers[i]);
	return err;
}

static int
wait_with_deadline(struct worker *worker)
{
	aw_timeout *timeout;
	int err;

	err = aw_timeout_enter(worker->settings->drain_timeout, &timeout);
	if (err < 0)
		return err;
	err = wait_for_connections(worker);
	return aw_timeout_exit(timeout, err);
}

static int
drain(struct worker *worker)
{
	int err;

	for (size_t i = 0; i < worker->listeners->count; i++)
		aw_server_close(worker->servers[i]);
	connections_end(&worker->connections);
	if (worker->aborted)
		abort_connections(worker, "a second signal came");
	err = wait_with_deadline(worker);
	if (err == 0)
		return 0;
	abort_connections(worker, "drain_timeout has passed");
	return wait_for_connections(worker);
}

static int
worker_main(void *arg)
{
	struct worker *worker = arg;
	int err;

	worker->start_error = start_servers(worker);
	tell(worker->main_loop, on_started, worker);
	if (worker->start_error < 0)
		return worker->start_error;
	err = aw_await(worker->stop);
	if (err < 0)
		return err;
	return drain(worker);
}

static void
clean_up(struct worker *worker)
{
	shortage_clear(&worker->shortage);
	free_servers(worker);
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
		worker->start_error = -ENOMEM;
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

void
worker_renew_tls(struct worker *worker)
{
	worker->tls_renewed = true;
	if (worker->running)
		tell(worker->loop, on_renew_tls, worker);
}

bool
worker_has_turned(const struct worker *worker)
{
	return !worker->running || !worker->asked_for_turn ||
	    atomic_load(&worker->turned);
}

void
worker_ask_turn(struct worker *worker)
{
	if (!worker->running || !worker_has_turned(worker))
		return;
	atomic_store(&worker->turned, false);
	/* Short of memory is not stuck. */
	worker->asked_for_turn = aw_loop_call_soon_threadsafe(worker->loop,
	    on_turn, worker) == 0;
}

void
worker_join(struct worker *worker)
{
	if (worker->alone)
		return;
	pthread_join(worker->thread, NULL);
	sem_destroy(&worker->may_close);
}
