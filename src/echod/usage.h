/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the process takes of the machine.  The allocator is not asked: mallinfo2
 * holds the lock of an arena while it walks through all that is free there,
 * 90 ms for 100,000 pieces, and whoever wants memory meanwhile waits.
 */
#ifndef ECHOD_USAGE_H
#define ECHOD_USAGE_H

/* What can't be found out is NAN. */
struct usage {
	double cpu;       /* seconds */
	double resident;  /* bytes of memory, as all that follow */
	double virtual;
	double anonymous; /* in memory, and of no file: heaps and stacks */
	double open_fds;
	double max_fds;
};

/* The kernel's files that are read. */
struct usage_files {
	int memory;
	int descriptors;
};

/* What can't be opened is left out.  For the thread that reads. */
void usage_open(struct usage_files *files);
void usage_close(struct usage_files *files);
void usage_get(struct usage_files *files, struct usage *usage);

#endif
