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

static void
drop(aw_tls_context **contexts, size_t count)
{
	for (size_t i = 0; contexts != NULL && i < count; i++)
		aw_tls_context_unref(contexts[i]);
	free(contexts);
}

/* A context a listener, for whose tickets tls may be NULL; or NULL. */
static aw_tls_context **
make(const struct settings *settings, struct tls *tls,
    const struct manner *manner)
{
	size_t count = settings->section_count, errors = 0;
	aw_tls_context **contexts = calloc(count, sizeof(*contexts));

	if (contexts == NULL) {
		manner->error("out of memory", manner->arg);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		struct tls_report report = {
			.settings = settings,
			.section = &settings->sections[i],
			.strict = manner->strict,
			.error = manner->error,
			.warning = manner->warning,
			.arg = manner->arg,
		};

		if (config_listener(settings, i)->tls)
			contexts[i] = tls_context_new(&report, tls != NULL ?
			    &tls->listeners[i].tickets : NULL);
		errors += report.errors;
	}
	if (errors == 0)
		return contexts;
	drop(contexts, count);
	return NULL;
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
	aw_tls_context **contexts = make(settings, NULL, &manner);

	if (contexts == NULL)
		return -EINVAL;
	drop(contexts, settings->section_count);
	return 0;
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

/* Puts new contexts in the places of the old ones, and frees the array. */
static void
put(struct tls *tls, aw_tls_context **contexts)
{
	pthread_mutex_lock(&tls->mutex);
	for (size_t i = 0; i < tls->count; i++) {
		aw_tls_context *old = tls->listeners[i].context;

		tls->listeners[i].context = contexts[i];
		contexts[i] = old;
	}
	pthread_mutex_unlock(&tls->mutex);
	drop(contexts, tls->count);
}

int
tls_open(struct tls *tls, const struct settings *settings)
{
	const struct manner manner = {
		.error = report_error,
		.warning = report_warning,
	};
	aw_tls_context **contexts;

	memset(tls, 0, sizeof(*tls));
	tls->listeners = calloc(settings->section_count,
	    sizeof(*tls->listeners));
	if (tls->listeners == NULL) {
		log_error("out of memory");
		return -ENOMEM;
	}
	pthread_mutex_init(&tls->mutex, NULL);
	tls->count = settings->section_count;
	for (size_t i = 0; i < tls->count; i++) {
		tls_tickets_init(&tls->listeners[i].tickets,
		    config_listener(settings, i)->tls_ticket_interval);
		tls_statistics_init(&tls->listeners[i].statistics,
		    settings->sections[i].name);
	}
	contexts = make(settings, tls, &manner);
	if (contexts != NULL) {
		put(tls, contexts);
		return 0;
	}
	tls_close(tls);
	return -EINVAL;
}

int
tls_reload(struct tls *tls, const struct settings *settings, size_t *count)
{
	const struct manner manner = {
		.strict = true,
		.error = report_error,
		.warning = report_warning,
	};
	aw_tls_context **contexts = make(settings, tls, &manner);

	if (contexts == NULL)
		return -EINVAL;
	*count = 0;
	for (size_t i = 0; i < tls->count; i++)
		*count += contexts[i] != NULL;
	put(tls, contexts);
	return 0;
}

aw_tls_context *
tls_get(struct tls *tls, size_t i)
{
	aw_tls_context *context;

	pthread_mutex_lock(&tls->mutex);
	context = aw_tls_context_ref(tls->listeners[i].context);
	pthread_mutex_unlock(&tls->mutex);
	return context;
}

void
tls_rotate(struct tls *tls)
{
	double now = tls_tickets_now();

	for (size_t i = 0; i < tls->count; i++)
		if (tls->listeners[i].context != NULL)
			tls_tickets_rotate(&tls->listeners[i].tickets, now);
}

double
tls_rotation(const struct tls *tls)
{
	double seconds = 0;

	for (size_t i = 0; i < tls->count; i++) {
		const struct tls_listener *listener = &tls->listeners[i];

		if (listener->context != NULL && (!(seconds > 0) ||
		    listener->tickets.interval < seconds))
			seconds = listener->tickets.interval;
	}
	return seconds;
}

void
tls_log_statistics(struct tls *tls)
{
	for (size_t i = 0; i < tls->count; i++)
		tls_statistics_log(&tls->listeners[i].statistics);
}

void
tls_close(struct tls *tls)
{
	for (size_t i = 0; i < tls->count; i++) {
		aw_tls_context_unref(tls->listeners[i].context);
		tls_tickets_clear(&tls->listeners[i].tickets);
	}
	if (tls->listeners != NULL)
		pthread_mutex_destroy(&tls->mutex);
	free(tls->listeners);
	memset(tls, 0, sizeof(*tls));
}
