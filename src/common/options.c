/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "options.h"

#include "suggest.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_VALUE 256 /* of an option in getopt's table; above any letter */
#define HELP_COLUMN 26
#define HELP_WIDTH 80
#define DETAIL_SIZE 512

/* getopt_long's view of the rows. */
struct tables {
	struct option *options;
	char *letters;
};

static const struct option_row *
row_of_letter(const struct option_row *rows, size_t count, int letter)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].letter != 0 && rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static const struct option_row *
row_of_value(const struct option_row *rows, size_t count, int value)
{
	if (value >= FIRST_VALUE && (size_t)(value - FIRST_VALUE) < count)
		return &rows[value - FIRST_VALUE];
	return row_of_letter(rows, count, value);
}

static int
argument_kind(const struct option_row *row)
{
	if (row->argument == NULL)
		return no_argument;
	return row->optional ? optional_argument : required_argument;
}

static int
make_tables(const struct option_row *rows, size_t count,
    struct tables *tables)
{
	struct option *option;
	char *letter;

	tables->options = option = calloc(count + 1, sizeof(*option));
	tables->letters = letter = calloc(3 * count + 2, 1);
	if (option == NULL || letter == NULL)
		return -ENOMEM;
	/* A leading ':' tells a missing argument from an unknown option. */
	*letter++ = ':';
	for (size_t i = 0; i < count; i++) {
		if (rows[i].name == NULL)
			continue;
		option->name = rows[i].name;
		option->has_arg = argument_kind(&rows[i]);
		option->val = FIRST_VALUE + (int)i;
		option++;
		if (rows[i].letter == 0)
			continue;
		*letter++ = rows[i].letter;
		for (int colons = argument_kind(&rows[i]); colons > 0; colons--)
			*letter++ = ':';
	}
	return 0;
}

static int
unknown_option(const struct option_row *rows, size_t count, const char *word,
    char *error, size_t error_size)
{
	struct suggestion suggestion;
	char name[64] = "";
	const char *near;

	strncat(name, word + strspn(word, "-"), sizeof(name) - 1);
	name[strcspn(name, "=")] = '\0';
	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < count; i++)
		if (rows[i].name != NULL)
			suggestion_offer(&suggestion, rows[i].name);
	near = suggestion_result(&suggestion);
	if (near != NULL)
		snprintf(error, error_size,
		    "unknown option '--%s'; did you mean '--%s'?", name, near);
	else
		snprintf(error, error_size, "unknown option '--%s'", name);
	return -EINVAL;
}

/* getopt_long answered '?': find out what it did not like. */
static int
bad_option(const struct option_row *rows, size_t count, char **argv,
    char *error, size_t error_size)
{
	const struct option_row *row = row_of_value(rows, count, optopt);
	const char *word = argv[optind - 1];
	size_t length, matches = 0;

	if (row != NULL && strncmp(word, "--", 2) == 0) {
		snprintf(error, error_size, "option '--%s' takes no argument",
		    row->name);
		return -EINVAL;
	}
	if (optopt != 0) {
		snprintf(error, error_size, "unknown option '-%c'", optopt);
		return -EINVAL;
	}
	length = strcspn(word + 2, "=");
	for (size_t i = 0; i < count; i++)
		matches += rows[i].name != NULL &&
		    strncmp(rows[i].name, word + 2, length) == 0;
	if (matches < 2)
		return unknown_option(rows, count, word, error, error_size);
	snprintf(error, error_size, "option '%s' could be one of several",
	    word);
	return -EINVAL;
}

static int
handle_option(const struct option_row *rows, size_t count, int value,
    char **argv, void *target, char *error, size_t error_size)
{
	char detail[DETAIL_SIZE] = "";
	const struct option_row *row;
	int err;

	if (value == '?')
		return bad_option(rows, count, argv, error, error_size);
	row = row_of_value(rows, count, value == ':' ? optopt : value);
	if (value == ':') {
		snprintf(error, error_size, "option '--%s' needs an argument: "
		    "%s", row->name, row->argument);
		return -EINVAL;
	}
	err = row->handle(row, optarg, (char *)target + row->offset, detail,
	    sizeof(detail));
	if (err < 0)
		snprintf(error, error_size, "--%s: %s", row->name,
		    detail[0] != '\0' ? detail : strerror(-err));
	return err;
}

int
options_parse(const struct option_row *rows, size_t count, int argc,
    char **argv, void *target, char *error, size_t error_size)
{
	struct tables tables = { NULL, NULL };
	int err, value;

	err = make_tables(rows, count, &tables);
	if (err < 0) {
		snprintf(error, error_size, "%s", strerror(-err));
		goto out;
	}
	opterr = 0;
	optind = 0; /* as if for the first time */
	for (;;) {
		value = getopt_long(argc, argv, tables.letters, tables.options,
		    NULL);
		if (value < 0)
			break;
		err = handle_option(rows, count, value, argv, target, error,
		    error_size);
		if (err < 0)
			goto out;
	}
	err = optind;
out:
	free(tables.options);
	free(tables.letters);
	return err;
}

/* Prints words from column on, and begins new lines at HELP_COLUMN. */
static void
print_wrapped(FILE *file, const char *text, int column)
{
	while (*text != '\0') {
		int length = (int)strcspn(text, " ");

		if (column + 1 + length > HELP_WIDTH) {
			fprintf(file, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			fputc(' ', file);
			column++;
		}
		fprintf(file, "%.*s", length, text);
		column += length;
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', file);
}

static void
print_row(FILE *file, const struct option_row *row)
{
	char letter[] = { '-', row->letter, ',', ' ', '\0' };
	int column;

	column = fprintf(file, "  %s--%s", row->letter ? letter : "    ",
	    row->name);
	if (row->argument != NULL)
		column += fprintf(file, row->optional ? "[=%s]" : "=%s",
		    row->argument);
	if (column > HELP_COLUMN - 2) {
		fputc('\n', file);
		column = 0;
	}
	fprintf(file, "%*s", HELP_COLUMN - column, "");
	print_wrapped(file, row->help, HELP_COLUMN);
}

void
options_print_help(FILE *file, const struct option_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].name == NULL)
			fprintf(file, "%s%s\n", i > 0 ? "\n" : "",
			    rows[i].help);
		else
			print_row(file, &rows[i]);
	}
}
