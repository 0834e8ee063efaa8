/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "allocations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (ALLOCATIONS_KINDS * sizeof(uint64_t))

int
allocations_begin(struct allocations *allocations, const char *library)
{
	char number[16];
	void *memory;
	int err;

	/* It stays open across exec, for the server to find. */
	allocations->fd = memfd_create("malloc-count", 0);
	if (allocations->fd < 0)
		return -errno;
	memory = MAP_FAILED;
	if (ftruncate(allocations->fd, SIZE) == 0)
		memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    allocations->fd, 0);
	if (memory == MAP_FAILED) {
		err = -errno;
		close(allocations->fd);
		return err;
	}
	allocations->counts = memory;
	snprintf(number, sizeof(number), "%d", allocations->fd);
	setenv("MALLOC_COUNT_FD", number, 1);
	setenv("LD_PRELOAD", library, 1);
	return 0;
}

void
allocations_end_start(void)
{
	unsetenv("LD_PRELOAD");
	unsetenv("MALLOC_COUNT_FD");
}

uint64_t
allocations_total(const struct allocations *allocations)
{
	uint64_t total = 0;
	int i;

	for (i = 0; i < ALLOCATIONS_KINDS; i++)
		total += __atomic_load_n(&allocations->counts[i],
		    __ATOMIC_RELAXED);
	return total;
}

void
allocations_free(struct allocations *allocations)
{
	if (allocations->counts == NULL)
		return;
	munmap(allocations->counts, SIZE);
	close(allocations->fd);
	allocations->counts = NULL;
}
