/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro/guard.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

/* Linux's default for vm.max_map_count. */
#define DEFAULT_MAP_COUNT 65530
/* A guard makes two mappings of one; half of all are left to the program. */
#define MAPS_PER_GUARD 4

static _Atomic int best_guard = AW_GUARD_MADVISE;
static _Atomic long mprotect_count;

/* By plain reads: stdio needs more of a stack than a task may have. */
static long
read_map_count(void)
{
	char text[32] = "";
	long maps = 0;
	int fd;

	fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) > 0)
			maps = strtol(text, NULL, 10);
		close(fd);
	}
	return maps > 0 ? maps : DEFAULT_MAP_COUNT;
}

/* How many guards mprotect may make in this process. */
static long
mprotect_limit(void)
{
	static _Atomic long limit;

	if (atomic_load(&limit) == 0)
		atomic_store(&limit, read_map_count() / MAPS_PER_GUARD);
	return atomic_load(&limit);
}

enum aw_guard
aw_guard_install(void *page, size_t size)
{
	int best = atomic_load_explicit(&best_guard, memory_order_relaxed);

	if (best == AW_GUARD_MADVISE) {
		if (madvise(page, size, MADV_GUARD_INSTALL) == 0)
			return AW_GUARD_MADVISE;
		/* A kernel before 6.13, or locked memory: don't ask again. */
		atomic_store(&best_guard, best = AW_GUARD_MPROTECT);
	}
	if (best == AW_GUARD_MPROTECT) {
		if (atomic_fetch_add(&mprotect_count, 1) < mprotect_limit() &&
		    mprotect(page, size, PROT_NONE) == 0)
			return AW_GUARD_MPROTECT;
		atomic_fetch_sub(&mprotect_count, 1);
	}
	return AW_GUARD_CHECK;
}

void
aw_guard_remove(enum aw_guard guard)
{
	if (guard == AW_GUARD_MPROTECT)
		atomic_fetch_sub(&mprotect_count, 1);
}

bool
aw_guard_hide(void *page, size_t size)
{
	return atomic_load_explicit(&best_guard, memory_order_relaxed) ==
	    AW_GUARD_MADVISE && madvise(page, size, MADV_GUARD_INSTALL) == 0;
}

void
aw_guard_show(void *page, size_t size)
{
	/* It allocates nothing, so what has been hidden can be shown. */
	if (madvise(page, size, MADV_GUARD_REMOVE) < 0)
		abort();
}

void
aw_guard_limit(enum aw_guard best)
{
	atomic_store(&best_guard, (int)best);
}
