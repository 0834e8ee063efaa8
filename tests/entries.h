/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a process has, as /proc lists it: for tests that leave nothing behind.
 */
#ifndef TESTS_ENTRIES_H
#define TESTS_ENTRIES_H

#include <check.h>
#include <dirent.h>

/* How many entries a folder has. */
static inline unsigned
count_entries(const char *path)
{
	DIR *entries = opendir(path);
	unsigned count = 0;

	ck_assert_ptr_nonnull(entries);
	while (readdir(entries) != NULL)
		count++;
	closedir(entries);
	return count;
}

/* To be compared: how many descriptors are open. */
static inline unsigned
count_descriptors(void)
{
	return count_entries("/proc/self/fd");
}

#endif
