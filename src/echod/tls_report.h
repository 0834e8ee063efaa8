/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is wrong with the TLS settings of a listener, said with the file, line
 * and name of the setting.
 */
#ifndef ECHOD_TLS_REPORT_H
#define ECHOD_TLS_REPORT_H

#include "settings_table.h"

#include <stdbool.h>

struct tls_report {
	const struct settings *settings;
	const struct settings_section *section;
	/* What one can do with for a while is an error as well. */
	bool strict;
	settings_report *error;
	settings_report *warning;
	void *arg;     /* of both */
	size_t errors; /* so far */
};

/* The values of the listener that it is about. */
const struct listener_settings *tls_report_values(
    const struct tls_report *report);

/* These take a text like printf's. */
void tls_report_error(struct tls_report *report, const char *setting,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void tls_report_warning(struct tls_report *report, const char *setting,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A warning, or if it is strict an error. */
void tls_report_doubt(struct tls_report *report, const char *setting,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
