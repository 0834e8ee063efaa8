/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "capacity.h"

#include "common/log.h"

#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors of a loop and what belongs to it. */
#define A_WORKER 8
/* Of the rest: streams, log, service manager, files that are read. */
#define THE_REST 16
/* The part of the memory that may wait to be sent. */
#define MEMORY_SHARE 4

uint64_t
capacity_connections(uint64_t descriptors, uint64_t listening,
    uint64_t workers)
{
	/* A reload opens all of them a second time. */
	const uint64_t reserve = 2 * listening + A_WORKER * workers + THE_REST;

	return descriptors > reserve ? descriptors - reserve : 1;
}

static uint64_t
descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return INT32_MAX;
	return limit.rlim_cur;
}

/* The main thread's, and the workers' duplicates. */
static uint64_t
count_listening(const struct listeners *listeners)
{
	uint64_t count = 0;

	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->items[i];

		for (size_t j = 0; j < listener->address_count; j++)
			count += listener->addresses[j]->fd_count;
		for (size_t j = 0; j < listeners->workers; j++)
			count += listener_share(listener, j,
			    listeners->workers);
	}
	return count;
}

static uint64_t
memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

void
capacity_apply(struct limits *limits, const struct generation *generation)
{
	const struct global_settings *global = generation->global;
	const struct listeners *listeners = &generation->listeners;
	const uint64_t capacity = capacity_connections(descriptors(),
	    count_listening(listeners), listeners->workers);
	uint64_t connections = (uint64_t)global->max_connections;
	uint64_t buffered = global->max_buffered;

	if (connections > capacity)
		log_warning("max_connections is %" PRIu64 ", but the limit of "
		    "file descriptors is enough for %" PRIu64 "; raise "
		    "LimitNOFILE= of the service, or `ulimit -n`",
		    connections, capacity);
	if (connections == 0)
		connections = capacity;
	if (buffered == 0)
		buffered = memory() / MEMORY_SHARE;
	limits_set(limits, connections, global->when_full == WHEN_FULL_CLOSE,
	    buffered);
}
