/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_report.h"

#include <stdarg.h>
#include <stdio.h>

const struct listener_settings *
tls_report_values(const struct tls_report *report)
{
	return report->section->values;
}

static void __attribute__((format(printf, 4, 0)))
say(struct tls_report *report, bool is_error, const char *setting,
    const char *format, va_list list)
{
	char origin[512], text[1024], message[2048];

	vsnprintf(text, sizeof(text), format, list);
	snprintf(message, sizeof(message), "%s: listener \"%s\": %s: %s",
	    settings_origin(report->settings, report->section, setting, origin,
	    sizeof(origin)), report->section->name, setting, text);
	if (is_error)
		report->errors++;
	(is_error ? report->error : report->warning)(message, report->arg);
}

void
tls_report_error(struct tls_report *report, const char *setting,
    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(report, true, setting, format, list);
	va_end(list);
}

void
tls_report_warning(struct tls_report *report, const char *setting,
    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(report, false, setting, format, list);
	va_end(list);
}

void
tls_report_doubt(struct tls_report *report, const char *setting,
    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(report, report->strict, setting, format, list);
	va_end(list);
}
