/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A server's connections, each with a task or with a protocol.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/hibernate.h"
#include "net/connection.h"
#include "net/server.h"
#include "net/tls.h"

/* A stream, behind the task that handles it. */
struct stream_client {
	struct aw_connection connection;
	struct aw_client *client;
	struct aw_client beside;      /* it, unless the task hibernates */
	struct task *task;            /* a reference until it is lost */
	struct aw_future_watch watch; /* of the task */
};

/* A connection for a protocol, on the heap. */
struct protocol_client {
	struct aw_transport transport;
	struct aw_client client;
};

static void
join(aw_server *server, struct aw_client *client,
    struct aw_transport *transport, void *seat)
{
	client->seat = seat;
	client->server = server;
	client->transport = transport;
	LIST_INSERT_HEAD(&server->clients, client, open);
	server->client_count++;
	server->references++;
}

static void
leave(struct aw_client *client)
{
	aw_server *server = client->server;

	LIST_REMOVE(client, open);
	server->client_count--;
	aw_server_leave(server, client->seat);
	aw_accept_resume(server);
	if (server->closed && server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
	aw_server_unref(server);
}

/* The handler's error is news, unless the connection was lost. */
static void
report_handler(struct stream_client *stream, int error)
{
	if (error >= 0 || error == -ECANCELED ||
	    stream->connection.transport.error != 0)
		return;
	aw_loop_report(stream->client->server->loop,
	    "a connection's handler failed", error, aw_current_task());
}

/* The task of a connection. */
static int
run_stream(void *arg)
{
	struct stream_client *stream = arg;
	struct aw_connection *connection = &stream->connection;
	aw_server *server = stream->client->server;

	/* Whoever does not get that far is no news for the handler. */
	if (connection->transport.tls != NULL &&
	    aw_tls_handshake(&connection->transport) < 0)
		aw_transport_abort(&connection->transport);
	else
		report_handler(stream, server->handler(&connection->reader,
		    &connection->writer, server->arg));
	aw_transport_close(&connection->transport);
	while (connection->transport.fd >= 0)
		if (aw_connection_wait_closed(connection) == -ECANCELED)
			aw_transport_abort(&connection->transport);
	return 0;
}

/* The task has ended, or was cancelled before it had begun. */
static void
on_task_done(struct aw_future_watch *watch)
{
	struct stream_client *stream =
	    aw_container_of(watch, struct stream_client, watch);

	aw_transport_abort(&stream->connection.transport);
	aw_server_see_tls(stream->client->server,
	    &stream->connection.transport);
	aw_connection_release(&stream->connection);
	leave(stream->client);
	if (stream->client != &stream->beside)
		free(stream->client);
}

/* The stream has been told, and nothing needs it any more. */
static void
on_stream_closed(struct aw_transport *transport)
{
	struct stream_client *stream = aw_container_of(transport,
	    struct stream_client, connection.transport);

	aw_future_unref(&stream->task->future);
}

/* Only while the handler waits for its own connection's data. */
static bool
may_hibernate(struct task *task, struct aw_wakeup *wakeup)
{
	struct stream_client *stream = task->arg;
	struct aw_connection *connection = &stream->connection;

	if (connection->reader.waiter != task ||
	    aw_reader_is_lending(&connection->reader) ||
	    !aw_transport_wakeup(&connection->transport, wakeup))
		return false;
	aw_tls_rest(&connection->transport);
	return true;
}

static int
start_stream(aw_server *server, int fd, const struct sockaddr *peer,
    void *seat)
{
	struct aw_client *client = NULL;
	struct stream_client *stream;
	struct task *task;
	void *extra;
	int err;

	if (server->options.hibernate) {
		/* Its neighbours in the list touch it meanwhile. */
		client = malloc(sizeof(*client));
		if (client == NULL)
			return -ENOMEM;
	}
	task = aw_task_new(server->loop, run_stream, NULL, NULL,
	    sizeof(*stream), &extra);
	if (task == NULL) {
		free(client);
		return -ENOMEM;
	}
	stream = extra;
	stream->client = &stream->beside;
	if (client != NULL) {
		stream->client = client;
		task->may_hibernate = may_hibernate;
	}
	err = aw_connection_init(&stream->connection, server->loop, fd, peer,
	    &server->options.connection, on_stream_closed);
	if (err < 0) {
		/* It ends without ever having begun. */
		aw_cancel(&task->future);
		aw_future_unref(&task->future);
		free(client);
		return err;
	}
	stream->task = task;
	stream->watch.done = on_task_done;
	aw_task_set_arg(task, stream);
	aw_future_watch(&task->future, &stream->watch);
	join(server, stream->client, &stream->connection.transport, seat);
	return 0;
}

static void
on_protocol_closed(struct aw_transport *transport)
{
	struct protocol_client *of = aw_container_of(transport,
	    struct protocol_client, transport);

	aw_server_see_tls(of->client.server, transport);
	aw_tls_release(transport);
	leave(&of->client);
	free(of);
}

static int
start_protocol(aw_server *server, int fd, const struct sockaddr *peer,
    void *seat)
{
	struct protocol_client *of;
	int err = 0;

	of = calloc(1, sizeof(*of));
	if (of == NULL)
		return -ENOMEM;
	of->transport.protocol = server->protocol;
	of->transport.arg = server->arg;
	if (server->options.connection.tls != NULL)
		err = aw_tls_attach(&of->transport,
		    &server->options.connection);
	if (err < 0) {
		free(of);
		return err;
	}
	aw_transport_init(&of->transport, server->loop, fd, peer,
	    &server->options.connection, on_protocol_closed);
	join(server, &of->client, &of->transport, seat);
	aw_transport_disown(&of->transport);
	if (of->transport.tls != NULL)
		aw_tls_begin(&of->transport);
	else
		aw_transport_tell(&of->transport);
	return 0;
}

int
aw_server_start_client(aw_server *server, int fd, const struct sockaddr *peer,
    void *seat)
{
	return server->protocol != NULL ?
	    start_protocol(server, fd, peer, seat) :
	    start_stream(server, fd, peer, seat);
}
