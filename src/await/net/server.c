/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers: sockets that listen, and a task for each connection.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/waiters.h"
#include "net/connection.h"
#include "net/listen.h"
#include "net/resolve.h"

/* Connections accepted in a row before others get their turn. */
#define ACCEPT_BATCH 64
/* Seconds without accepting after an error that will pass; asyncio's. */
#define DEFAULT_ACCEPT_PAUSE 1.0

struct listener {
	aw_server *server;
	int fd;
	struct event event;
	/* The path that goes with it, if it is still the same file. */
	char *path;
	dev_t device;
	ino_t inode;
};

/* A connection, beside its task on the task's stack. */
struct client {
	struct aw_connection connection;
	aw_server *server;
	struct aw_future_watch watch; /* of the task */
	LIST_ENTRY(client) open; /* among the server's */
};

struct aw_server {
	aw_loop *loop;
	aw_client_connected *handler;
	void *arg;
	aw_server_options options;
	unsigned references; /* the owner's, and one a connection */
	LIST_HEAD(, client) clients;
	size_t client_count;
	struct aw_waiters close_waiters;
	struct aw_waiters serve_waiters;
	bool closed;
	bool failing;        /* accept has failed and not yet worked again */
	bool paused;
	struct aw_timer resume;
	size_t listener_count;
	struct listener listeners[];
};

static void
server_unref(aw_server *server)
{
	if (--server->references == 0)
		free(server);
}

static void
set_paused(aw_server *server, bool paused)
{
	size_t i;

	server->paused = paused;
	for (i = 0; i < server->listener_count; i++) {
		if (paused)
			event_del(&server->listeners[i].event);
		else
			(void)event_add(&server->listeners[i].event, NULL);
	}
}

static void
on_resume(struct aw_timer *timer)
{
	set_paused(aw_container_of(timer, aw_server, resume), false);
}

static void
resume(aw_server *server)
{
	aw_loop_remove_timer(server->loop, &server->resume);
	set_paused(server, false);
}

static void
tell_of_accept(aw_server *server, int error)
{
	server->failing = error != 0;
	if (server->options.accept_error != NULL)
		server->options.accept_error(server, error,
		    server->options.accept_error_arg);
	else if (error != 0)
		aw_loop_report(server->loop, "connections can't be accepted, "
		    "which is tried again", error, NULL);
}

/*
 * Stops accepting for a while: the socket would be reported as readable again
 * and again.  A connection that ends brings it back at once.
 */
static void
pause_accepting(aw_server *server, int error)
{
	double delay = server->options.accept_pause;

	if (!server->failing)
		tell_of_accept(server, error);
	/* The callback may have closed it. */
	if (server->closed || server->paused)
		return;
	if (delay <= 0)
		delay = DEFAULT_ACCEPT_PAUSE;
	server->resume.due = on_resume;
	server->resume.when = aw_loop_now() + aw_nanoseconds(delay);
	if (aw_loop_add_timer(server->loop, &server->resume) == 0)
		set_paused(server, true);
}

/* The handler's error is news, unless the connection was lost. */
static void
report_handler(struct client *client, int error)
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
	struct client *client = arg;
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
	struct client *client = aw_container_of(watch, struct client, watch);
	aw_server *server = client->server;

	aw_transport_abort(&client->connection.transport);
	aw_connection_release(&client->connection);
	LIST_REMOVE(client, open);
	server->client_count--;
	if (server->paused)
		resume(server);
	if (server->closed && server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
	server_unref(server);
}

/* Starts the task of a connection, which takes over fd if that succeeds. */
static int
start_client(aw_server *server, int fd, const struct sockaddr *peer)
{
	struct client *client;
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

/* Errors of accept(2) that say that resources are short. */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

/* Accepts a connection.  Returns whether to go on with the next. */
static bool
accept_one(struct listener *listener)
{
	aw_server *server = listener->server;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int fd, err;

	fd = accept4(listener->fd, (struct sockaddr *)&peer, &length,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EAGAIN)
			return false;
		/* Otherwise the connection itself failed before its turn. */
		if (is_shortage(errno))
			pause_accepting(server, -errno);
		return !server->paused && !server->closed;
	}
	err = start_client(server, fd, (struct sockaddr *)&peer);
	if (err < 0) {
		close(fd);
		pause_accepting(server, err);
		return false;
	}
	if (server->failing)
		tell_of_accept(server, 0);
	return !server->closed;
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;
	aw_server *server = listener->server;
	int i;

	(void)fd, (void)what;
	/* The program's callback may give the server back. */
	server->references++;
	for (i = 0; i < ACCEPT_BATCH; i++)
		if (!accept_one(listener))
			break;
	server_unref(server);
}

static int
add_listener(aw_server *server, int fd)
{
	struct listener *listener = &server->listeners[server->listener_count];

	if (fd < 0)
		return -EBADF;
	/* A batch of accepts goes on until there is none. */
	(void)evutil_make_socket_nonblocking(fd);
	listener->server = server;
	listener->fd = fd;
	event_assign(&listener->event, server->loop->base, fd,
	    EV_READ | EV_PERSIST, on_acceptable, listener);
	if (event_add(&listener->event, NULL) < 0)
		return -ENOMEM;
	server->listener_count++;
	return 0;
}

/* Lets go of the listeners; close_sockets says whether their sockets go too. */
static void
remove_listeners(aw_server *server, bool close_sockets)
{
	struct listener *listener;
	struct stat status;

	while (server->listener_count > 0) {
		listener = &server->listeners[--server->listener_count];
		event_del(&listener->event);
		if (close_sockets)
			close(listener->fd);
		if (listener->path != NULL &&
		    lstat(listener->path, &status) == 0 &&
		    status.st_dev == listener->device &&
		    status.st_ino == listener->inode)
			(void)unlink(listener->path);
		free(listener->path);
	}
}

int
aw_start_server_sockets(aw_loop *loop, aw_client_connected *handler, void *arg,
    const int *fds, size_t count, const aw_server_options *options,
    aw_server **result)
{
	static const aw_server_options defaults;
	aw_server *server;
	size_t i;
	int err = 0;

	server = calloc(1, sizeof(*server) + count * sizeof(struct listener));
	if (server == NULL)
		return -ENOMEM;
	server->loop = loop;
	server->handler = handler;
	server->arg = arg;
	server->options = options != NULL ? *options : defaults;
	server->references = 1;
	for (i = 0; i < count && err == 0; i++) {
		aw_listen_set_options(fds[i], &server->options);
		err = add_listener(server, fds[i]);
	}
	if (err < 0) {
		remove_listeners(server, false);
		free(server);
	} else {
		*result = server;
	}
	return err;
}

/* Whether an earlier entry of the list is the same address. */
static bool
is_repeated(const struct addrinfo *list, const struct addrinfo *entry)
{
	for (; list != entry; list = list->ai_next)
		if (list->ai_addrlen == entry->ai_addrlen &&
		    memcmp(list->ai_addr, entry->ai_addr,
		    entry->ai_addrlen) == 0)
			return true;
	return false;
}

/*
 * Listens on each address, into fds.  Returns how many, or an error.  Names may
 * have addresses of a family that this kernel does without.
 */
static int
listen_on_all(const struct addrinfo *list, const aw_server_options *options,
    int *fds)
{
	const struct addrinfo *entry;
	int count = 0, fd = 0;

	for (entry = list; entry != NULL; entry = entry->ai_next) {
		if (is_repeated(list, entry))
			continue;
		fd = aw_listen(entry->ai_addr, entry->ai_addrlen, options);
		if (fd == -EAFNOSUPPORT)
			continue;
		if (fd < 0) {
			while (count > 0)
				close(fds[--count]);
			return fd;
		}
		fds[count++] = fd;
	}
	return count > 0 ? count : fd;
}

static size_t
list_length(const struct addrinfo *list)
{
	size_t n;

	for (n = 0; list != NULL; list = list->ai_next)
		n++;
	return n;
}

int
aw_start_server(aw_client_connected *handler, void *arg, const char *host,
    uint16_t port, const aw_server_options *options, aw_server **server)
{
	static const aw_server_options defaults;
	struct addrinfo *list;
	int *fds, count, err;

	if (options == NULL)
		options = &defaults;
	err = aw_resolve(host, port, AI_PASSIVE, &list);
	if (err < 0)
		return err;
	fds = calloc(list_length(list), sizeof(*fds));
	count = fds != NULL ? listen_on_all(list, options, fds) : -ENOMEM;
	freeaddrinfo(list);
	err = count;
	if (count > 0)
		err = aw_start_server_sockets(aw_get_running_loop(), handler,
		    arg, fds, (size_t)count, options, server);
	while (err < 0 && count > 0)
		close(fds[--count]);
	free(fds);
	return err;
}

/* Remembers the file that is to go with the socket. */
static int
remember_path(struct listener *listener, const char *path)
{
	struct stat status;

	if (path[0] == '@' || lstat(path, &status) < 0)
		return 0;
	listener->path = strdup(path);
	listener->device = status.st_dev;
	listener->inode = status.st_ino;
	return listener->path != NULL ? 0 : -ENOMEM;
}

int
aw_start_unix_server(aw_client_connected *handler, void *arg, const char *path,
    const aw_server_options *options, aw_server **result)
{
	static const aw_server_options defaults;
	aw_server *server;
	int fd, err;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	fd = aw_listen_unix(path, options != NULL ? options : &defaults);
	if (fd < 0)
		return fd;
	err = aw_start_server_sockets(aw_get_running_loop(), handler, arg, &fd,
	    1, options, &server);
	if (err < 0) {
		close(fd);
		goto out;
	}
	err = remember_path(&server->listeners[0], path);
	if (err < 0)
		aw_server_free(server);
	else
		*result = server;
out:
	if (err < 0 && path[0] != '@')
		(void)unlink(path);
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

/*
 * Takes in what the kernel has connected already: closing the socket would
 * reset it.  At most as many as the queue holds, as more may keep coming.
 */
static void
accept_rest(struct listener *listener)
{
	int left = listener->server->options.backlog;

	if (left <= 0)
		left = AW_DEFAULT_BACKLOG;
	/* The kernel's queue holds one more than it was told. */
	while (left-- >= 0 && accept_one(listener))
		continue;
}

void
aw_server_close(aw_server *server)
{
	size_t i;

	if (server->closed)
		return;
	if (!server->failing && !server->loop->closing)
		for (i = 0; i < server->listener_count; i++)
			accept_rest(&server->listeners[i]);
	server->closed = true;
	if (server->paused)
		aw_loop_remove_timer(server->loop, &server->resume);
	server->paused = false;
	remove_listeners(server, true);
	aw_waiters_wake_all(&server->serve_waiters, -ECANCELED);
	if (server->client_count == 0)
		aw_waiters_wake_all(&server->close_waiters, 0);
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
	struct client *client;

	LIST_FOREACH(client, &server->clients, open)
		aw_transport_close(&client->connection.transport);
}

void
aw_server_abort_clients(aw_server *server)
{
	struct client *client;

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
	server_unref(server);
	return closed < 0 ? closed : err;
}

void
aw_server_free(aw_server *server)
{
	if (server == NULL)
		return;
	aw_server_close(server);
	server_unref(server);
}
