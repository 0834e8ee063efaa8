/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "machine.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's own, where a file is missing. */
#define LOWEST_PORT 32768
#define HIGHEST_PORT 60999
#define PORT_REST 60.0
#define PORT_REST_IF_REUSED 1.0

#define PORTS "/proc/sys/net/ipv4/ip_local_port_range"
#define RESERVED "/proc/sys/net/ipv4/ip_local_reserved_ports"
#define REUSE "/proc/sys/net/ipv4/tcp_tw_reuse"
#define CGROUPS "/sys/fs/cgroup"

static FILE *
open_file(const char *root, const char *path)
{
	char name[PATH_MAX];
	int length = snprintf(name, sizeof(name), "%s%s", root, path);

	if (length < 0 || (size_t)length >= sizeof(name))
		return NULL;
	return fopen(name, "re");
}

/* Reads a file's first line, without its end. */
static bool
read_line(const char *root, const char *path, char *line, size_t size)
{
	FILE *file = open_file(root, path);
	bool read;

	if (file == NULL)
		return false;
	read = fgets(line, (int)size, file) != NULL;
	fclose(file);
	if (read)
		line[strcspn(line, "\n")] = '\0';
	return read;
}

/* A file that holds one number; "max" and the like are none. */
static bool
read_number(const char *root, const char *path, uint64_t *number)
{
	char line[64];

	return read_line(root, path, line, sizeof(line)) &&
	    sscanf(line, "%" SCNu64, number) == 1;
}

/* The number behind a name in a file such as /proc/meminfo. */
static bool
read_named(const char *root, const char *path, const char *name,
    uint64_t *number)
{
	FILE *file = open_file(root, path);
	size_t length = strlen(name);
	char line[256];
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		found = strncmp(line, name, length) == 0 &&
		    sscanf(line + length, "%" SCNu64, number) == 1;
	fclose(file);
	return found;
}

/* How many ports of a list such as "8080,40000-40009" are in the range. */
static uint64_t
count_reserved(const char *list, const struct machine_ports *ports)
{
	uint64_t count = 0, from, to;
	int length;

	while (sscanf(list, "%" SCNu64 "%n", &from, &length) == 1) {
		list += length;
		to = from;
		if (sscanf(list, "-%" SCNu64 "%n", &to, &length) == 1)
			list += length;
		from = from > ports->lowest ? from : ports->lowest;
		to = to < ports->highest ? to : ports->highest;
		count += to >= from ? to - from + 1 : 0;
		if (*list != ',')
			break;
		list++;
	}
	return count;
}

/* The list may be as long as a page. */
#define RESERVED_SIZE 65536

void
machine_read_ports(const char *root, struct machine_ports *ports)
{
	char line[64];
	char *list = malloc(RESERVED_SIZE);
	uint64_t all;

	*ports = (struct machine_ports){
		.lowest = LOWEST_PORT,
		.highest = HIGHEST_PORT,
	};
	if (read_line(root, PORTS, line, sizeof(line)))
		sscanf(line, "%" SCNu64 " %" SCNu64, &ports->lowest,
		    &ports->highest);
	if (list != NULL && read_line(root, RESERVED, list, RESERVED_SIZE))
		ports->reserved = count_reserved(list, ports);
	free(list);
	all = ports->highest >= ports->lowest ?
	    ports->highest - ports->lowest + 1 : 0;
	ports->usable = all > ports->reserved ? all - ports->reserved : 0;
}

double
machine_port_rest(const char *root, int loopback)
{
	uint64_t reuse;

	if (!read_number(root, REUSE, &reuse))
		return PORT_REST;
	/* 1 is for all connections, 2 for those within the machine. */
	return reuse == 1 || (reuse == 2 && loopback) ?
	    PORT_REST_IF_REUSED : PORT_REST;
}

/* Where the version of cgroups has its files, and what they are called. */
struct cgroup_kind {
	const char *prefix;
	const char *limit;
	const char *usage;
	const char *cache; /* what is used and can be given back, in "stat" */
};

static const struct cgroup_kind cgroup_v2 = {
	CGROUPS, "memory.max", "memory.current", "inactive_file "
};
static const struct cgroup_kind cgroup_v1 = {
	CGROUPS "/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
	"total_inactive_file "
};

static bool
read_of_cgroup(const char *root, const struct cgroup_kind *kind,
    const char *group, const char *file, uint64_t *number)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s/%s", kind->prefix, group, file);
	return read_number(root, path, number);
}

/* What one cgroup has left. */
static uint64_t
cgroup_left(const char *root, const struct cgroup_kind *kind,
    const char *group)
{
	uint64_t limit, usage, cache = 0;
	char path[PATH_MAX];

	if (!read_of_cgroup(root, kind, group, kind->limit, &limit) ||
	    !read_of_cgroup(root, kind, group, kind->usage, &usage))
		return UINT64_MAX;
	snprintf(path, sizeof(path), "%s%s/memory.stat", kind->prefix, group);
	read_named(root, path, kind->cache, &cache);
	usage -= cache < usage ? cache : usage;
	return limit > usage ? limit - usage : 0;
}

/* The least that the cgroup, and those that it is in, have left. */
static uint64_t
cgroups_left(const char *root, const struct cgroup_kind *kind, char *group)
{
	uint64_t least = UINT64_MAX;

	for (;;) {
		uint64_t left = cgroup_left(root, kind, group);
		char *slash = strrchr(group, '/');

		if (left < least)
			least = left;
		if (slash == NULL)
			return least;
		*slash = '\0';
	}
}

/* Whether controllers, which are separated by commas, have that of memory. */
static bool
has_memory(char *controllers)
{
	char *rest = controllers, *word;

	while ((word = strsep(&rest, ",")) != NULL)
		if (strcmp(word, "memory") == 0)
			return true;
	return false;
}

/* What is left in the cgroups of a line such as "0::/user.slice". */
static uint64_t
line_left(const char *root, char *line)
{
	char *rest = line;
	char *number = strsep(&rest, ":");
	char *controllers = strsep(&rest, ":");

	if (controllers == NULL || rest == NULL)
		return UINT64_MAX;
	rest[strcspn(rest, "\n")] = '\0';
	if (strcmp(number, "0") == 0 && controllers[0] == '\0')
		return cgroups_left(root, &cgroup_v2, rest);
	if (has_memory(controllers))
		return cgroups_left(root, &cgroup_v1, rest);
	return UINT64_MAX;
}

uint64_t
machine_memory(const char *root)
{
	FILE *file = open_file(root, "/proc/self/cgroup");
	uint64_t least = UINT64_MAX, kibibytes, left;
	char line[PATH_MAX];

	if (read_named(root, "/proc/meminfo", "MemAvailable:", &kibibytes))
		least = kibibytes * 1024;
	if (file == NULL)
		return least;
	while (fgets(line, sizeof(line), file) != NULL) {
		left = line_left(root, line);
		if (left < least)
			least = left;
	}
	fclose(file);
	return least;
}
