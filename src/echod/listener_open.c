/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* How the addresses of a listener are opened. */
#include "common/log.h"
#include "listener.h"
#include "tcp_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What it takes to open one address. */
struct opening {
	struct listener *listener;
	const struct address *address;
	size_t workers;
	char *error;
	size_t error_size;
};

/* ------------------------------------------------------------------- errors */

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
		return is_unix ? "no permission to make a socket there" :
		    "no permission for a low port; let systemd hand the socket "
		    "over (echod.socket), or give CAP_NET_BIND_SERVICE";
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
	char buffer[128];

	snprintf(opening->error, opening->error_size, "cannot listen on %s: %s",
	    text, explain(opening->address, err, buffer, sizeof(buffer)));
	return err;
}

/* -------------------------------------------------------------- the sockets */

static struct listening *
add_address(struct listener *listener, size_t fd_count)
{
	struct listening *addresses, *last;

	addresses = reallocarray(listener->addresses,
	    listener->address_count + 1, sizeof(*addresses));
	if (addresses == NULL)
		return NULL;
	listener->addresses = addresses;
	last = &addresses[listener->address_count];
	memset(last, 0, sizeof(*last));
	last->fds = calloc(fd_count, sizeof(*last->fds));
	if (last->fds == NULL)
		return NULL;
	for (size_t i = 0; i < fd_count; i++)
		last->fds[i] = -1;
	last->fd_count = fd_count;
	listener->address_count++;
	return last;
}

static void
drop_last_address(struct listener *listener)
{
	free(listener->addresses[--listener->address_count].fds);
}

static void
note_text(struct listening *listening)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(listening->fds[0], (struct sockaddr *)&address,
	    &length) == 0)
		aw_address_text((struct sockaddr *)&address, length,
		    listening->text, sizeof(listening->text));
}

static int
open_unix(const struct opening *opening)
{
	const struct listener_settings *settings = opening->listener->settings;
	char text[ADDRESS_TEXT_SIZE];
	struct listening *listening;
	int err;

	listening = add_address(opening->listener, 1);
	if (listening == NULL)
		return fail(opening, "a Unix socket", -ENOMEM);
	err = unix_listen(opening->address->path, settings->unix_mode,
	    settings->backlog, &listening->unix_socket);
	if (err < 0) {
		drop_last_address(opening->listener);
		return fail(opening, address_text(opening->address, text,
		    sizeof(text)), err);
	}
	listening->fds[0] = listening->unix_socket.fd;
	note_text(listening);
	return 0;
}

static int
open_tcp(const struct opening *opening, const struct sockaddr *address,
    socklen_t length)
{
	struct listening *listening;
	char text[AW_ADDRESS_TEXT_SIZE];
	int err = -ENOMEM;

	listening = add_address(opening->listener, opening->workers);
	if (listening != NULL) {
		err = tcp_listen(address, length,
		    opening->listener->settings->backlog, listening->fds,
		    listening->fd_count);
		if (err < 0)
			drop_last_address(opening->listener);
		else
			note_text(listening);
	}
	if (err < 0)
		return fail(opening, aw_address_text(address, length, text,
		    sizeof(text)), err);
	return 0;
}

/* An address that this machine just doesn't have. */
static bool
is_absent(int err)
{
	return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT;
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
		if (!is_absent(err))
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
listener_open(struct listener *listener, size_t workers, bool lenient,
    char *error, size_t error_size)
{
	const struct address_list *list = &listener->settings->listen;
	int err = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct opening opening = {
			.listener = listener,
			.address = &list->items[i],
			.workers = workers,
			.error = error,
			.error_size = error_size,
		};

		err = opening.address->kind == ADDRESS_UNIX ?
		    open_unix(&opening) : open_host(&opening);
		if (err == 0)
			continue;
		if (!lenient || !is_absent(err))
			return err;
		log_warning("%s", error);
	}
	return listener->address_count > 0 ? 0 : err;
}

int
listener_add_shared(struct listener *listener, int fd)
{
	struct listening *listening = add_address(listener, 1);

	if (listening == NULL)
		return -ENOMEM;
	listening->fds[0] = fd;
	note_text(listening);
	return 0;
}
