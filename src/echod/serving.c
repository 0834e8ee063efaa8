/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "serving.h"

#include "admission.h"
#include "tls.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The server of a listener. */
struct server {
	TAILQ_ENTRY(server) link;
	aw_server *server;
	struct service service;
	struct tls_listener *tls;
	struct traffic *traffic;
	struct generation *generation; /* has the names */
	const struct listener *listener; /* of the generation in force */
	/* What serving_commit makes it, if it is one that stays. */
	bool stays;
	const struct listener *next;
};

/* -------------------------------------------------------------- one server */

static void
free_server(struct server *server)
{
	aw_server_free(server->server);
	idle_list_end(&server->service.idle);
	tls_listener_unref(server->tls);
	traffic_unref(server->traffic);
	generation_unref(server->generation);
	free(server);
}

static void
free_all(struct server_list *list)
{
	struct server *server;

	while ((server = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, server, link);
		free_server(server);
	}
}

/* What a listener that speaks TLS needs. */
static void
add_tls(const struct listener *listener, struct server *server,
    aw_server_options *options)
{
	server->tls = tls_listener_ref(listener->tls);
	if (listener->context == NULL)
		return;
	options->connection.tls = listener->context;
	options->connection.tls_handshake_timeout =
	    listener->settings->tls_handshake_timeout;
	options->connection.tls_shutdown_timeout =
	    listener->settings->tls_shutdown_timeout;
	server->service.tls = &server->tls->statistics;
	options->tls_failed = tls_statistics_failed;
	options->tls_failed_arg = server->service.tls;
}

static void
add_limits(struct serving *serving, const struct listener *listener,
    struct server *server, aw_server_options *options)
{
	struct service *service = &server->service;

	service->gate = &serving->gate;
	service->max_per_address =
	    (uint64_t)listener->settings->max_per_address;
	service->shortage = serving->shortage;
	options->accept_error = admission_shortage;
	options->accept_error_arg = service;
	options->admission = admission_of(service);
	options->connection.write_timeout = listener->settings->write_timeout;
	options->connection.output_limit = limits_buffers(serving->limits);
}

static int
start(struct serving *serving, const struct listener *listener,
    const int *fds, size_t count, struct server *server)
{
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
		.accept_pause = serving->next->global->accept_pause,
		.hibernate = true,
	};
	int err;

	server->service.connections = serving->connections;
	server->service.listener = listener->name;
	server->service.access_log = settings->access_log;
	server->traffic = traffic_ref(listener->traffic);
	server->service.traffic = server->traffic;
	server->service.lane = &server->traffic->lanes[serving->worker];
	add_limits(serving, listener, server, &options);
	add_tls(listener, server, &options);
	err = idle_list_init(&server->service.idle, &serving->idle,
	    serving->loop, settings->idle_timeout);
	if (err < 0)
		return err;
	return aw_start_server_sockets(serving->loop, connection_serve,
	    &server->service, fds, count, &options,
	    &server->server);
}

/* Adds it to those that are prepared. */
static int
start_server(struct serving *serving, const struct listener *listener)
{
	size_t workers = serving->next->listeners.workers;
	size_t count = listener_share(listener, serving->worker, workers);
	struct server *server = calloc(1, sizeof(*server));
	int *fds = calloc(count, sizeof(*fds));
	int err = -ENOMEM;

	if (server == NULL || fds == NULL)
		goto failed;
	server->generation = generation_ref(serving->next);
	server->listener = listener;
	err = listener_take(listener, serving->worker, workers, fds);
	if (err < 0)
		goto failed;
	err = start(serving, listener, fds, count, server);
	if (err == 0) {
		TAILQ_INSERT_TAIL(&serving->prepared, server, link);
		free(fds);
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
failed:
	if (server != NULL)
		free_server(server);
	free(fds);
	return err;
}

/* -------------------------------------------------------------- generations */

/* Each time another server is the first to try. */
static void
on_place(void *arg)
{
	struct serving *serving = arg;
	struct server *server;
	size_t count = 0, skipped, i = 0;

	TAILQ_FOREACH(server, &serving->current, link)
		count++;
	skipped = count > 0 ? serving->turn++ % count : 0;
	TAILQ_FOREACH(server, &serving->current, link)
		if (i++ >= skipped)
			aw_server_resume(server->server);
	i = 0;
	TAILQ_FOREACH(server, &serving->current, link)
		if (i++ < skipped)
			aw_server_resume(server->server);
	TAILQ_FOREACH(server, &serving->prepared, link)
		aw_server_resume(server->server);
}

void
serving_init(struct serving *serving)
{
	TAILQ_INIT(&serving->current);
	TAILQ_INIT(&serving->prepared);
	TAILQ_INIT(&serving->retired);
	idle_init(&serving->idle);
	serving->gate.limits = serving->limits;
	serving->gate.loop = serving->loop;
	serving->gate.resume = on_place;
	serving->gate.arg = serving;
}

static struct server *
find(const struct serving *serving, const char *name)
{
	struct server *server;

	TAILQ_FOREACH(server, &serving->current, link)
		if (strcmp(server->service.listener, name) == 0)
			break;
	return server;
}

static int
prepare_listener(struct serving *serving, const struct listener *listener)
{
	struct server *server;

	server = listener->unchanged ? find(serving, listener->name) : NULL;
	if (server == NULL)
		return start_server(serving, listener);
	server->stays = true;
	server->next = listener;
	return 0;
}

int
serving_prepare(struct serving *serving, struct generation *generation)
{
	const struct listeners *listeners = &generation->listeners;
	struct server *server;
	int err = 0;

	TAILQ_FOREACH(server, &serving->current, link)
		server->stays = false;
	serving->next = generation_ref(generation);
	for (size_t i = 0; i < listeners->count && err == 0; i++)
		err = prepare_listener(serving, &listeners->items[i]);
	if (err < 0)
		serving_discard(serving);
	return err;
}

/* The same server, with what is new of names and certificates. */
static void
renew(struct serving *serving, struct server *server)
{
	server->service.listener = server->next->name;
	server->listener = server->next;
	if (server->next->context != NULL)
		aw_server_set_tls(server->server, server->next->context);
	generation_unref(server->generation);
	server->generation = generation_ref(serving->next);
}

static void
close_server(struct server *server)
{
	aw_server_close(server->server);
	admission_closed(&server->service);
}

static void
retire(struct serving *serving, struct server *server)
{
	close_server(server);
	TAILQ_REMOVE(&serving->current, server, link);
	TAILQ_INSERT_TAIL(&serving->retired, server, link);
}

/* Those whose last connection has gone. */
static void
free_retired(struct serving *serving)
{
	struct server *server, *next;

	for (server = TAILQ_FIRST(&serving->retired); server != NULL;
	    server = next) {
		next = TAILQ_NEXT(server, link);
		if (aw_server_connection_count(server->server) > 0)
			continue;
		TAILQ_REMOVE(&serving->retired, server, link);
		free_server(server);
	}
}

void
serving_commit(struct serving *serving)
{
	struct server *server, *next;

	if (serving->next == NULL)
		return;
	for (server = TAILQ_FIRST(&serving->current); server != NULL;
	    server = next) {
		next = TAILQ_NEXT(server, link);
		if (server->stays)
			renew(serving, server);
		else
			retire(serving, server);
	}
	TAILQ_CONCAT(&serving->current, &serving->prepared, link);
	generation_unref(serving->generation);
	serving->generation = serving->next;
	serving->next = NULL;
	free_retired(serving);
}

void
serving_discard(struct serving *serving)
{
	struct server *server;

	if (serving->next == NULL)
		return;
	TAILQ_FOREACH(server, &serving->prepared, link)
		close_server(server);
	TAILQ_CONCAT(&serving->retired, &serving->prepared, link);
	generation_unref(serving->next);
	serving->next = NULL;
	free_retired(serving);
}

/* ------------------------------------------------------------------ the end */

void
serving_close(struct serving *serving)
{
	struct server *server, *next;

	serving_discard(serving);
	limits_close_gate(serving->limits, &serving->gate);
	for (server = TAILQ_FIRST(&serving->current); server != NULL;
	    server = next) {
		next = TAILQ_NEXT(server, link);
		/* Whoever comes next serves those that wait. */
		if (listener_is_held(server->listener))
			aw_server_release(server->server);
		retire(serving, server);
	}
	shortage_clear(serving->shortage);
}

void
serving_end(struct serving *serving)
{
	limits_close_gate(serving->limits, &serving->gate);
	idle_end(&serving->idle);
}

int
serving_wait(struct serving *serving)
{
	struct server *server;
	int err = 0;

	TAILQ_FOREACH(server, &serving->retired, link) {
		err = aw_server_wait_closed(server->server);
		if (err < 0)
			break;
	}
	return err;
}

size_t
serving_connection_count(const struct serving *serving)
{
	struct server *server;
	size_t count = 0;

	TAILQ_FOREACH(server, &serving->current, link)
		count += aw_server_connection_count(server->server);
	TAILQ_FOREACH(server, &serving->retired, link)
		count += aw_server_connection_count(server->server);
	return count;
}

void
serving_abort_clients(struct serving *serving)
{
	struct server *server;

	TAILQ_FOREACH(server, &serving->current, link)
		aw_server_abort_clients(server->server);
	TAILQ_FOREACH(server, &serving->retired, link)
		aw_server_abort_clients(server->server);
}

void
serving_free(struct serving *serving)
{
	free_all(&serving->current);
	free_all(&serving->prepared);
	free_all(&serving->retired);
	generation_unref(serving->next);
	generation_unref(serving->generation);
	serving->next = serving->generation = NULL;
}
