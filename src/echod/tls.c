/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls.h"

#include "common/log.h"
#include "configuration.h"
#include "tls_context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where what is wrong goes, and how much of it is an error. */
struct manner {
	bool strict;
	settings_report *error;
	settings_report *warning;
	void *arg;
};

/* ------------------------------------------------------- what has a name */

static struct tls_listener *
new_listener(const char *name, double interval)
{
	struct tls_listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL)
		return NULL;
	listener->name = strdup(name);
	if (listener->name == NULL) {
		free(listener);
		return NULL;
	}
	atomic_init(&listener->references, 1);
	tls_tickets_init(&listener->tickets, interval);
	tls_statistics_init(&listener->statistics, listener->name);
	return listener;
}

struct tls_listener *
tls_listener_ref(struct tls_listener *listener)
{
	if (listener != NULL)
		atomic_fetch_add(&listener->references, 1);
	return listener;
}

void
tls_listener_unref(struct tls_listener *listener)
{
	if (listener == NULL || atomic_fetch_sub(&listener->references, 1) > 1)
		return;
	tls_tickets_clear(&listener->tickets);
	free(listener->name);
	free(listener);
}

static struct tls_listener *
find_or_make(const struct listener *listener, const struct listeners *old)
{
	const struct listener *before = old != NULL ?
	    listeners_find(old, listener->name) : NULL;

	if (before != NULL && before->tls != NULL)
		return tls_listener_ref(before->tls);
	return new_listener(listener->name,
	    listener->settings->tls_ticket_interval);
}

/* ----------------------------------------------------------- the contexts */

/* NULL if there are errors, which were reported and are counted. */
static aw_tls_context *
make(const struct settings *settings, size_t i, struct tls_tickets *tickets,
    const struct manner *manner, size_t *errors)
{
	struct tls_report report = {
		.settings = settings,
		.section = &settings->sections[i],
		.strict = manner->strict,
		.error = manner->error,
		.warning = manner->warning,
		.arg = manner->arg,
	};
	aw_tls_context *context = tls_context_new(&report, tickets);

	*errors += report.errors;
	return context;
}

int
tls_check_files(const struct settings *settings, settings_report *error,
    settings_report *warning, void *arg)
{
	const struct manner manner = {
		.strict = true,
		.error = error,
		.warning = warning,
		.arg = arg,
	};
	size_t errors = 0;

	for (size_t i = 0; i < settings->section_count; i++)
		if (config_listener(settings, i)->tls)
			aw_tls_context_unref(make(settings, i, NULL, &manner,
			    &errors));
	return errors > 0 ? -EINVAL : 0;
}

static void
report_error(const char *message, void *arg)
{
	(void)arg;
	log_error("%s", message);
}

static void
report_warning(const char *message, void *arg)
{
	(void)arg;
	log_warning("%s", message);
}

int
tls_open(struct listeners *listeners, const struct settings *settings,
    const struct listeners *old)
{
	const struct manner manner = {
		.strict = old != NULL,
		.error = report_error,
		.warning = report_warning,
	};
	size_t errors = 0;

	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		if (!listener->settings->tls)
			continue;
		listener->tls = find_or_make(listener, old);
		if (listener->tls == NULL) {
			log_error("out of memory");
			errors++;
			continue;
		}
		listener->context = make(settings, i, &listener->tls->tickets,
		    &manner, &errors);
	}
	if (errors == 0)
		return 0;
	tls_close(listeners);
	return -EINVAL;
}

void
tls_take_up(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->items[i];

		if (listener->tls != NULL)
			tls_tickets_set_interval(&listener->tls->tickets,
			    listener->settings->tls_ticket_interval);
	}
}

void
tls_close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		aw_tls_context_unref(listener->context);
		listener->context = NULL;
		tls_listener_unref(listener->tls);
		listener->tls = NULL;
	}
}

size_t
tls_count(const struct listeners *listeners)
{
	size_t count = 0;

	for (size_t i = 0; i < listeners->count; i++)
		count += listeners->items[i].context != NULL;
	return count;
}

/* ------------------------------------------------------ tickets and numbers */

void
tls_rotate(const struct listeners *listeners)
{
	double now = tls_tickets_now();

	for (size_t i = 0; i < listeners->count; i++)
		if (listeners->items[i].tls != NULL)
			tls_tickets_rotate(&listeners->items[i].tls->tickets,
			    now);
}

double
tls_rotation(const struct listeners *listeners)
{
	double seconds = 0;

	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->items[i];
		double interval = listener->settings->tls_ticket_interval;

		if (listener->tls != NULL &&
		    (!(seconds > 0) || interval < seconds))
			seconds = interval;
	}
	return seconds;
}

void
tls_log_statistics(const struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (listeners->items[i].tls != NULL)
			tls_statistics_log(&listeners->items[i].tls->statistics);
}
