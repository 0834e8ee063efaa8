/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "generation.h"

#include "common/log.h"
#include "common/settings_compare.h"
#include "tls.h"

#include <stdlib.h>

#define ERROR_SIZE 1024

static bool
same_addresses(const struct listener *one, const struct listener *other)
{
	if (one->address_count != other->address_count)
		return false;
	for (size_t i = 0; i < one->address_count; i++)
		if (one->addresses[i] != other->addresses[i])
			return false;
	return true;
}

/* Workers need no new server for a listener that is as it was. */
static void
find_unchanged(struct generation *generation, const struct generation *old)
{
	/* The one global setting that servers have been given. */
	if (generation->global->accept_pause < old->global->accept_pause ||
	    generation->global->accept_pause > old->global->accept_pause)
		return;
	for (size_t i = 0; i < generation->listeners.count; i++) {
		struct listener *listener = &generation->listeners.items[i];
		const struct listener *before;

		before = listeners_find(&old->listeners, listener->name);
		listener->unchanged = before != NULL &&
		    same_addresses(listener, before) &&
		    settings_same_values(generation->settings->table,
		    listener->settings, before->settings);
	}
}

/* All or nothing. */
static int
open_all(struct generation *generation, size_t workers,
    const struct generation *old)
{
	const struct listeners *before = old != NULL ? &old->listeners : NULL;
	char error[ERROR_SIZE];

	if (listeners_open(&generation->listeners, generation->settings,
	    workers, before, error, sizeof(error)) < 0) {
		log_error("%s", error);
		return -1;
	}
	if (admin_sockets_open(&generation->admin, generation->settings,
	    old != NULL ? &old->admin : NULL, error, sizeof(error)) < 0) {
		log_error("%s", error);
		goto no_admin;
	}
	if (tls_open(&generation->listeners, generation->settings,
	    before) == 0)
		return 0;
	admin_sockets_close(&generation->admin);
no_admin:
	listeners_close(&generation->listeners);
	return -1;
}

struct generation *
generation_new(struct settings *settings, size_t workers,
    const struct generation *old)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	if (generation == NULL) {
		log_error("out of memory");
		settings_free(settings);
		return NULL;
	}
	atomic_init(&generation->references, 1);
	generation->settings = settings;
	generation->global = settings->global;
	if (open_all(generation, workers, old) < 0) {
		generation_unref(generation);
		return NULL;
	}
	if (old != NULL)
		find_unchanged(generation, old);
	return generation;
}

void
generation_close(struct generation *generation)
{
	tls_close(&generation->listeners);
	admin_sockets_close(&generation->admin);
	listeners_close(&generation->listeners);
}

struct generation *
generation_ref(struct generation *generation)
{
	atomic_fetch_add(&generation->references, 1);
	return generation;
}

void
generation_unref(struct generation *generation)
{
	if (generation == NULL ||
	    atomic_fetch_sub(&generation->references, 1) > 1)
		return;
	settings_free(generation->settings);
	free(generation);
}
