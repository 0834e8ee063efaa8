/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "listening.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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
