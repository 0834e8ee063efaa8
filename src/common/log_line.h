/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One line of the log: what it says, and how that is written.
 *
 * A line has a level, a message and fields.  As text it is
 *     2026-11-22T06:00:00.000Z info: closed listener=main connection=7
 * and as logfmt
 *     time=2026-11-22T06:00:00.000Z level=info msg=closed listener=main ...
 * where a value stands in double quotes if it is empty or has other bytes than
 * printable ones, or one of those that have a meaning.  Before it comes what
 * the reader of the log needs: nothing in a file or a terminal, the priority
 * for journald ("<6>", and no time), the head of RFC 3164 for syslog.
 *
 * Bytes that could confuse a terminal or a reader of logs are escaped: \xNN in
 * text, \u00NN in logfmt, whose parsers know that; a backslash is doubled.
 */
#ifndef COMMON_LOG_LINE_H
#define COMMON_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* The names of the levels in the order of the enum, then NULL. */
extern const char *const log_level_names[];

enum log_format {
	LOG_FORMAT_TEXT,
	LOG_FORMAT_LOGFMT,
};

/* Likewise. */
extern const char *const log_format_names[];

/* Who reads the lines. */
enum log_reader {
	LOG_READER_STREAM,  /* people, and programs that read files */
	LOG_READER_JOURNAL, /* journald, behind standard error */
	LOG_READER_SYSLOG,  /* a syslog daemon */
};

struct log_style {
	enum log_reader reader;
	enum log_format format;
	const char *program; /* its name, for syslog */
};

enum log_field_type {
	LOG_FIELD_TEXT,
	LOG_FIELD_NUMBER,
	LOG_FIELD_SECONDS,
};

struct log_field {
	const char *name;
	enum log_field_type type;
	union {
		const char *text; /* NULL leaves the field out */
		uint64_t number;
		double seconds;
	};
};

#define LOG_TEXT(key, value) \
	{ .name = (key), .type = LOG_FIELD_TEXT, .text = (value) }
#define LOG_NUMBER(key, value) \
	{ .name = (key), .type = LOG_FIELD_NUMBER, .number = (value) }
#define LOG_SECONDS(key, value) \
	{ .name = (key), .type = LOG_FIELD_SECONDS, .seconds = (value) }

/* Room for a line with its end; what does not fit is cut. */
#define LOG_LINE_MAX 12288
/* Bytes of a message, or of a field's text, that are written. */
#define LOG_MESSAGE_MAX 2000

/*
 * Writes a line that ends in a line feed, and has no other, into line, which
 * has room for LOG_LINE_MAX.  Returns its length.  For any thread; allocates
 * nothing.
 */
size_t log_line(char *line, const struct log_style *style,
    enum log_level level, const char *message, const struct log_field *fields,
    size_t count);

/* How many lines end in these bytes. */
size_t log_line_count(const char *data, size_t length);

#endif
