/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The command line.
 */
#ifndef ECHOD_ARGUMENTS_H
#define ECHOD_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum arguments_check {
	CHECK_NOTHING,
	CHECK_ALL,    /* the settings, and the files that they name */
	CHECK_SYNTAX, /* the settings alone */
};

/* Texts point into argv; NULL is not given. */
struct arguments {
	const char *config;
	const char *workers;
	const char *log_level;
	const char *pidfile;
	struct listen_texts {
		const char **texts;
		size_t count;
	} listen;
	enum arguments_check check;
	bool dump;
	bool version;
	bool help;
};

/*
 * Reads the command line.  Returns 0, or a negative error with the line to
 * print in error.  arguments_clear frees, in either case.
 */
int arguments_parse(struct arguments *arguments, int argc, char **argv,
    char *error, size_t error_size);
void arguments_clear(struct arguments *arguments);

/* Print to standard output what --help and --version ask for. */
void arguments_print_help(void);
void arguments_print_version(void);

#endif
