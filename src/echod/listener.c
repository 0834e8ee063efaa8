/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "listener.h"

#include "activation.h"
#include "common/log.h"
#include "configuration.h"
#include "notify.h"
#include "stored.h"
#include "traffic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is needed to open the listeners. */
struct opening {
	struct listeners *listeners;
	const struct settings *settings;
	const struct listeners *old;
	struct stored *stored;
	char *error;
	size_t error_size;
};

/* ------------------------------------------------------ what stays as it is */

static bool
has(const struct listeners *listeners, const struct listening *listening)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			if (listeners->items[i].addresses[j] == listening)
				return true;
	return false;
}

/*
 * Whether a socket that is there is what a place in a listener's list asks for.
 * Of ports that the kernel chose there may be several.
 */
static bool
fits(const struct listening *listening, const struct listener *owner,
    const struct listener *listener, size_t place)
{
	const struct address *asked = &listener->settings->listen.items[place];

	if (listening->given_name != NULL ||
	    !address_same(&listening->asked, asked))
		return false;
	return asked->kind == ADDRESS_UNIX || asked->port != 0 ||
	    (strcmp(owner->name, listener->name) == 0 &&
	    listening->place == place);
}

static int
keep_from(const struct listener *owner, struct listener *listener,
    size_t place)
{
	int count = 0;

	for (size_t i = 0; i < owner->address_count; i++) {
		struct listening *listening = owner->addresses[i];

		if (!fits(listening, owner, listener, place))
			continue;
		if (listener_add(listener, listening_ref(listening)) < 0)
			return -ENOMEM;
		listening->place = place;
		count++;
	}
	return count;
}

/* A name stands for several sockets.  Returns how many, or -ENOMEM. */
static int
keep(const struct opening *opening, struct listener *listener, size_t place)
{
	const struct listeners *old = opening->old;
	int count = 0, kept;

	for (size_t i = 0; old != NULL && i < old->count; i++) {
		kept = keep_from(&old->items[i], listener, place);
		if (kept < 0)
			return kept;
		count += kept;
	}
	return count;
}

static int
keep_one_given(const struct opening *opening, struct listening *given)
{
	struct listener *listener = activation_find(opening->listeners,
	    given->given_name, opening->error, opening->error_size);

	return listener == NULL ? -ENOENT :
	    listener_add(listener, listening_ref(given));
}

/*
 * What the service manager gave goes by name, again.  It can't be left alone,
 * as the manager goes on listening, and nobody would serve who comes.
 */
static int
keep_given(const struct opening *opening)
{
	const struct listeners *old = opening->old;
	int err = 0;

	for (size_t i = 0; i < old->count; i++)
		for (size_t j = 0; j < old->items[i].address_count &&
		    err == 0; j++)
			if (old->items[i].addresses[j]->given_name != NULL)
				err = keep_one_given(opening,
				    old->items[i].addresses[j]);
	return err;
}

/* ------------------------------------------------------------------ opening */

/* The name's, from before if it was there. */
static struct traffic *
find_traffic(const struct opening *opening, const char *name)
{
	const struct listener *before = opening->old != NULL ?
	    listeners_find(opening->old, name) : NULL;

	return before != NULL ? traffic_ref(before->traffic) :
	    traffic_new(name, opening->listeners->workers);
}

static int
prepare(const struct opening *opening)
{
	const struct settings *settings = opening->settings;
	struct listeners *listeners = opening->listeners;

	listeners->count = 0;
	listeners->items = calloc(settings->section_count,
	    sizeof(*listeners->items));
	if (listeners->items == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < settings->section_count; i++) {
		struct listener *listener = &listeners->items[i];

		listener->name = settings->sections[i].name;
		listener->settings = settings->sections[i].values;
		listeners->count++;
		listener->traffic = find_traffic(opening, listener->name);
		if (listener->traffic == NULL)
			return -ENOMEM;
	}
	return 0;
}

/* The default listener has addresses that a machine may lack. */
static int
open_all(const struct opening *opening, struct listener *listener, bool lenient)
{
	const struct address_list *list = &listener->settings->listen;
	int err = 0;

	for (size_t i = 0; i < list->count; i++) {
		err = keep(opening, listener, i);
		if (err == 0)
			err = listener_open(listener, i,
			    opening->listeners->workers, opening->stored,
			    opening->error, opening->error_size);
		if (err >= 0)
			continue;
		if (!lenient || !listener_lacks_address(err))
			return err;
		log_warning("%s", opening->error);
	}
	return listener->address_count > 0 ? 0 : err;
}

static int
open_each(const struct opening *opening)
{
	struct listeners *listeners = opening->listeners;
	int err;

	err = prepare(opening);
	if (err == 0)
		err = opening->old != NULL ? keep_given(opening) :
		    activation_take(listeners, opening->stored,
		    opening->error, opening->error_size);
	for (size_t i = 0; i < listeners->count && err >= 0; i++) {
		/* What came from the service manager takes its place. */
		if (listeners->items[i].address_count == 0)
			err = open_all(opening, &listeners->items[i],
			    config_is_default(&opening->settings->sections[i]));
	}
	return err;
}

int
listeners_open(struct listeners *listeners, const struct settings *settings,
    size_t workers, const struct listeners *old, char *error,
    size_t error_size)
{
	struct stored stored = { .count = 0 };
	const struct opening opening = {
		.listeners = listeners,
		.settings = settings,
		.old = old,
		.stored = &stored,
		.error = error,
		.error_size = error_size,
	};
	int err;

	snprintf(error, error_size, "out of memory");
	*listeners = (struct listeners){ .workers = workers };
	err = open_each(&opening);
	stored_clear(&stored);
	if (err >= 0)
		return 0;
	listeners_close(listeners);
	return err;
}

int
listener_add(struct listener *listener, struct listening *listening)
{
	struct listening **addresses;

	addresses = reallocarray(listener->addresses,
	    listener->address_count + 1, sizeof(struct listening *));
	if (addresses == NULL) {
		listening_unref(listening);
		return -ENOMEM;
	}
	listener->addresses = addresses;
	addresses[listener->address_count++] = listening;
	return 0;
}

/* --------------------------------------------------------------- afterwards */

void
listeners_adjust(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			listening_adjust(listeners->items[i].addresses[j],
			    listeners->items[i].settings);
}

void
listeners_log(const struct listeners *listeners, const struct listeners *old)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			if (old == NULL ||
			    !has(old, listeners->items[i].addresses[j]))
				log_notice("listening on %s",
				    listeners->items[i].addresses[j]->text);
}

size_t
listeners_address_count(const struct listeners *listeners)
{
	size_t count = 0;

	for (size_t i = 0; i < listeners->count; i++)
		count += listeners->items[i].address_count;
	return count;
}

struct listener *
listeners_find(const struct listeners *listeners, const char *name)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (strcmp(listeners->items[i].name, name) == 0)
			return &listeners->items[i];
	return NULL;
}

size_t
listener_share(const struct listener *listener, size_t worker, size_t workers)
{
	size_t count = 0;

	for (size_t i = 0; i < listener->address_count; i++)
		count += listening_share(listener->addresses[i], worker,
		    workers);
	return count;
}

int
listener_take(const struct listener *listener, size_t worker, size_t workers,
    int *fds)
{
	size_t count = 0;
	int err;

	for (size_t i = 0; i < listener->address_count; i++) {
		const struct listening *listening = listener->addresses[i];

		err = listening_duplicate(listening, worker, workers,
		    fds + count);
		if (err < 0) {
			while (count > 0)
				close(fds[--count]);
			return err;
		}
		count += listening_share(listening, worker, workers);
	}
	return 0;
}

bool
listener_is_held(const struct listener *listener)
{
	for (size_t i = 0; i < listener->address_count; i++)
		if (!listening_is_held(listener->addresses[i]))
			return false;
	return true;
}

static void
forget(const struct listener *listener, const struct listeners *new)
{
	for (size_t i = 0; i < listener->address_count; i++)
		if (!has(new, listener->addresses[i]))
			stored_forget(listener->addresses[i]);
}

/* What the service manager has room for beside what it has. */
static size_t
room_to_store(const struct listeners *listeners)
{
	size_t room = notify_store_room(), used = 0;

	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			if (listeners->items[i].addresses[j]->stored)
				used += listeners->items[i].addresses[j]->
				    fd_count;
	return used < room ? room - used : 0;
}

void
listeners_store(const struct listeners *listeners, const struct listeners *old)
{
	size_t room;

	for (size_t i = 0; old != NULL && i < old->count; i++)
		forget(&old->items[i], listeners);
	room = room_to_store(listeners);
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			stored_leave(listeners->items[i].addresses[j], &room);
}

static void
remove_path(struct listening *listening)
{
	/* It leads to the next process as well. */
	if (listening->stored)
		listening->unix_socket.path[0] = '\0';
	listening_remove_path(listening);
}

void
listeners_remove_paths(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			remove_path(listeners->items[i].addresses[j]);
}

void
listeners_close_sockets(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		for (size_t j = 0; j < listeners->items[i].address_count; j++)
			listening_close(listeners->items[i].addresses[j]);
}

void
listeners_close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		for (size_t j = 0; j < listener->address_count; j++)
			listening_unref(listener->addresses[j]);
		free(listener->addresses);
		traffic_unref(listener->traffic);
	}
	free(listeners->items);
	listeners->items = NULL;
	listeners->count = 0;
}
