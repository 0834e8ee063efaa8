/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "load/hdr_log.h"

/* The longest line with a histogram, with room for its other columns. */
#define LINE_SIZE (HDR_LOG_TEXT_MOST + 1024)
/* Times that are this much before the log are meant to be relative to it. */
#define YEAR (365 * 86400.0)

int
hdr_log_read_begin(struct hdr_log_reader *reader, FILE *file)
{
	*reader = (struct hdr_log_reader){
		.file = file,
		.text = malloc(LINE_SIZE),
	};
	return reader->text != NULL ? 0 : -ENOMEM;
}

void
hdr_log_read_end(struct hdr_log_reader *reader)
{
	free(reader->text);
	reader->text = NULL;
}

__attribute__((format(printf, 4, 5)))
static int
fail(const struct hdr_log_reader *reader, char *error, size_t error_size,
    const char *format, ...)
{
	va_list arguments;
	int used;

	used = snprintf(error, error_size, "line %lu: ", reader->line);
	va_start(arguments, format);
	if ((size_t)used < error_size)
		vsnprintf(error + used, error_size - (size_t)used, format,
		    arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Returns 1, 0 if the file is at its end, or an error. */
static int
read_line(struct hdr_log_reader *reader, char *error, size_t error_size)
{
	size_t length = 0;
	int byte;

	reader->line++;
	errno = 0;
	while ((byte = getc_unlocked(reader->file)) != EOF && byte != '\n') {
		if (byte == '\0')
			return fail(reader, error, error_size,
			    "there is a byte of 0; expected text");
		if (length == LINE_SIZE - 1)
			return fail(reader, error, error_size,
			    "it is too long for a histogram");
		reader->text[length++] = (char)byte;
	}
	if (length > 0 && reader->text[length - 1] == '\r')
		length--;
	reader->text[length] = '\0';
	if (byte == EOF && ferror(reader->file)) {
		byte = errno != 0 ? errno : EIO;
		fail(reader, error, error_size, "%s", strerror(byte));
		return -byte;
	}
	return byte != EOF || length > 0;
}

/*
 * Seconds or milliseconds at the text, which moves on behind them.  Returns
 * false if there are none.
 */
static bool
read_number(const char **text, double *number)
{
	size_t digits = strspn(*text, "0123456789.");
	char *end;

	*number = strtod(*text, &end);
	if (digits == 0 || end != *text + digits || *number > 1e15)
		return false;
	*text = end;
	return true;
}

/* "#[NAME: SECONDS (seconds since epoch)...", or another comment. */
static int
read_comment(struct hdr_log_reader *reader, char *error, size_t error_size)
{
	static const char *const names[] = { "#[StartTime: ", "#[BaseTime: " };
	bool *const has[] = { &reader->has_started, &reader->has_base };
	double *const numbers[] = { &reader->started, &reader->base };
	const char *text;

	for (size_t i = 0; i < 2; i++) {
		if (strncmp(reader->text, names[i], strlen(names[i])) != 0)
			continue;
		text = reader->text + strlen(names[i]);
		if (!read_number(&text, numbers[i]) || *text != ' ')
			return fail(reader, error, error_size,
			    "expected %sSECONDS (seconds since epoch)...]",
			    names[i]);
		*has[i] = true;
	}
	return 0;
}

static int
read_tag(struct hdr_log_reader *reader, const char **text,
    struct hdr_log_entry *entry, char *error, size_t error_size)
{
	const char *tag;
	size_t length, i;

	entry->tag[0] = '\0';
	if (strncmp(*text, "Tag=", 4) != 0)
		return 0;
	tag = *text + 4;
	length = strcspn(tag, ",");
	/* It may be shown on a terminal. */
	for (i = 0; i < length && !iscntrl((unsigned char)tag[i]); i++)
		;
	if (length >= sizeof(entry->tag) || i < length || tag[i] == '\0')
		return fail(reader, error, error_size, "expected a tag of at "
		    "most %zu characters, and a comma after it",
		    sizeof(entry->tag) - 1);
	memcpy(entry->tag, tag, length);
	entry->tag[length] = '\0';
	*text = tag + length + 1;
	return 0;
}

static int
read_numbers(struct hdr_log_reader *reader, const char **text,
    struct hdr_log_entry *entry, char *error, size_t error_size)
{
	static const char *const names[] = { "when the interval began",
	    "how long it was", "its greatest value" };
	double *const numbers[] = { &entry->start, &entry->seconds,
	    &entry->most };

	for (size_t i = 0; i < 3; i++) {
		if (!read_number(text, numbers[i]) || **text != ',')
			return fail(reader, error, error_size,
			    "expected %s, a number and a comma", names[i]);
		++*text;
	}
	return 0;
}

/* What the times are relative to, if the log does not say so. */
static void
guess_base(struct hdr_log_reader *reader, double start)
{
	if (!reader->has_started)
		reader->started = start;
	reader->has_started = true;
	if (!reader->has_base && start < reader->started - YEAR)
		reader->base = reader->started;
	reader->has_base = true;
}

static int
read_interval(struct hdr_log_reader *reader, struct hdr_log_entry *entry,
    struct histogram *histogram, char *error, size_t error_size)
{
	const char *text = reader->text;
	char wrong[256];
	int err;

	err = read_tag(reader, &text, entry, error, error_size);
	if (err == 0)
		err = read_numbers(reader, &text, entry, error, error_size);
	if (err < 0)
		return err;
	guess_base(reader, entry->start);
	entry->start += reader->base;
	err = hdr_log_decode(text, strlen(text), histogram, wrong,
	    sizeof(wrong));
	if (err < 0)
		fail(reader, error, error_size, "%s", wrong);
	return err < 0 ? err : 1;
}

int
hdr_log_read(struct hdr_log_reader *reader, struct hdr_log_entry *entry,
    struct histogram *histogram, char *error, size_t error_size)
{
	int result;

	while ((result = read_line(reader, error, error_size)) > 0) {
		if (reader->text[0] == '#')
			result = read_comment(reader, error, error_size);
		else if (reader->text[0] != '"' && reader->text[0] != '\0')
			return read_interval(reader, entry, histogram, error,
			    error_size);
		if (result < 0)
			break;
	}
	return result;
}
