/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "listener.h"

#include "activation.h"
#include "common/log.h"
#include "configuration.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
prepare(struct listeners *listeners, const struct settings *settings,
    size_t workers)
{
	listeners->workers = workers;
	listeners->count = 0;
	listeners->items = calloc(settings->section_count,
	    sizeof(*listeners->items));
	if (listeners->items == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < settings->section_count; i++) {
		listeners->items[i].name = settings->sections[i].name;
		listeners->items[i].settings = settings->sections[i].values;
		listeners->count++;
	}
	return 0;
}

int
listeners_open(struct listeners *listeners, const struct settings *settings,
    size_t workers, char *error, size_t error_size)
{
	int err;

	snprintf(error, error_size, "out of memory");
	err = prepare(listeners, settings, workers);
	if (err == 0)
		err = activation_take(listeners, error, error_size);
	for (size_t i = 0; i < listeners->count && err >= 0; i++) {
		/* What came from the service manager takes its place. */
		if (listeners->items[i].address_count == 0)
			err = listener_open(&listeners->items[i], workers,
			    config_is_default(&settings->sections[i]), error,
			    error_size);
	}
	if (err >= 0)
		return 0;
	listeners_close(listeners);
	return err;
}

void
listeners_log(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			log_notice("listening on %s",
			    listeners->items[i].addresses[j].text);
}

int
listeners_take(struct listeners *listeners, size_t listener, size_t worker,
    int *fds)
{
	const struct listener *from = &listeners->items[listener];

	for (size_t i = 0; i < from->address_count; i++) {
		struct listening *listening = &from->addresses[i];

		if (listening->fd_count > 1 || listeners->workers == 1) {
			fds[i] = listening->fds[worker];
			listening->fds[worker] = -1;
			continue;
		}
		fds[i] = fcntl(listening->fds[0], F_DUPFD_CLOEXEC, 3);
		if (fds[i] < 0) {
			int err = -errno;

			while (i > 0)
				close(fds[--i]);
			return err;
		}
	}
	return 0;
}

void
listeners_remove_paths(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			unix_remove(
			    &listeners->items[i].addresses[j].unix_socket);
}

static void
close_sockets(struct listening *listening)
{
	for (size_t i = 0; i < listening->fd_count; i++) {
		if (listening->fds[i] >= 0)
			close(listening->fds[i]);
		listening->fds[i] = -1;
	}
}

void
listeners_close_shared(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			close_sockets(&listeners->items[i].addresses[j]);
}

void
listeners_close(struct listeners *listeners)
{
	listeners_remove_paths(listeners);
	listeners_close_shared(listeners);
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		for (size_t j = 0; j < listener->address_count; j++)
			free(listener->addresses[j].fds);
		free(listener->addresses);
	}
	free(listeners->items);
	listeners->items = NULL;
	listeners->count = 0;
}
