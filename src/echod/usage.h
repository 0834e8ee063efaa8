/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the process takes of the machine.
 */
#ifndef ECHOD_USAGE_H
#define ECHOD_USAGE_H

#include <stdint.h>

/* What can't be found out is NAN. */
struct usage {
	double cpu;       /* seconds */
	double resident;  /* bytes of memory, as all that follow */
	double virtual;
	double allocated; /* by malloc, in use */
	double held;      /* by malloc, in use or not */
	double open_fds;
	double max_fds;
};

/* The kernel's files that are read; opened once, as they may be out of reach
 * for a process in a sandbox. */
struct usage_files {
	int memory;
	int descriptors;
	/* The allocator is asked now and then only, since that holds others up
	 * who want memory at that moment. */
	int64_t asked;
	double allocated;
	double held;
};

/* What can't be opened is left out.  For the thread that reads. */
void usage_open(struct usage_files *files);
void usage_close(struct usage_files *files);
void usage_get(struct usage_files *files, struct usage *usage);

#endif
