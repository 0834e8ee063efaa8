/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "usage.h"

#include "worker.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds between two questions to the allocator. */
#define ALLOCATOR_INTERVAL INT64_C(10000000000)

void
usage_open(struct usage_files *files)
{
	memset(files, 0, sizeof(*files));
	files->memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	files->descriptors = open("/proc/self/fd",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	files->asked = -ALLOCATOR_INTERVAL;
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
	unsigned long virtual, resident;
	char text[128];
	ssize_t n;

	usage->virtual = usage->resident = NAN;
	n = files->memory >= 0 ? pread(files->memory, text, sizeof(text) - 1,
	    0) : -1;
	if (n <= 0)
		return;
	text[n] = '\0';
	if (sscanf(text, "%lu %lu", &virtual, &resident) != 2)
		return;
	usage->virtual = (double)virtual * page;
	usage->resident = (double)resident * page;
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

static void
ask_allocator(struct usage_files *files)
{
	const int64_t now = worker_now();
	struct mallinfo2 info;

	if (now - files->asked < ALLOCATOR_INTERVAL)
		return;
	files->asked = now;
	info = mallinfo2();
	files->allocated = (double)info.uordblks + (double)info.hblkhd;
	files->held = (double)info.arena + (double)info.hblkhd;
}

void
usage_get(struct usage_files *files, struct usage *usage)
{
	struct timespec cpu = { .tv_sec = 0 };
	struct rlimit limit;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	usage->cpu = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	get_memory(files, usage);
	ask_allocator(files);
	usage->allocated = files->allocated;
	usage->held = files->held;
	usage->open_fds = count_descriptors(files);
	usage->max_fds = getrlimit(RLIMIT_NOFILE, &limit) == 0 ?
	    (double)limit.rlim_cur : NAN;
}
