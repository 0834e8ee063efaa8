/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Guards below stacks, by the best means that the kernel has at the moment.
 *
 * MADV_GUARD_INSTALL (Linux 6.13) costs a page-table entry and nothing else.
 * mprotect splits the mapping, of which a process may have vm.max_map_count, so
 * it is used for a share of them.  Beyond that there is no guard page, and the
 * stack's user checks its pointer at each switch instead.
 *
 * Any thread.
 */
#ifndef AWAIT_CORO_GUARD_H
#define AWAIT_CORO_GUARD_H

#include <stdbool.h>
#include <stddef.h>

enum aw_guard {
	AW_GUARD_MADVISE,  /* marked in the page table */
	AW_GUARD_MPROTECT, /* a mapping of its own */
	AW_GUARD_CHECK,    /* none: check the stack pointer */
};

/*
 * Guards size bytes at page, both multiples of the page size, and returns by
 * which means.  Never fails: AW_GUARD_CHECK always can be had.
 */
enum aw_guard aw_guard_install(void *page, size_t size);

/* Takes a guard away again, before its memory is unmapped. */
void aw_guard_remove(enum aw_guard guard);

/*
 * Guards memory that is in use, which the kernel takes back, until
 * aw_guard_show, after which it reads as zeros.  False where the kernel can't:
 * then nothing has happened.
 */
bool aw_guard_hide(void *page, size_t size);
void aw_guard_show(void *page, size_t size);

/* For tests: the best means to use from now on. */
void aw_guard_limit(enum aw_guard best);

#endif
