/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
usage_open(struct usage_files *files)
{
	files->memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	files->descriptors = open("/proc/self/fd",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void
usage_close(struct usage_files *files)
{
	if (files->memory >= 0)
		close(files->memory);
	if (files->descriptors >= 0)
		close(files->descriptors);
	files->memory = files->descriptors = -1;
}

static void
get_memory(const struct usage_files *files, struct usage *usage)
{
	const double page = (double)sysconf(_SC_PAGESIZE);
	unsigned long virtual, resident, shared;
	char text[128];
	ssize_t n;

	usage->virtual = usage->resident = usage->anonymous = NAN;
	n = files->memory >= 0 ? pread(files->memory, text, sizeof(text) - 1,
	    0) : -1;
	if (n <= 0)
		return;
	text[n] = '\0';
	if (sscanf(text, "%lu %lu %lu", &virtual, &resident, &shared) != 3)
		return;
	usage->virtual = (double)virtual * page;
	usage->resident = (double)resident * page;
	usage->anonymous = (double)(resident - shared) * page;
}

/* Kernels before 6.2 don't tell by stat. */
static double
count_entries(int folder)
{
	char buffer[8192];
	double count = 0;
	ssize_t n;

	if (lseek(folder, 0, SEEK_SET) < 0)
		return NAN;
	while ((n = getdents64(folder, buffer, sizeof(buffer))) > 0)
		for (ssize_t at = 0; at < n; count++) {
			struct dirent64 entry;

			memcpy(&entry, buffer + at,
			    offsetof(struct dirent64, d_name));
			at += entry.d_reclen;
		}
	/* "." and ".." are no descriptors. */
	return n < 0 ? NAN : count - 2;
}

static double
count_descriptors(const struct usage_files *files)
{
	struct stat status;

	if (files->descriptors < 0 || fstat(files->descriptors, &status) < 0)
		return NAN;
	return status.st_size > 0 ? (double)status.st_size :
	    count_entries(files->descriptors);
}

void
usage_get(struct usage_files *files, struct usage *usage)
{
	struct timespec cpu = { .tv_sec = 0 };
	struct rlimit limit;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	usage->cpu = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	get_memory(files, usage);
	usage->open_fds = count_descriptors(files);
	usage->max_fds = getrlimit(RLIMIT_NOFILE, &limit) == 0 ?
	    (double)limit.rlim_cur : NAN;
}
