/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Files as the kernel has them, in a folder of a test's own.
 */
#ifndef TESTS_LOAD_KERNEL_FILES_H
#define TESTS_LOAD_KERNEL_FILES_H

#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KERNEL_PORTS "/proc/sys/net/ipv4/ip_local_port_range"
#define KERNEL_RESERVED "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define KERNEL_REUSE "/proc/sys/net/ipv4/tcp_tw_reuse"
#define KERNEL_MEMORY "/proc/meminfo"
#define KERNEL_CGROUP "/proc/self/cgroup"

static char kernel_files[] = "/tmp/echod-kernel.XXXXXX";

static inline void
kernel_files_make(void)
{
	ck_assert_ptr_nonnull(mkdtemp(kernel_files));
}

/* Writes a file of an absolute path, below the folder. */
static inline void
kernel_files_write(const char *path, const char *text)
{
	char name[PATH_MAX];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", kernel_files, path);
	for (char *at = name + sizeof(kernel_files); *at != '\0'; at++)
		if (*at == '/') {
			*at = '\0';
			mkdir(name, 0700);
			*at = '/';
		}
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static inline int
kernel_files_remove_one(const char *path, const struct stat *status, int type,
    struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void
kernel_files_remove(void)
{
	ck_assert_int_eq(nftw(kernel_files, kernel_files_remove_one, 16,
	    FTW_DEPTH | FTW_PHYS), 0);
	memcpy(kernel_files + sizeof(kernel_files) - 7, "XXXXXX", 6);
}

#endif
