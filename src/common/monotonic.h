/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A clock that does not go back, for durations.
 */
#ifndef COMMON_MONOTONIC_H
#define COMMON_MONOTONIC_H

#include <time.h>

/* In seconds. */
static inline double
monotonic_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

#endif
