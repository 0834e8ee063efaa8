/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log_line.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

const char *const log_level_names[] = {
	"error", "warning", "notice", "info", "debug", NULL
};

const char *const log_format_names[] = { "text", "logfmt", NULL };

static const int priorities[] = {
	LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG
};

/* Where the line goes on, and where it has to end. */
struct output {
	char *at;
	char *end;
	enum log_format format;
};

static void
put(struct output *output, const char *bytes, size_t length)
{
	size_t room = (size_t)(output->end - output->at);

	if (length > room)
		length = room;
	memcpy(output->at, bytes, length);
	output->at += length;
}

static void
put_text(struct output *output, const char *text)
{
	put(output, text, strlen(text));
}

static bool
is_printable(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f;
}

static bool
is_plain(unsigned char byte, bool quoted)
{
	return is_printable(byte) && byte != '\\' && (!quoted || byte != '"');
}

static void
put_escape(struct output *output, unsigned char byte)
{
	char text[8];

	if (is_printable(byte))
		snprintf(text, sizeof(text), "\\%c", byte);
	else
		snprintf(text, sizeof(text), output->format ==
		    LOG_FORMAT_LOGFMT ? "\\u00%02x" : "\\x%02x", byte);
	/* It is whole or not there. */
	if ((size_t)(output->end - output->at) >= strlen(text))
		put_text(output, text);
}

static void
put_escaped(struct output *output, const char *text, bool quoted)
{
	const char *end = text + strnlen(text, LOG_MESSAGE_MAX);

	while (text < end) {
		const char *plain = text;

		while (text < end && is_plain((unsigned char)*text, quoted))
			text++;
		put(output, plain, (size_t)(text - plain));
		if (text < end)
			put_escape(output, (unsigned char)*text++);
	}
}

/* Whether a value can't stand without quotes. */
static bool
needs_quotes(const char *text)
{
	if (*text == '\0')
		return true;
	for (; *text != '\0'; text++)
		if (!is_printable((unsigned char)*text) ||
		    strchr(" \"=\\", *text) != NULL)
			return true;
	return false;
}

static void
put_value(struct output *output, const char *text)
{
	bool quoted = needs_quotes(text);

	if (quoted)
		put_text(output, "\"");
	put_escaped(output, text, quoted);
	if (quoted)
		put_text(output, "\"");
}

static void
put_field(struct output *output, const struct log_field *field)
{
	char number[64];

	if (field->type == LOG_FIELD_TEXT && field->text == NULL)
		return;
	put_text(output, " ");
	put_text(output, field->name);
	put_text(output, "=");
	switch (field->type) {
	case LOG_FIELD_TEXT:
		put_value(output, field->text);
		return;
	case LOG_FIELD_NUMBER:
		snprintf(number, sizeof(number), "%" PRIu64, field->number);
		break;
	case LOG_FIELD_SECONDS:
		snprintf(number, sizeof(number), "%.6f", field->seconds);
		break;
	}
	put_text(output, number);
}

/* The time in UTC, with milliseconds. */
static void
put_time(struct output *output)
{
	struct timespec now;
	struct tm tm;
	char text[64];
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + length, sizeof(text) - length, ".%03ldZ",
	    now.tv_nsec / 1000000);
	put_text(output, text);
}

/* The head of RFC 3164: priority, local time, program. */
static void
put_syslog_head(struct output *output, const char *program,
    enum log_level level)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm;
	char text[128];

	localtime_r(&now, &tm);
	snprintf(text, sizeof(text), "<%d>%s %2d %02d:%02d:%02d %.32s[%ld]: ",
	    LOG_DAEMON | priorities[level], months[tm.tm_mon], tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, program, (long)getpid());
	put_text(output, text);
}

static void
put_head(struct output *output, const struct log_style *style,
    enum log_level level)
{
	char priority[8];

	switch (style->reader) {
	case LOG_READER_JOURNAL:
		snprintf(priority, sizeof(priority), "<%d>",
		    priorities[level]);
		put_text(output, priority);
		return;
	case LOG_READER_SYSLOG:
		put_syslog_head(output, style->program, level);
		return;
	case LOG_READER_STREAM:
		if (style->format == LOG_FORMAT_LOGFMT)
			put_text(output, "time=");
		put_time(output);
		put_text(output, " ");
		return;
	}
}

/* journald and syslog have the level from the head. */
static void
put_message(struct output *output, const struct log_style *style,
    enum log_level level, const char *message)
{
	if (style->format == LOG_FORMAT_LOGFMT) {
		put_text(output, "level=");
		put_text(output, log_level_names[level]);
		put_text(output, " msg=");
		put_value(output, message);
		return;
	}
	if (style->reader == LOG_READER_STREAM) {
		put_text(output, log_level_names[level]);
		put_text(output, ": ");
	}
	put_escaped(output, message, false);
}

size_t
log_line(char *line, const struct log_style *style, enum log_level level,
    const char *message, const struct log_field *fields, size_t count)
{
	struct output output = {
		.at = line,
		.end = line + LOG_LINE_MAX - 1,
		.format = style->format,
	};

	put_head(&output, style, level);
	put_message(&output, style, level, message);
	for (size_t i = 0; i < count; i++)
		put_field(&output, &fields[i]);
	*output.at++ = '\n';
	return (size_t)(output.at - line);
}

size_t
log_line_count(const char *data, size_t length)
{
	const char *end = data + length;
	size_t count = 0;

	while ((data = memchr(data, '\n', (size_t)(end - data))) != NULL) {
		count++;
		data++;
	}
	return count;
}
