/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "activation.h"

#include <stdio.h>
#include <string.h>

struct listener *
activation_find(const struct listeners *listeners, const char *name,
    char *error, size_t error_size)
{
	struct listener *listener;

	if (listeners->count == 1)
		return &listeners->items[0];
	listener = listeners_find(listeners, name);
	if (listener == NULL)
		snprintf(error, error_size, "the socket '%s' from systemd "
		    "belongs to no listener; FileDescriptorName= must be a "
		    "listener's name", name);
	return listener;
}

#ifdef HAVE_LIBSYSTEMD

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

/* The descriptor goes along, whatever happens. */
static int
add(struct listener *listener, int fd, const char *name)
{
	struct listening *listening = listening_new(1);

	if (listening == NULL)
		return -ENOMEM;
	listening->fds[0] = fd;
	listening->given_name = strdup(name);
	if (listening->given_name == NULL) {
		listening_unref(listening);
		return -ENOMEM;
	}
	listening_note_text(listening);
	return listener_add(listener, listening);
}

static int
take_one(struct listeners *listeners, struct stored *stored, int fd,
    const char *name, char *error, size_t error_size)
{
	struct listener *listener;
	int flags;

	if (strncmp(name, STORED_PREFIX, strlen(STORED_PREFIX)) == 0)
		return stored_add(stored, fd);
	listener = activation_find(listeners, name, error, error_size);
	if (listener == NULL)
		return -ENOENT;
	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
		snprintf(error, error_size, "the socket '%s' from systemd is "
		    "not a listening stream socket; expected ListenStream= "
		    "and Accept=no", name);
		return -EINVAL;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return add(listener, fd, name);
}

int
activation_take(struct listeners *listeners, struct stored *stored,
    char *error, size_t error_size)
{
	char **names = NULL;
	int count, err = 0;

	count = sd_listen_fds_with_names(1, &names);
	if (count < 0) {
		snprintf(error, error_size, "the sockets from systemd can't "
		    "be had: %s", strerror(-count));
		return count;
	}
	for (int i = 0; i < count; i++) {
		if (err == 0)
			err = take_one(listeners, stored,
			    SD_LISTEN_FDS_START + i, names[i], error,
			    error_size);
		free(names[i]);
	}
	free(names);
	return err < 0 ? err : count;
}

#else

int
activation_take(struct listeners *listeners, struct stored *stored,
    char *error, size_t error_size)
{
	(void)listeners;
	(void)stored;
	(void)error;
	(void)error_size;
	return 0;
}

#endif
