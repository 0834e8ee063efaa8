/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How often a server asks for memory and gives it back, which the library that
 * malloc-count.c is built to counts in the server itself.
 */
#ifndef BENCH_ALLOCATIONS_H
#define BENCH_ALLOCATIONS_H

#include <stdint.h>

enum allocations_kind {
	ALLOCATIONS_MALLOC, /* and what aligns */
	ALLOCATIONS_CALLOC,
	ALLOCATIONS_REALLOC,
	ALLOCATIONS_FREE,
	ALLOCATIONS_KINDS,
};

struct allocations {
	int fd;
	uint64_t *counts;
};

/*
 * Sees to it that processes which are started from now on have the library,
 * and count into these.  Returns 0 or -errno.
 */
int allocations_begin(struct allocations *allocations, const char *library);

/* Processes that are started from now on don't count any more. */
void allocations_end_start(void);

/* All calls so far. */
uint64_t allocations_total(const struct allocations *allocations);

/* Does nothing if nothing was begun. */
void allocations_free(struct allocations *allocations);

#endif
