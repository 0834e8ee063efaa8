/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "configuration.h"

#include "tls_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 1024
#define DEFAULT_ORIGIN "defaults"

struct loading {
	struct settings *settings;
	settings_report *report;
	void *report_arg;
	int err;
};

static void
fail(struct loading *loading, const char *message)
{
	loading->report(message, loading->report_arg);
	loading->err = -EINVAL;
}

bool
config_is_default(const struct settings_section *section)
{
	return strcmp(section->origin, DEFAULT_ORIGIN) == 0;
}

const struct listener_settings *
config_listener(const struct settings *settings, size_t i)
{
	return settings->sections[i].values;
}

/* A setting that an option sets; text is NULL if the option isn't there. */
static void
override(struct loading *loading, const char *option, const char *name,
    const char *text)
{
	char error[MESSAGE_SIZE], message[MESSAGE_SIZE + 64];
	const char *detail = error;

	if (text == NULL || settings_set(loading->settings, NULL, name, &text,
	    1, error, sizeof(error)) == 0)
		return;
	/* The option's name says more than the setting's. */
	if (strncmp(error, name, strlen(name)) == 0)
		detail = error + strlen(name);
	snprintf(message, sizeof(message), "%s%s", option, detail);
	fail(loading, message);
}

static const struct settings_section *
add_listener(struct loading *loading, const char *name, const char *origin)
{
	struct settings *settings = loading->settings;
	char error[MESSAGE_SIZE];

	if (settings_add_section(settings, name, origin, error,
	    sizeof(error)) == 0)
		return &settings->sections[settings->section_count - 1];
	fail(loading, error);
	return NULL;
}

static void
add_command_line(struct loading *loading, const struct listen_texts *listen)
{
	char error[MESSAGE_SIZE], message[MESSAGE_SIZE + 64];
	const struct settings_section *section;
	const char *detail;

	section = add_listener(loading, COMMAND_LINE_LISTENER, "--listen");
	if (section == NULL || settings_set(loading->settings, section,
	    "listen", listen->texts, listen->count, error, sizeof(error)) == 0)
		return;
	detail = strstr(error, "listen: ");
	snprintf(message, sizeof(message), "--%s",
	    detail != NULL ? detail : error);
	fail(loading, message);
}

static void
check_listener(struct loading *loading, size_t i)
{
	const struct settings_section *section =
	    &loading->settings->sections[i];
	const struct listener_settings *values = section->values;
	struct tls_report report = {
		.settings = loading->settings,
		.section = section,
		.error = loading->report,
		.warning = loading->report,
		.arg = loading->report_arg,
	};
	char message[MESSAGE_SIZE];

	tls_check(&report);
	if (report.errors > 0)
		loading->err = -EINVAL;
	if (values->low_water > values->high_water) {
		snprintf(message, sizeof(message),
		    "%s: listener \"%s\": low_water is above high_water",
		    section->origin, section->name);
		fail(loading, message);
	}
}

/* Whether two entries can't both be bound, as far as the texts tell. */
static bool
is_twin(const struct address *one, const struct address *other)
{
	return address_same(one, other) &&
	    (one->kind == ADDRESS_UNIX || one->port != 0);
}

static void
check_twins(struct loading *loading, size_t i, size_t j)
{
	const struct settings *settings = loading->settings;
	const struct address_list *mine = &config_listener(settings, i)->listen;
	const struct address_list *other =
	    &config_listener(settings, j)->listen;
	char message[MESSAGE_SIZE], text[ADDRESS_TEXT_SIZE];

	for (size_t a = 0; a < mine->count; a++)
		for (size_t b = 0; b < (i == j ? a : other->count); b++) {
			if (!is_twin(&mine->items[a], &other->items[b]))
				continue;
			snprintf(message, sizeof(message), "%s: listener "
			    "\"%s\": %s is there already, in listener \"%s\"",
			    settings->sections[i].origin,
			    settings->sections[i].name,
			    address_text(&mine->items[a], text, sizeof(text)),
			    settings->sections[j].name);
			fail(loading, message);
		}
}

/* The addresses of admin must not be a listener's, or be there twice. */
static void
check_admin(struct loading *loading, const struct address_list *others,
    bool itself, const char *whose)
{
	const struct settings *settings = loading->settings;
	const struct global_settings *global = settings->global;
	const struct address_list *mine = &global->admin;
	char message[MESSAGE_SIZE], text[ADDRESS_TEXT_SIZE], origin[512];

	settings_origin(settings, NULL, "admin", origin, sizeof(origin));
	for (size_t a = 0; a < mine->count; a++)
		for (size_t b = 0; b < (itself ? a : others->count); b++) {
			if (!is_twin(&mine->items[a], &others->items[b]))
				continue;
			snprintf(message, sizeof(message), "%s: admin: %s is "
			    "there already, in %s", origin, address_text(
			    &mine->items[a], text, sizeof(text)), whose);
			fail(loading, message);
		}
}

static void
check(struct loading *loading)
{
	const struct global_settings *global = loading->settings->global;

	check_admin(loading, &global->admin, true, "admin");
	for (size_t i = 0; i < loading->settings->section_count; i++) {
		check_listener(loading, i);
		check_admin(loading,
		    &config_listener(loading->settings, i)->listen, false,
		    "a listener");
		for (size_t j = 0; j <= i; j++)
			check_twins(loading, i, j);
	}
}

static void
load(struct loading *loading, const struct arguments *arguments)
{
	struct settings *settings = loading->settings;

	/* A file with errors leaves nothing that could be checked further. */
	if (arguments->config != NULL)
		loading->err = settings_read_file(settings, arguments->config,
		    loading->report, loading->report_arg);
	override(loading, "--workers", "workers", arguments->workers);
	override(loading, "--log-level", "log_level", arguments->log_level);
	override(loading, "--pidfile", "pidfile", arguments->pidfile);
	if (arguments->listen.count > 0)
		add_command_line(loading, &arguments->listen);
	else if (settings->section_count == 0)
		add_listener(loading, DEFAULT_LISTENER, DEFAULT_ORIGIN);
	if (loading->err == 0)
		check(loading);
}

struct settings *
config_load(const struct arguments *arguments, settings_report *report,
    void *arg)
{
	struct loading loading = { .report = report, .report_arg = arg };
	char error[MESSAGE_SIZE];

	loading.settings = settings_new(&echod_settings, error, sizeof(error));
	if (loading.settings == NULL) {
		report(error, arg);
		return NULL;
	}
	load(&loading, arguments);
	if (loading.err < 0) {
		settings_free(loading.settings);
		return NULL;
	}
	return loading.settings;
}
