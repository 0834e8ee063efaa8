/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "listening.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of Linux 5.14: which buffers have a size that was set. */
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#define SEND_LOCK 1
#define RECEIVE_LOCK 2

struct listening *
listening_new(size_t fd_count)
{
	struct listening *listening = calloc(1, sizeof(*listening));

	if (listening == NULL)
		return NULL;
	listening->references = 1;
	listening->fds = calloc(fd_count, sizeof(*listening->fds));
	if (listening->fds == NULL) {
		free(listening);
		return NULL;
	}
	for (size_t i = 0; i < fd_count; i++)
		listening->fds[i] = -1;
	listening->fd_count = fd_count;
	return listening;
}

struct listening *
listening_ref(struct listening *listening)
{
	listening->references++;
	return listening;
}

void
listening_unref(struct listening *listening)
{
	if (--listening->references > 0)
		return;
	listening_remove_path(listening);
	listening_close(listening);
	free(listening->given_name);
	free(listening->fds);
	free(listening);
}

void
listening_note_text(struct listening *listening)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(listening->fds[0], (struct sockaddr *)&address,
	    &length) == 0)
		aw_address_text((struct sockaddr *)&address, length,
		    listening->text, sizeof(listening->text));
}

/* -------------------------------------------------------- what was set before */

static int
get(int fd, int option)
{
	socklen_t length = sizeof(int);
	int value = 0;

	return getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? -1 :
	    value;
}

static int
set(int fd, int option, int value)
{
	return setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}

/* Gives the buffer the size of a new socket's, which then is the kernel's. */
static int
unset_buffer(int fd, int option, int lock)
{
	int locks = get(fd, SO_BUF_LOCK), fresh, size;

	/* Or the kernel is older, and knows no way back. */
	if (locks < 0 || !(locks & lock))
		return 0;
	fresh = socket(get(fd, SO_DOMAIN), SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fresh < 0)
		return -1;
	size = get(fresh, option);
	close(fresh);
	/* It is doubled when it is set. */
	if (set(fd, option, size / 2) < 0)
		return -1;
	return set(fd, SO_BUF_LOCK, locks & ~lock);
}

static int
adjust(int fd, const struct listener_settings *settings)
{
	if (listen(fd, settings->backlog) < 0 ||
	    set(fd, SO_KEEPALIVE, settings->keep_alive) < 0)
		return -1;
	if (settings->send_buffer == 0 &&
	    unset_buffer(fd, SO_SNDBUF, SEND_LOCK) < 0)
		return -1;
	return settings->receive_buffer == 0 ?
	    unset_buffer(fd, SO_RCVBUF, RECEIVE_LOCK) : 0;
}

void
listening_adjust(struct listening *listening,
    const struct listener_settings *settings)
{
	int err;

	if (listening->given_name != NULL)
		return;
	for (size_t i = 0; i < listening->fd_count; i++)
		if (adjust(listening->fds[i], settings) < 0)
			log_warning("%s: the socket stays as it was: %s",
			    listening->text, strerror(errno));
	err = unix_set_mode(&listening->unix_socket, settings->unix_mode);
	if (err < 0)
		log_warning("%s: the permissions stay as they were: %s",
		    listening->text, strerror(-err));
}

/* ------------------------------------------------------------- for the workers */

/* Fewer than there are workers are one, for all of them. */
static bool
is_shared(const struct listening *listening, size_t workers)
{
	return listening->fd_count < workers;
}

size_t
listening_share(const struct listening *listening, size_t worker,
    size_t workers)
{
	if (is_shared(listening, workers))
		return listening->fd_count;
	return (listening->fd_count - worker + workers - 1) / workers;
}

int
listening_duplicate(const struct listening *listening, size_t worker,
    size_t workers, int *fds)
{
	bool shared = is_shared(listening, workers);
	size_t step = shared ? 1 : workers, count = 0;

	for (size_t i = shared ? 0 : worker; i < listening->fd_count;
	    i += step) {
		fds[count] = fcntl(listening->fds[i], F_DUPFD_CLOEXEC, 3);
		if (fds[count] < 0) {
			int err = -errno;

			while (count > 0)
				close(fds[--count]);
			return err;
		}
		count++;
	}
	return 0;
}

/* ------------------------------------------------------------------- the end */

bool
listening_is_held(const struct listening *listening)
{
	return listening->given_name != NULL || listening->stored;
}

void
listening_remove_path(struct listening *listening)
{
	unix_remove(&listening->unix_socket);
}

void
listening_close(struct listening *listening)
{
	for (size_t i = 0; i < listening->fd_count; i++) {
		if (listening->fds[i] >= 0)
			close(listening->fds[i]);
		listening->fds[i] = -1;
	}
}
