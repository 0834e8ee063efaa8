/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "process.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double
process_cpu_time(pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	/* Up to date to the nanosecond, other than what is in /proc. */
	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &used) < 0)
		return -1;
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* Finds "ROW:  NUMBER kB" in a file. */
static int64_t
find_row(const char *path, const char *row)
{
	size_t length = strlen(row);
	int64_t kibibytes, found = -ENOENT;
	char line[256];
	FILE *file;

	file = fopen(path, "re");
	if (file == NULL)
		return -errno;
	while (found < 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, row, length) == 0 && line[length] == ':' &&
		    sscanf(line + length + 1, "%ld kB", &kibibytes) == 1)
			found = kibibytes * 1024;
	fclose(file);
	return found;
}

int64_t
process_memory(pid_t pid, const char *row)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	return find_row(path, row);
}

int64_t
process_machine_memory(const char *row)
{
	return find_row("/proc/meminfo", row);
}

int
process_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

size_t
process_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	return limit.rlim_cur;
}
