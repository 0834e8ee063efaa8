/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reads back what --json has written.  Whatever is in the file, there is either
 * a report or an error.
 */
#ifndef LOAD_REPORT_READ_H
#define LOAD_REPORT_READ_H

#include <jansson.h>
#include <stddef.h>

#include "load/options.h"
#include "load/result.h"

/* A run of a report. */
struct report_run {
	struct load_options options; /* its strings are the document's */
	char **words;                /* the command line that has them */
	int word_count;
	json_t *option_values;       /* the object "options" of the report */
	struct load_result *result;  /* its options are those here */
};

#define REPORT_RUNS_MOST 1000

struct report_file {
	char *name;
	json_t *document;
	size_t count; /* from 1 to REPORT_RUNS_MOST */
	struct report_run *runs;
};

/*
 * Reads a report of the schema REPORT_JSON_SCHEMA; "-" is standard input.
 * Returns 0, and report_file_free ends it; or -ENOMEM, -EINVAL, or the file's
 * error, and error then holds the line to print, without the program's name.
 */
int report_read(const char *name, struct report_file **file, char *error,
    size_t error_size);
/* NULL is fine. */
void report_file_free(struct report_file *file);

#endif
