/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Accepting connections, and not accepting them while resources are short or
 * there is no place.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/listen.h"
#include "net/server.h"

/* Connections accepted in a row before others get their turn. */
#define ACCEPT_BATCH 64
/* Seconds without accepting after an error that will pass; asyncio's. */
#define DEFAULT_ACCEPT_PAUSE 1.0

static void on_resume(struct aw_timer *timer);

static int
watch(struct aw_listener *listener)
{
	int err;

	if (listener->watched)
		return 0;
	err = aw_poll_add(&listener->server->loop->poll, listener->fd,
	    &listener->watch, EPOLLIN);
	listener->watched = err == 0;
	return err;
}

static void
unwatch(struct aw_listener *listener)
{
	if (listener->watched)
		aw_poll_remove(&listener->server->loop->poll, listener->fd,
		    &listener->watch);
	listener->watched = false;
}

static void
unwatch_all(aw_server *server)
{
	size_t i;

	for (i = 0; i < server->listener_count; i++)
		unwatch(&server->listeners[i]);
}

/* --------------------------------------------------------------- shortages */

/* Takes the sockets out of the loop for a while, if that can be timed. */
static void
begin_pause(aw_server *server)
{
	double delay = server->options.accept_pause;

	if (delay <= 0)
		delay = DEFAULT_ACCEPT_PAUSE;
	server->resume.due = on_resume;
	server->resume.when = aw_loop_now() + aw_nanoseconds(delay);
	if (aw_loop_add_timer(server->loop, &server->resume) < 0)
		return;
	server->paused = true;
	unwatch_all(server);
}

/*
 * Puts the sockets back; without the memory for that, after another pause.
 */
static void
watch_all(aw_server *server)
{
	size_t i;

	for (i = 0; i < server->listener_count; i++)
		if (watch(&server->listeners[i]) < 0)
			break;
	if (i < server->listener_count)
		begin_pause(server);
}

/*
 * Tries, as if there were a place once more: only that shows whether accepting
 * works again, where nobody comes.
 */
static void
end_pause(aw_server *server)
{
	server->paused = false;
	server->full = true;
	aw_server_resume(server);
}

static void
on_resume(struct aw_timer *timer)
{
	end_pause(aw_container_of(timer, aw_server, resume));
}

void
aw_accept_resume(aw_server *server)
{
	if (!server->paused)
		return;
	aw_loop_remove_timer(server->loop, &server->resume);
	end_pause(server);
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
	server->failures = 0;
	if (!server->failing)
		tell_of_accept(server, error);
	/* The callback may have closed it. */
	if (!server->closed && !server->paused)
		begin_pause(server);
}

/* Errors of accept(2) that say that resources are short. */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

/*
 * Otherwise the connection itself failed before its turn; unless that goes on
 * and on, as of a socket that somebody else has shut down.
 */
static bool
is_of_connection(int error)
{
	return error != 0 && error != EAGAIN && !is_shortage(error);
}

/* ----------------------------------------------------------- a connection */

/* Until aw_server_resume the sockets would be reported again and again. */
static void
become_full(aw_server *server)
{
	server->full = true;
	unwatch_all(server);
}

/* Whether there is a place for whoever comes. */
static bool
enter(aw_server *server)
{
	const aw_admission *admission = &server->options.admission;
	bool entered;

	if (admission->enter == NULL)
		return true;
	/* The callback may close it. */
	server->asking = true;
	entered = admission->enter(server, admission->arg);
	server->asking = false;
	if (!entered && !server->closed)
		become_full(server);
	return entered;
}

/* Starts it, or refuses it.  Returns whether to go on with the next. */
static bool
start(aw_server *server, int fd, const struct sockaddr *peer)
{
	const aw_admission *admission = &server->options.admission;
	void *seat = NULL;
	int err;

	if (admission->admit != NULL &&
	    !admission->admit(server, peer, &seat, admission->arg)) {
		close(fd);
		aw_server_leave(server, seat);
		return !server->closed;
	}
	err = aw_server_start_client(server, fd, peer, seat);
	if (err < 0) {
		close(fd);
		aw_server_leave(server, seat);
		pause_accepting(server, err);
		return false;
	}
	if (server->failing)
		tell_of_accept(server, 0);
	return !server->closed;
}

/* Accepts a connection.  Returns whether to go on with the next. */
static bool
accept_one(struct aw_listener *listener)
{
	aw_server *server = listener->server;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int fd, error;

	if (!enter(server))
		return false;
	fd = accept4(listener->fd, (struct sockaddr *)&peer, &length,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	error = fd < 0 ? errno : 0;
	server->failures = is_of_connection(error) ? server->failures + 1 : 0;
	if (error == 0)
		return start(server, fd, (struct sockaddr *)&peer);
	aw_server_leave(server, NULL);
	if (error == EAGAIN) {
		/* The kernel looks for a descriptor before it says so. */
		if (server->failing)
			tell_of_accept(server, 0);
		return false;
	}
	if (is_shortage(error) || server->failures == ACCEPT_BATCH)
		pause_accepting(server, -error);
	return !server->paused && !server->closed;
}

static void
accept_batch(struct aw_listener *listener)
{
	int i;

	for (i = 0; i < ACCEPT_BATCH; i++)
		if (!accept_one(listener))
			break;
}

static void
on_acceptable(struct aw_watch *watched, uint32_t events)
{
	struct aw_listener *listener =
	    aw_container_of(watched, struct aw_listener, watch);
	aw_server *server = listener->server;

	(void)events;
	/* The program's callback may give the server back. */
	server->references++;
	accept_batch(listener);
	aw_server_unref(server);
}

/* ------------------------------------------------------- a place once more */

/*
 * Asks by accepting, so that a place that nobody waits for here is given back
 * at once.  What still has a place then is watched again.
 */
static void
try_again(aw_server *server)
{
	size_t i;

	server->full = false;
	server->turn++;
	for (i = 0; i < server->listener_count; i++) {
		accept_batch(&server->listeners[(server->turn + i) %
		    server->listener_count]);
		if (server->full || server->paused)
			return;
	}
	if (!server->closed)
		watch_all(server);
}

static void
on_ready(struct aw_ready *ready)
{
	aw_server *server = aw_container_of(ready, aw_server, ready);

	server->in_ring = false;
	if (server->full && !server->closed && !server->paused &&
	    !server->loop->closing)
		try_again(server);
	else
		/* The end of the pause sees to it. */
		server->full = false;
	aw_server_unref(server);
}

void
aw_server_resume(aw_server *server)
{
	if (!server->full || server->in_ring)
		return;
	server->in_ring = true;
	server->references++;
	server->ready.run = on_ready;
	aw_loop_ready(server->loop, &server->ready);
}

/* ---------------------------------------------------------------- sockets */

int
aw_accept_add(aw_server *server, int fd)
{
	struct aw_listener *listener = &server->listeners[server->listener_count];

	if (fd < 0)
		return -EBADF;
	/* A batch of accepts goes on until there is none. */
	(void)evutil_make_socket_nonblocking(fd);
	listener->server = server;
	listener->fd = fd;
	listener->watch.ready = on_acceptable;
	server->listener_count++;
	return 0;
}

/* A socket that the caller listens on already is left as it is. */
static int
begin(aw_server *server, struct aw_listener *listener)
{
	if (server->options.start_later &&
	    listen(listener->fd, aw_listen_backlog(&server->options)) < 0)
		return -errno;
	return watch(listener);
}

int
aw_accept_start(aw_server *server)
{
	size_t i;
	int err = 0;

	for (i = 0; i < server->listener_count && err == 0; i++)
		err = begin(server, &server->listeners[i]);
	if (err < 0)
		unwatch_all(server);
	server->serving = err == 0;
	return err;
}

void
aw_accept_remove(aw_server *server, bool close_sockets)
{
	struct aw_listener *listener;
	struct stat status;

	while (server->listener_count > 0) {
		listener = &server->listeners[--server->listener_count];
		unwatch(listener);
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

/* At most as many as the queue holds, as more may keep coming. */
static void
accept_rest(struct aw_listener *listener)
{
	int left = aw_listen_backlog(&listener->server->options);

	/* The kernel's queue holds one more than it was told. */
	while (left-- >= 0 && accept_one(listener))
		continue;
}

void
aw_accept_rest(aw_server *server)
{
	size_t i;

	/* The callback on an error may close the server, and its listeners. */
	for (i = 0; server->serving && i < server->listener_count &&
	    !server->failing && !server->asking; i++)
		accept_rest(&server->listeners[i]);
}
