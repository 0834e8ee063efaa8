/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int
command_help(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	(void)row, (void)value, (void)target, (void)error, (void)error_size;
	/* Ends the parsing; no other handler fails with this. */
	return -ECANCELED;
}

static void
print_help(const struct command *command)
{
	printf("Usage: %s [OPTION...]%s%s\n\n%s\n", command->name,
	    command->operands[0] != '\0' ? " " : "", command->operands,
	    command->about);
	options_print_help(stdout, command->rows, command->row_count);
}

int
command_parse(const struct command *command, int argc, char **argv,
    void *target, int *status)
{
	char error[512];
	int first;

	first = options_parse(command->rows, command->row_count, argc, argv,
	    target, error, sizeof(error));
	if (first == -ECANCELED) {
		print_help(command);
		*status = COMMAND_GOOD;
	} else if (first < 0) {
		*status = command_misused(command, "%s", error);
	} else if (first < argc && command->operands[0] == '\0') {
		*status = command_misused(command,
		    "'%s' was not expected; there are only options",
		    argv[first]);
		first = -EINVAL;
	}
	return first;
}

static void
say(const struct command *command, const char *format, va_list arguments)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", command->name);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

int
command_fail(const struct command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(command, format, arguments);
	va_end(arguments);
	return COMMAND_FAILED;
}

int
command_misused(const struct command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(command, format, arguments);
	va_end(arguments);
	fprintf(stderr, "Try '%s --help'.\n", command->name);
	return COMMAND_USAGE;
}
