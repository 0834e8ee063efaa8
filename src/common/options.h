/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Command line options as rows of a table.  getopt_long's tables, --help and
 * every error come from it, so an option is added by adding a row.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_row;

/*
 * Stores or does what the option asks for.  value is NULL if the option is there
 * without an argument; target points into the caller's struct, at the row's offset.
 * Returns 0, or a negative error with its text in error: what was expected,
 * without the option's name.
 */
typedef int option_handler(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size);

struct option_row {
	const char *name;     /* the long name; NULL for a heading in --help */
	char letter;          /* the short one, or 0 */
	const char *argument; /* what --help calls it; NULL if it takes none */
	bool optional;        /* the argument: only --name=VALUE has one */
	const char *help;     /* one sentence, without a full stop */
	option_handler *handle;
	size_t offset;        /* of the target in the caller's struct */
	/* Of numbers, in the handler's own notation; NULL is no bound. */
	const char *lowest;
	const char *highest;
	/* Of options_store_choice: the words, then NULL. */
	const char *const *choices;
};

/* The row of --help, for a bool at the offset. */
#define OPTIONS_HELP_ROW(at) \
	{ .name = "help", .letter = 'h', .help = "print this and exit", \
	    .handle = options_store_true, .offset = at }

/* Handlers for the usual targets. */
option_handler options_store_true;     /* bool; takes no argument */
option_handler options_store_string;   /* const char *: not copied */
option_handler options_store_integer;  /* int64_t */
option_handler options_store_size;     /* uint64_t */
option_handler options_store_duration; /* double, in seconds */
option_handler options_store_share;    /* double, a fraction */
option_handler options_store_choice;   /* int, the index of the word */

/*
 * Reads a command line into the struct at target.  As GNU programs do, options
 * may follow operands, "--" ends the options, and argv is put in order.
 * Returns the index of the first operand, or a negative error, and error then
 * holds the line to print, without the program's name and without a line end:
 * -EINVAL, or what the row's handler returned.
 */
int options_parse(const struct option_row *rows, size_t count, int argc,
    char **argv, void *target, char *error, size_t error_size);

/* Prints the table for --help, within 80 columns. */
void options_print_help(FILE *file, const struct option_row *rows,
    size_t count);

#endif
