/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Commands of echo-load that read two reports or more, all of whose runs have
 * to go together.
 */
#ifndef LOAD_REPORT_COMMAND_H
#define LOAD_REPORT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/options.h"
#include "load/report_files.h"

struct report_command {
	const char *name;  /* the word after the program's name */
	const char *usage; /* what --help shows above the options */
	const struct option_row *rows;
	size_t row_count;
	/*
	 * Whether two runs go together.  Returns 0, or a negative error, with
	 * why not in error, without the files' names.
	 */
	int (*check)(const struct report_run *a, const struct report_run *b,
	    const void *options, char *error, size_t error_size);
	/*
	 * Does what it is there for.  Returns the exit status; with
	 * LOAD_FAILED, LOAD_SUSPECT and LOAD_USAGE, error has the line to
	 * print.
	 */
	int (*run)(const struct report_files *files, const void *options,
	    char *error, size_t error_size);
};

/*
 * The whole of it, with argv[0] the command's name.  options are the struct
 * that the rows fill in, with their defaults, and help is the member of it that
 * --help sets.  Returns the exit status, one of result.h.
 */
int report_command_main(const struct report_command *command, int argc,
    char **argv, void *options, const bool *help);

#endif
