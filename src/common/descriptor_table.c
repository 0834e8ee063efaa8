/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "descriptor_table.h"

#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define KNOWS_ONE_TABLE 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define KNOWS_ONE_TABLE 1
#endif
#ifndef KNOWS_ONE_TABLE
#define KNOWS_ONE_TABLE 0
#endif

static int
compare(const void *one, const void *other)
{
	int a, b;

	a = *(const int *)one;
	b = *(const int *)other;
	return (a > b) - (a < b);
}

/* Not after unshare(2) if that is refused, or the others' would be closed. */
static void
close_between(unsigned first, unsigned end)
{
	if (first < end)
		(void)close_range(first, end - 1, 0);
}

int
descriptor_table_leave(int *keep, size_t count)
{
	unsigned next = STDERR_FILENO + 1;

	if (KNOWS_ONE_TABLE)
		return -ENOSYS;
	if (unshare(CLONE_FILES) < 0)
		return -errno;
	if (count > 0)
		qsort(keep, count, sizeof(*keep), compare);
	for (size_t i = 0; i < count; i++) {
		close_between(next, (unsigned)keep[i]);
		if ((unsigned)keep[i] >= next)
			next = (unsigned)keep[i] + 1;
	}
	(void)close_range(next, ~0U, 0);
	return 0;
}
