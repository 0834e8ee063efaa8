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
	size_t place;
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

static int
open_unix(const struct opening *opening)
{
	const struct listener_settings *settings = opening->listener->settings;
	struct listening *listening = new_listening(opening, 1);
	char text[ADDRESS_TEXT_SIZE];
	int err = -ENOMEM;

	if (listening != NULL) {
		err = unix_listen(opening->address->path, settings->unix_mode,
		    settings->backlog, &listening->unix_socket);
		if (err == 0)
			listening->fds[0] = listening->unix_socket.fd;
	}
	err = add(opening, listening, err);
	return err == 0 ? 0 : fail(opening, address_text(opening->address,
	    text, sizeof(text)), err);
}

static int
open_tcp(const struct opening *opening, const struct sockaddr *address,
    socklen_t length)
{
	struct listening *listening = new_listening(opening, opening->workers);
	char text[AW_ADDRESS_TEXT_SIZE];
	int err = -ENOMEM;

	if (listening != NULL)
		err = tcp_listen(address, length,
		    opening->listener->settings->backlog, listening->fds,
		    listening->fd_count);
	err = add(opening, listening, err);
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
    char *error, size_t error_size)
{
	const struct opening opening = {
		.listener = listener,
		.place = place,
		.address = &listener->settings->listen.items[place],
		.workers = workers,
		.error = error,
		.error_size = error_size,
	};

	return opening.address->kind == ADDRESS_UNIX ? open_unix(&opening) :
	    open_host(&opening);
}
