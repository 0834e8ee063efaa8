/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Several reports, and the runs of all of them.
 */
#ifndef LOAD_REPORT_FILES_H
#define LOAD_REPORT_FILES_H

#include <stddef.h>

#include "load/report_read.h"

struct report_files {
	size_t file_count;
	struct report_file **files;
	size_t count;
	const struct report_run **runs;
};

/*
 * Reads the reports.  Returns 0, and report_files_free ends them; or a negative
 * error as report_read, with the line to print in error.
 */
int report_files_read(char **names, size_t count, struct report_files *files,
    char *error, size_t error_size);
void report_files_free(struct report_files *files);

/* The name of a run: its file, and which one of it, if there are several. */
#define REPORT_FILES_LABEL 256
const char *report_files_label(const struct report_files *files, size_t run,
    char *buffer);

#endif
