/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* Errors and the first difference; texts of any length. */
#include "report_text_parts.h"

#include <ctype.h>
#include <string.h>

#include "format.h"

/* How much of the text goes into a line: to a space, if there is one. */
static size_t
line_length(const char *text, size_t width)
{
	size_t length = strlen(text);
	size_t at = width;

	if (length <= width)
		return length;
	while (at > 0 && text[at] != ' ')
		at--;
	if (at > 0)
		return at;
	/* Between the bytes of a character is no place to break. */
	for (at = width; at > 1 && ((unsigned char)text[at] & 0xc0) == 0x80;)
		at--;
	return at;
}

/* What is not printable may be a command to the terminal. */
static void
print_safely(FILE *file, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		fputc(iscntrl((unsigned char)text[i]) ? '?' : text[i], file);
}

void
report_text_wrap(FILE *file, int indent, const char *text)
{
	size_t width = (size_t)(REPORT_TEXT_COLUMNS - indent);
	size_t length = line_length(text, width);

	print_safely(file, text, length);
	fputc('\n', file);
	while (text[length] != '\0') {
		text += length;
		while (*text == ' ')
			text++;
		length = line_length(text, width);
		fprintf(file, "%*s", indent, "");
		print_safely(file, text, length);
		fputc('\n', file);
	}
}

static void
print_error(FILE *file, const struct load_error *error)
{
	char text[sizeof(error->text) + 128];

	fprintf(file, "%11s  ", COUNT_TEXT(error->count));
	snprintf(text, sizeof(text), "%s (first on connection %s, after %s)",
	    error->text, COUNT_TEXT(error->connection),
	    TIME_TEXT(error->seconds * 1e9));
	report_text_wrap(file, 13, text);
}

/* The sum of a kind, of which not all texts may have been kept. */
static void
print_kind(FILE *file, const struct load_result *result, size_t kind)
{
	uint64_t count = result->total->counters[kind];
	bool told = false;

	for (size_t i = 0; i < result->error_kinds &&
	    i < LOAD_ERRORS_KEPT; i++) {
		if (result->errors[i].kind != kind)
			continue;
		if (!told)
			fprintf(file, "\n%s: %s\n",
			    statistics_counters[kind].help, COUNT_TEXT(count));
		told = true;
		print_error(file, &result->errors[i]);
	}
	if (!told && count > 0 && kind >= COUNT_CONNECT_ERRORS)
		fprintf(file, "\n%s: %s\n", statistics_counters[kind].help,
		    COUNT_TEXT(count));
}

void
report_text_errors(FILE *file, const struct load_result *result)
{
	for (size_t kind = 0; kind < COUNT_KINDS; kind++)
		print_kind(file, result, kind);
	if (!result->difference.found)
		return;
	fputs("\nfirst difference\n  ", file);
	report_text_wrap(file, 2, result->difference.text);
}
