/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "stored.h"

#include "notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The longest name that the service manager takes, and its end. */
#define NAME_SIZE 256

static void
put_byte(char *name, unsigned char byte)
{
	size_t length = strlen(name);
	bool plain = byte >= ' ' && byte < 0x7f && byte != '\\';

	snprintf(name + length, NAME_SIZE - length, plain ? "%c" : "\\%02x",
	    byte == ':' ? '|' : byte);
}

/*
 * The address, but for what a name can't have there: its sockets would come
 * back by another one, as somebody else's.  Returns whether it fits.
 */
static bool
name_of(const char *text, char *name)
{
	strcpy(name, STORED_PREFIX);
	for (; *text != '\0' && strlen(name) < NAME_SIZE - 1; text++)
		put_byte(name, (unsigned char)*text);
	return *text == '\0' && strlen(name) < NAME_SIZE - 1;
}

static void
forget(const char *text)
{
	char name[NAME_SIZE];

	if (name_of(text, name))
		notify_forget(name);
}

int
stored_add(struct stored *stored, int fd)
{
	struct stored_socket *items, *last;
	int err;

	items = reallocarray(stored->items, stored->count + 1, sizeof(*items));
	if (items == NULL) {
		close(fd);
		return -ENOMEM;
	}
	stored->items = items;
	last = &items[stored->count];
	*last = (struct stored_socket){
		.fd = fd,
		.length = sizeof(last->address),
	};
	if (getsockname(fd, (struct sockaddr *)&last->address,
	    &last->length) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	stored->count++;
	return 0;
}

static bool
is_at(const struct stored_socket *socket, const struct sockaddr *address,
    socklen_t length)
{
	return socket->length == length &&
	    memcmp(&socket->address, address, length) == 0;
}

int
stored_take(struct stored *stored, const struct sockaddr *address,
    socklen_t length, int **fds, size_t *count)
{
	size_t left = 0;

	*count = 0;
	*fds = calloc(stored->count + 1, sizeof(**fds));
	if (*fds == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < stored->count; i++) {
		if (is_at(&stored->items[i], address, length))
			(*fds)[(*count)++] = stored->items[i].fd;
		else
			stored->items[left++] = stored->items[i];
	}
	stored->count = left;
	return 0;
}

void
stored_clear(struct stored *stored)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < stored->count; i++) {
		struct stored_socket *socket = &stored->items[i];

		aw_address_text((struct sockaddr *)&socket->address,
		    socket->length, text, sizeof(text));
		forget(text);
		close(socket->fd);
	}
	free(stored->items);
	*stored = (struct stored){ .count = 0 };
}

bool
stored_release(struct stored *stored)
{
	if (stored->count == 0)
		return false;
	stored_clear(stored);
	notify_barrier();
	return true;
}

void
stored_leave(struct listening *listening, size_t *room)
{
	char name[NAME_SIZE];

	if (listening->given_name != NULL || listening->stored ||
	    listening->fd_count > *room || !name_of(listening->text, name))
		return;
	listening->stored = notify_store(listening->fds, listening->fd_count,
	    name);
	if (listening->stored)
		*room -= listening->fd_count;
}

void
stored_forget(struct listening *listening)
{
	if (!listening->stored)
		return;
	listening->stored = false;
	forget(listening->text);
}
