/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Preloaded into a server, counts what it asks of the allocator, where the one
 * who started it can read it: in the file that MALLOC_COUNT_FD is open on.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "allocations.h"

/* What glibc calls its own, which is what a counted call goes on to. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static uint64_t unread[ALLOCATIONS_KINDS];
static uint64_t *counts = unread;

static void
count(enum allocations_kind kind)
{
	__atomic_fetch_add(&counts[kind], 1, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void
share_counts(void)
{
	const char *fd = getenv("MALLOC_COUNT_FD");
	void *shared;

	if (fd == NULL)
		return;
	shared = mmap(NULL, sizeof(unread), PROT_READ | PROT_WRITE, MAP_SHARED,
	    atoi(fd), 0);
	if (shared != MAP_FAILED)
		counts = shared;
}

void *
malloc(size_t size)
{
	count(ALLOCATIONS_MALLOC);
	return __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	count(ALLOCATIONS_CALLOC);
	return __libc_calloc(number, size);
}

void *
realloc(void *memory, size_t size)
{
	count(ALLOCATIONS_REALLOC);
	return __libc_realloc(memory, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	count(ALLOCATIONS_MALLOC);
	return __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
	count(ALLOCATIONS_MALLOC);
	*memory = __libc_memalign(alignment, size);
	return *memory != NULL ? 0 : ENOMEM;
}

void
free(void *memory)
{
	/* Nothing is given back by free(NULL). */
	if (memory != NULL)
		count(ALLOCATIONS_FREE);
	__libc_free(memory);
}
