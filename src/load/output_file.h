/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A file that an option names, opened long before it is written.
 */
#ifndef LOAD_OUTPUT_FILE_H
#define LOAD_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OUTPUT_ERROR_SIZE 4352

/* All zero is none.  It must not move while it is open. */
struct output_file {
	FILE *file;       /* NULL: there is none, or no more */
	const char *name; /* for messages */
	int fd;
	int error;        /* the first of any write, or 0 */
};

/*
 * Opens a file to write, "-" for standard output.  What it holds stays until
 * output_file_begin.  The path has to stay.  Returns 0, or the error, with the
 * line to print in error.
 */
int output_file_open(struct output_file *file, const char *option,
    const char *path, char *error, size_t error_size);

/* Whether both are open, and the same file, terminal or pipe. */
bool output_file_is_same(const struct output_file *one,
    const struct output_file *other);

/* Empties it, if it is a regular file.  Returns 0 or the error. */
int output_file_begin(struct output_file *file);

/* Writes out what was printed.  Returns 0, or the first error of any write. */
int output_file_flush(struct output_file *file);

/*
 * The same, and closes it; standard output stays open.  There is none then, and
 * nothing happens where there is none.
 */
int output_file_close(struct output_file *file);

#endif
