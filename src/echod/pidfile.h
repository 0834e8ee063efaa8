/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The file with the process number.
 */
#ifndef ECHOD_PIDFILE_H
#define ECHOD_PIDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pidfile {
	char *path; /* a copy; NULL if there is none to remove */
	dev_t device;
	ino_t inode;
};

/*
 * Writes the file.  One that a dead process left behind is replaced.  Returns
 * 0, or a negative error with the line to print in error: -EEXIST if the
 * process that it names is alive, or if it is no such file at all.
 */
int pidfile_write(struct pidfile *pidfile, const char *path, char *error,
    size_t error_size);

/* Removes the file, if it is still the one that pidfile_write made. */
void pidfile_remove(struct pidfile *pidfile);

#endif
