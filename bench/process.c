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
#include <unistd.h>

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

/*
 * The children of a process's first thread, in the file that lists them; NULL
 * if the process has ended.
 */
static FILE *
open_children(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	    (int)pid);
	return fopen(path, "re");
}

/* Processor seconds of the children that it has waited for. */
static double
ended_cpu_time(pid_t pid)
{
	long user = 0, system = 0;
	char path[64], line[1024] = "";
	const char *rest;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	/* After the name, which may hold anything: the state is the third. */
	if (fgets(line, sizeof(line), file) != NULL &&
	    (rest = strrchr(line, ')')) != NULL)
		(void)sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u "
		    "%*u %*u %*u %*u %ld %ld", &user, &system);
	fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double
process_tree_cpu_time(pid_t pid)
{
	double all, own = process_cpu_time(pid);
	FILE *children;
	int child;

	/* One that ended just now is among those that its parent waited for. */
	if (own < 0)
		return 0;
	all = own + ended_cpu_time(pid);
	children = open_children(pid);
	if (children == NULL)
		return all;
	while (fscanf(children, "%d", &child) == 1)
		all += process_tree_cpu_time(child);
	fclose(children);
	return all;
}

/* What it shares is divided among those that it shares it with. */
static int64_t
divided_memory(pid_t pid)
{
	char path[64];
	int64_t bytes;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	bytes = find_row(path, "Pss");
	return bytes > 0 ? bytes : 0;
}

static int64_t
memory_below(pid_t pid)
{
	FILE *children = open_children(pid);
	int64_t bytes = 0;
	int child;

	if (children == NULL)
		return 0;
	while (fscanf(children, "%d", &child) == 1)
		bytes += divided_memory(child) + memory_below(child);
	fclose(children);
	return bytes;
}

int64_t
process_tree_memory(pid_t pid)
{
	int64_t below = memory_below(pid);

	return below == 0 ? process_memory(pid, "VmRSS") :
	    below + divided_memory(pid);
}

int64_t
process_socket_memory(void)
{
	int64_t found = -ENOENT, pages;
	char line[256];
	FILE *file;

	file = fopen("/proc/net/sockstat", "re");
	if (file == NULL)
		return -errno;
	while (found < 0 && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "TCP: inuse %*d orphan %*d tw %*d alloc %*d "
		    "mem %ld", &pages) == 1)
			found = pages * sysconf(_SC_PAGESIZE);
	fclose(file);
	return found;
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
