/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A folder of a test's own, and files in it.
 */
#ifndef TESTS_COMMON_FOLDER_H
#define TESTS_COMMON_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/echod-test.XXXXXX";

/* Makes the folder and goes there, so that files have short names. */
static inline void
folder_make(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static inline void
folder_remove(void)
{
	struct dirent *entry;
	DIR *files = opendir(".");

	ck_assert_ptr_nonnull(files);
	while ((entry = readdir(files)) != NULL)
		unlink(entry->d_name);
	closedir(files);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
}

static inline void
folder_write(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

#endif
