/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers: what they are asked, and their end.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/hibernate.h"
#include "core/task.h"
#include "net/server.h"
#include "net/transport.h"

void
aw_server_unref(aw_server *server)
{
	if (--server->references > 0)
		return;
	aw_tls_context_unref(server->options.connection.tls);
	free(server);
}

int
aw_server_socket(const aw_server *server, size_t i)
{
	return i < server->listener_count ? server->listeners[i].fd : -1;
}

/* Returns 0 if there is no such socket. */
static socklen_t
get_address(const aw_server *server, size_t i, struct sockaddr_storage *address)
{
	socklen_t length = sizeof(*address);

	if (getsockname(aw_server_socket(server, i),
	    (struct sockaddr *)address, &length) < 0)
		length = 0;
	return length;
}

const char *
aw_server_address_text(const aw_server *server, size_t i, char *buffer,
    size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = get_address(server, i, &address);

	if (length > 0)
		return aw_address_text((struct sockaddr *)&address, length,
		    buffer, size);
	if (size > 0)
		buffer[0] = '\0';
	return buffer;
}

int
aw_server_port(const aw_server *server)
{
	union {
		struct sockaddr_storage any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address;

	if (get_address(server, 0, &address.any) == 0)
		return -1;
	switch (address.any.ss_family) {
	case AF_INET:
		return ntohs(address.in.sin_port);
	case AF_INET6:
		return ntohs(address.in6.sin6_port);
	default:
		return -1;
	}
}

size_t
aw_server_connection_count(const aw_server *server)
{
	return server->client_count;
}

/* Stops listening; the caller has a reference. */
static void
stop_listening(aw_server *server)
{
	server->closed = true;
	if (server->paused)
		aw_loop_remove_timer(server->loop, &server->resume);
	server->paused = server->full = false;
	server->serving = false;
	aw_accept_remove(server, true);
	aw_waiters_wake_all(&server->serve_waiters, -ECANCELED);
	if (server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
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
	if (!server->closed)
		stop_listening(server);
	aw_server_unref(server);
}

void
aw_server_release(aw_server *server)
{
	if (!server->closed)
		stop_listening(server);
}

bool
aw_server_is_serving(const aw_server *server)
{
	return server->serving;
}

int
aw_server_start_serving(aw_server *server)
{
	if (server->closed)
		return AW_EINVALIDSTATE;
	return server->serving ? 0 : aw_accept_start(server);
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

	LIST_FOREACH(client, &server->clients, open) {
		aw_hibernate_end(server->loop, client->transport);
		aw_transport_close(client->transport);
	}
}

void
aw_server_abort_clients(aw_server *server)
{
	struct aw_client *client;

	LIST_FOREACH(client, &server->clients, open) {
		aw_hibernate_end(server->loop, client->transport);
		aw_transport_abort(client->transport);
	}
}

int
aw_server_serve_forever(aw_server *server)
{
	struct task *task = aw_task_current();
	int err, closed;

	if (task == NULL)
		return AW_ENOTASK;
	err = aw_server_start_serving(server);
	if (err < 0)
		return err;
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
