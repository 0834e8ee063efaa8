/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "observed.h"

#include "tls_certificates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
time_of_day(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ------------------------------------------------------- lists of listeners */

static struct observed_listeners *
ref(struct observed_listeners *listeners)
{
	if (listeners != NULL)
		atomic_fetch_add(&listeners->references, 1);
	return listeners;
}

static void
clear(struct observed_listener *listener)
{
	for (size_t i = 0; i < listener->certificate_count; i++)
		free(listener->certificates[i].file);
	free(listener->certificates);
	free(listener->addresses);
	traffic_unref(listener->traffic);
	tls_listener_unref(listener->tls);
}

static void
unref(struct observed_listeners *listeners)
{
	if (listeners == NULL ||
	    atomic_fetch_sub(&listeners->references, 1) > 1)
		return;
	for (size_t i = 0; i < listeners->count; i++)
		clear(&listeners->items[i]);
	free(listeners);
}

/* "127.0.0.1:7, [::1]:7", for the caller to free; NULL: no memory. */
static char *
addresses_of(const struct listener *listener)
{
	const size_t room = AW_ADDRESS_TEXT_SIZE + 2;
	char *text = calloc(listener->address_count + 1, room);
	size_t length = 0;

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < listener->address_count; i++)
		length += (size_t)snprintf(text + length, room, "%s%s",
		    i > 0 ? ", " : "", listener->addresses[i]->text);
	return text;
}

static int
add(struct observed_listeners *list, char *addresses, struct traffic *traffic,
    struct tls_listener *tls)
{
	if (addresses == NULL)
		return -ENOMEM;
	list->items[list->count++] = (struct observed_listener){
		.addresses = addresses,
		.traffic = traffic_ref(traffic),
		.tls = tls_listener_ref(tls),
	};
	return 0;
}

/* Of the listener that was added last. */
static int
add_certificates(struct observed_listeners *list,
    const struct listener *listener)
{
	struct observed_listener *item = &list->items[list->count - 1];
	const struct string_list *files;
	const SSL_CTX *ssl_ctx;

	if (listener->context == NULL)
		return 0;
	files = &listener->settings->tls_certificate;
	ssl_ctx = aw_tls_context_get_ssl_ctx(listener->context);
	item->certificates = calloc(files->count, sizeof(*item->certificates));
	if (item->certificates == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		struct observed_certificate *certificate =
		    &item->certificates[item->certificate_count];

		certificate->not_after =
		    (double)tls_certificates_not_after(ssl_ctx, i);
		certificate->file = strdup(files->items[i]);
		if (certificate->file == NULL)
			return -ENOMEM;
		item->certificate_count++;
	}
	return 0;
}

/* What is no more, but has connections. */
static int
add_closing(struct observed_listeners *list,
    const struct observed_listeners *before, const struct listeners *listeners)
{
	int err = 0;

	for (size_t i = 0; before != NULL && i < before->count; i++) {
		const struct observed_listener *item = &before->items[i];

		if (traffic_sum(item->traffic).open > 0 &&
		    listeners_find(listeners, item->traffic->name) == NULL &&
		    err == 0)
			err = add(list, strdup(""), item->traffic, item->tls);
	}
	return err;
}

int
observed_show(struct observed *observed, const struct listeners *listeners)
{
	struct observed_listeners *before = observed->listeners, *list;
	size_t room = listeners->count + (before != NULL ? before->count : 0);
	int err = 0;

	list = calloc(1, sizeof(*list) + room * sizeof(list->items[0]));
	if (list == NULL)
		return -ENOMEM;
	list->references = 1;
	for (size_t i = 0; i < listeners->count && err == 0; i++) {
		const struct listener *listener = &listeners->items[i];

		err = add(list, addresses_of(listener), listener->traffic,
		    listener->tls);
		if (err == 0)
			err = add_certificates(list, listener);
	}
	if (err == 0)
		err = add_closing(list, before, listeners);
	if (err < 0) {
		unref(list);
		return err;
	}
	pthread_mutex_lock(&observed->mutex);
	observed->listeners = list;
	pthread_mutex_unlock(&observed->mutex);
	unref(before);
	return 0;
}

void
observed_init(struct observed *observed)
{
	memset(observed, 0, sizeof(*observed));
	pthread_mutex_init(&observed->mutex, NULL);
	observed->started = time_of_day();
}

void
observed_clear(struct observed *observed)
{
	unref(observed->listeners);
	observed->listeners = NULL;
	pthread_mutex_destroy(&observed->mutex);
}

/* ------------------------------------------------------------------ looking */

void
look_begin(struct look *look, struct observed *observed,
    struct usage_files *files)
{
	memset(look, 0, sizeof(*look));
	look->observed = observed;
	pthread_mutex_lock(&observed->mutex);
	look->listeners = ref(observed->listeners);
	pthread_mutex_unlock(&observed->mutex);
	look->phase = phase_get();
	/* All workers have the same. */
	if (observed->workers[0].limits != NULL)
		limits_get(observed->workers[0].limits, &look->limits);
	usage_get(files, &look->usage);
	look->now = time_of_day();
}

void
look_end(struct look *look)
{
	unref(look->listeners);
}

struct traffic_sum
look_sum(const struct look *look)
{
	struct traffic_sum all = { .open = 0 };

	for (size_t i = 0; i < look->listeners->count; i++) {
		struct traffic_sum one =
		    traffic_sum(look->listeners->items[i].traffic);

		all.open += one.open;
		all.total += one.total;
		all.echoed += one.echoed;
	}
	return all;
}

double
look_standing(const struct look *look, size_t worker)
{
	const struct observed *observed = look->observed;
	double late;

	if (worker < observed->worker_count &&
	    !observed->workers[worker].alone)
		late = worker_waiting(&observed->workers[worker]);
	else
		late = pulse_waiting(observed->pulse);
	/* Being about to turn is not standing. */
	return late > 1 ? late : 0;
}

const char *
look_loop_name(const struct look *look, size_t worker, char *buffer,
    size_t size)
{
	if (worker == look->observed->worker_count)
		snprintf(buffer, size, "main");
	else
		snprintf(buffer, size, "worker %zu", worker);
	return buffer;
}

bool
look_is_alive(const struct look *look, char *text, size_t size)
{
	char name[32];

	for (size_t i = 0; i <= look->observed->worker_count; i++) {
		double standing = look_standing(look, i);

		if (standing < OBSERVED_STANDING)
			continue;
		snprintf(text, size, "the loop \"%s\" has not turned for "
		    "%.1f s", look_loop_name(look, i, name, sizeof(name)),
		    standing);
		return false;
	}
	return true;
}

bool
look_is_ready(const struct look *look, char *text, size_t size)
{
	const struct limits_state *limits = &look->limits;

	if (look->phase != PHASE_SERVING) {
		snprintf(text, size, "%s", phase_name(look->phase));
		return false;
	}
	if (limits->max_connections > 0 &&
	    limits->connections >= limits->max_connections) {
		snprintf(text, size, "full: %llu connections of %llu",
		    (unsigned long long)limits->connections,
		    (unsigned long long)limits->max_connections);
		return false;
	}
	return look_is_alive(look, text, size);
}
