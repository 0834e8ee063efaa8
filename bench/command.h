/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The command line of a measuring program: options by table, --help, errors.
 */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include <stddef.h>

#include "common/options.h"

/* Exit statuses. */
enum {
	COMMAND_GOOD = 0,
	COMMAND_FAILED = 1, /* something was wrong, or could not be measured */
	COMMAND_USAGE = 2,
};

struct command {
	const char *name;
	const char *operands; /* what follows the options in the usage line */
	const char *about;    /* whole lines for --help */
	const struct option_row *rows;
	size_t row_count;
};

/* The row of --help, which command_parse deals with. */
option_handler command_help;
#define COMMAND_HELP_ROW { .name = "help", .letter = 'h', \
	.help = "print this and exit", .handle = command_help }

/*
 * Reads the options into the struct at target.  Returns the index of the first
 * operand, or a negative number: there is nothing more to do, and *status is
 * what to exit with.
 */
int command_parse(const struct command *command, int argc, char **argv,
    void *target, int *status);

/* Prints "NAME: ..." on standard error, and returns COMMAND_FAILED. */
int command_fail(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a command line that is wrong; returns COMMAND_USAGE. */
int command_misused(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
