/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* How the addresses of a listener are opened. */
#include "common/addresses.h"
#include "common/log.h"
#include "listener.h"
#include "privileges.h"
#include "stored.h"
#include "tcp_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What it takes to open one address. */
struct opening {
	struct listener *listener;
	size_t place;
	const struct address *address;
	size_t workers;
	struct stored *stored;
	char *error;
	size_t error_size;
};

/* ------------------------------------------------------------------- errors */

static const char *
explain_access(bool is_unix, char *buffer, size_t size)
{
	const char *user = privileges_user();

	if (is_unix)
		return "no permission to make a socket there";
	if (user == NULL)
		return "no permission for a low port; let systemd hand the "
		    "socket over (echod.socket), or give CAP_NET_BIND_SERVICE";
	snprintf(buffer, size, "no permission for a low port, as root has "
	    "become '%s' at the start; restart echod", user);
	return buffer;
}

/* What the error means here, and what to do. */
static const char *
explain(const struct address *address, int err, char *buffer, size_t size)
{
	bool is_unix = address->kind == ADDRESS_UNIX;

	switch (err) {
	case -EADDRINUSE:
		if (is_unix)
			return "the socket is in use: "
			    "another process listens on it";
		snprintf(buffer, size, "the port is in use; "
		    "`ss -ltnp 'sport = :%u'` shows by whom", address->port);
		return buffer;
	case -EEXIST:
		return "the file there is not a socket, and is left alone";
	case -ENOENT:
		return "its folder does not exist";
	case -EACCES:
		return explain_access(is_unix, buffer, size);
	case -EADDRNOTAVAIL:
		return "no interface of this machine has that address; "
		    "`ip address` lists them";
	case -EAFNOSUPPORT:
		return "this machine does not speak that protocol";
	default:
		return strerror(-err);
	}
}

static int
fail(const struct opening *opening, const char *text, int err)
{
	char buffer[384];

	snprintf(opening->error, opening->error_size, "cannot listen on %s: %s",
	    text, explain(opening->address, err, buffer, sizeof(buffer)));
	return err;
}

/* -------------------------------------------------------------- the sockets */

static struct listening *
new_listening(const struct opening *opening, size_t fd_count)
{
	struct listening *listening = listening_new(fd_count);

	if (listening != NULL) {
		listening->asked = *opening->address;
		listening->place = opening->place;
	}
	return listening;
}

/* The listener has it once it listens; otherwise it goes. */
static int
add(const struct opening *opening, struct listening *listening, int err)
{
	if (err < 0) {
		if (listening != NULL)
			listening_unref(listening);
		return err;
	}
	listening_note_text(listening);
	return listener_add(opening->listener, listening);
}

/*
 * Whether there still is a way to a stored socket: its folder may be one that
 * the service manager removes with the service.
 */
static bool
is_reachable(const char *path)
{
	struct stat status;

	return path[0] == '@' || (lstat(path, &status) == 0 &&
	    S_ISSOCK(status.st_mode));
}

/* Takes the first stored socket of a path; -1 if there is none. */
static int
take_unix(const struct opening *opening)
{
	struct sockaddr_un address;
	int length = address_unix(opening->address->path, &address);
	int *fds, fd = -1;
	size_t count;

	if (!is_reachable(opening->address->path) ||
	    length < 0 || stored_take(opening->stored,
	    (struct sockaddr *)&address, (socklen_t)length, &fds,
	    &count) < 0)
		return -1;
	if (count > 0)
		fd = fds[0];
	while (count > 1)
		close(fds[--count]);
	free(fds);
	return fd;
}

/* The user may make it where only root may. */
static int
listen_as_root(const struct opening *opening, struct listening *listening)
{
	const struct listener_settings *settings = opening->listener->settings;
	const char *path = opening->address->path;
	int err;

	if (!privileges_raise())
		return -EACCES;
	err = unix_listen(path, settings->unix_mode, settings->backlog,
	    &listening->unix_socket);
	if (err == 0 && path[0] != '@')
		privileges_give(path);
	privileges_restore();
	return err;
}

static int
listen_unix(const struct opening *opening, struct listening *listening)
{
	const struct listener_settings *settings = opening->listener->settings;
	const char *path = opening->address->path;
	int err, fd = take_unix(opening);

	if (fd >= 0) {
		listening->fds[0] = fd;
		return unix_take_over(path, settings->unix_mode,
		    settings->backlog, fd, &listening->unix_socket);
	}
	err = unix_listen(path, settings->unix_mode, settings->backlog,
	    &listening->unix_socket);
	if (err == -EACCES)
		err = listen_as_root(opening, listening);
	if (err == 0)
		listening->fds[0] = listening->unix_socket.fd;
	return err;
}

static int
open_unix(const struct opening *opening)
{
	struct listening *listening = new_listening(opening, 1);
	char text[ADDRESS_TEXT_SIZE];
	int err = -ENOMEM;

	if (listening != NULL)
		err = listen_unix(opening, listening);
	err = add(opening, listening, err);
	return err == 0 ? 0 : fail(opening, address_text(opening->address,
	    text, sizeof(text)), err);
}

/* A low port takes root. */
static int
bind_all(const struct opening *opening, const struct sockaddr *address,
    socklen_t length, struct listening *listening, size_t count, size_t there)
{
	int backlog = opening->listener->settings->backlog, err;

	err = tcp_listen(address, length, backlog, listening->fds, count,
	    there);
	if (err != -EACCES || !privileges_raise())
		return err;
	err = tcp_listen(address, length, backlog, listening->fds, count,
	    there);
	privileges_restore();
	return err;
}

/* The kernel has sockets join only those of the same user. */
static int
make_do(struct listening *listening, size_t there)
{
	listening->fd_count = there;
	listening_note_text(listening);
	log_notice("%s: the workers share %zu sockets, which another user made",
	    listening->text, there);
	return 0;
}

/* The stored sockets of the address, and as many more as workers need. */
static int
listen_tcp(const struct opening *opening, const struct sockaddr *address,
    socklen_t length, struct listening **listening)
{
	size_t there, count;
	int *fds, err;

	err = stored_take(opening->stored, address, length, &fds, &there);
	if (err < 0)
		return err;
	count = there > opening->workers ? there : opening->workers;
	*listening = new_listening(opening, count);
	err = *listening == NULL ? -ENOMEM : 0;
	for (size_t i = 0; i < there; i++)
		if (err == 0)
			(*listening)->fds[i] = fds[i];
		else
			close(fds[i]);
	free(fds);
	if (err == 0)
		err = bind_all(opening, address, length, *listening, count,
		    there);
	if (err == -EADDRINUSE && there > 0)
		err = make_do(*listening, there);
	return err;
}

static int
try_tcp(const struct opening *opening, const struct sockaddr *address,
    socklen_t length)
{
	struct listening *listening = NULL;
	int err = listen_tcp(opening, address, length, &listening);

	return add(opening, listening, err);
}

/*
 * It may be one of ours that has the address, stored for another one that is
 * not listened on any more, or that can as well be bound anew.
 */
static int
open_tcp(const struct opening *opening, const struct sockaddr *address,
    socklen_t length)
{
	char text[AW_ADDRESS_TEXT_SIZE];
	int err = try_tcp(opening, address, length);

	if (err == -EADDRINUSE && stored_release(opening->stored))
		err = try_tcp(opening, address, length);
	return err == 0 ? 0 : fail(opening, aw_address_text(address, length,
	    text, sizeof(text)), err);
}

bool
listener_lacks_address(int error)
{
	return error == -EADDRNOTAVAIL || error == -EAFNOSUPPORT;
}

/*
 * All that a name stands for.  An address of it that the machine lacks, such
 * as ::1 where there is no IPv6, is passed over if another can be had.
 */
static int
open_all(const struct opening *opening, const struct addrinfo *found)
{
	size_t before = opening->listener->address_count;
	int err = 0;

	for (; found != NULL; found = found->ai_next) {
		err = open_tcp(opening, found->ai_addr, found->ai_addrlen);
		if (err == 0)
			continue;
		if (!listener_lacks_address(err))
			return err;
		if (opening->listener->address_count > before ||
		    found->ai_next != NULL) {
			log_notice("%s", opening->error);
			err = 0;
		}
	}
	return err;
}

static int
open_host(const struct opening *opening)
{
	const struct address *address = opening->address;
	const char *host = address->kind == ADDRESS_HOST ? address->host : NULL;
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char port[8];
	int err;

	snprintf(port, sizeof(port), "%u", address->port);
	err = getaddrinfo(host, port, &hints, &found);
	if (err != 0) {
		snprintf(opening->error, opening->error_size,
		    "cannot resolve '%s': %s", address->host,
		    gai_strerror(err));
		return -EADDRNOTAVAIL;
	}
	err = open_all(opening, found);
	freeaddrinfo(found);
	return err;
}

int
listener_open(struct listener *listener, size_t place, size_t workers,
    struct stored *stored, char *error, size_t error_size)
{
	const struct opening opening = {
		.listener = listener,
		.place = place,
		.address = &listener->settings->listen.items[place],
		.workers = workers,
		.stored = stored,
		.error = error,
		.error_size = error_size,
	};

	return opening.address->kind == ADDRESS_UNIX ? open_unix(&opening) :
	    open_host(&opening);
}
