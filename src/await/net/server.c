/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers: their connections, each with a task, and their end.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/connection.h"
#include "net/server.h"

/* A connection, beside its task on the task's stack. */
struct aw_client {
	struct aw_connection connection;
	aw_server *server;
	struct aw_future_watch watch; /* of the task */
	LIST_ENTRY(aw_client) open; /* among the server's */
};

void
aw_server_unref(aw_server *server)
{
	if (--server->references == 0)
		free(server);
}

/* The handler's error is news, unless the connection was lost. */
static void
report_handler(struct aw_client *client, int error)
{
	if (error >= 0 || error == -ECANCELED ||
	    client->connection.transport.error != 0)
		return;
	aw_loop_report(client->server->loop,
	    "a connection's handler failed", error, aw_current_task());
}

/* The task of a connection. */
static int
run_client(void *arg)
{
	struct aw_client *client = arg;
	struct aw_transport *transport = &client->connection.transport;
	aw_server *server = client->server;

	report_handler(client, server->handler(&client->connection.reader,
	    &client->connection.writer, server->arg));
	aw_transport_close(transport);
	while (transport->fd >= 0)
		if (aw_transport_wait_closed(transport) == -ECANCELED)
			aw_transport_abort(transport);
	return 0;
}

/* The task has ended, or was cancelled before it had begun. */
static void
on_client_done(struct aw_future_watch *watch)
{
	struct aw_client *client = aw_container_of(watch, struct aw_client, watch);
	aw_server *server = client->server;

	aw_transport_abort(&client->connection.transport);
	aw_connection_release(&client->connection);
	LIST_REMOVE(client, open);
	server->client_count--;
	aw_accept_resume(server);
	if (server->closed && server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
	aw_server_unref(server);
}

int
aw_server_start_client(aw_server *server, int fd, const struct sockaddr *peer)
{
	struct aw_client *client;
	struct task *task;
	void *extra;
	int err;

	task = aw_task_new(server->loop, run_client, NULL, NULL,
	    sizeof(*client), &extra);
	if (task == NULL)
		return -ENOMEM;
	client = extra;
	err = aw_connection_init(&client->connection, server->loop, fd, peer,
	    &server->options.connection, NULL);
	if (err < 0) {
		/* It ends without ever having begun. */
		aw_cancel(&task->future);
	} else {
		client->server = server;
		client->watch.done = on_client_done;
		aw_task_set_arg(task, client);
		aw_future_watch(&task->future, &client->watch);
		LIST_INSERT_HEAD(&server->clients, client, open);
		server->client_count++;
		server->references++;
	}
	aw_future_unref(&task->future);
	return err;
}

int
aw_server_socket(const aw_server *server, size_t i)
{
	return i < server->listener_count ? server->listeners[i].fd : -1;
}

size_t
aw_server_connection_count(const aw_server *server)
{
	return server->client_count;
}

void
aw_server_close(aw_server *server)
{
	if (server->closed)
		return;
	/* The program's callback may give the server back meanwhile. */
	server->references++;
	if (!server->loop->closing)
		aw_accept_rest(server);
	server->closed = true;
	if (server->paused)
		aw_loop_remove_timer(server->loop, &server->resume);
	server->paused = false;
	aw_accept_remove(server, true);
	aw_waiters_wake_all(&server->serve_waiters, -ECANCELED);
	if (server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
	aw_server_unref(server);
}

int
aw_server_wait_closed(aw_server *server)
{
	struct task *task = aw_task_current();

	if (task == NULL)
		return AW_ENOTASK;
	if (server->closed && server->client_count == 0)
		return 0;
	return aw_waiters_wait(&server->close_waiters, task,
	    "a server to close");
}

void
aw_server_close_clients(aw_server *server)
{
	struct aw_client *client;

	LIST_FOREACH(client, &server->clients, open)
		aw_transport_close(&client->connection.transport);
}

void
aw_server_abort_clients(aw_server *server)
{
	struct aw_client *client;

	LIST_FOREACH(client, &server->clients, open)
		aw_transport_abort(&client->connection.transport);
}

int
aw_server_serve_forever(aw_server *server)
{
	struct task *task = aw_task_current();
	int err, closed;

	if (task == NULL)
		return AW_ENOTASK;
	if (server->closed)
		return AW_EINVALIDSTATE;
	/* Another task may close and free it, which ends the wait. */
	server->references++;
	err = aw_waiters_wait(&server->serve_waiters, task,
	    "a server to be cancelled");
	aw_server_close(server);
	closed = aw_server_wait_closed(server);
	aw_server_unref(server);
	return closed < 0 ? closed : err;
}

void
aw_server_free(aw_server *server)
{
	if (server == NULL)
		return;
	aw_server_close(server);
	aw_server_unref(server);
}
