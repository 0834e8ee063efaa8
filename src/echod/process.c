/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "process.h"

#include "common/log.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

void
process_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_notice("the limit of file descriptors can't be raised to "
		    "%llu: %s", (unsigned long long)limit.rlim_max,
		    strerror(errno));
}

size_t
process_processors(void)
{
	cpu_set_t processors;

	/* It fails on machines with more than fit in the set. */
	if (sched_getaffinity(0, sizeof(processors), &processors) < 0)
		return CPU_SETSIZE;
	return (size_t)CPU_COUNT(&processors);
}
