/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A clock that does not go back, for durations.
 */
#ifndef COMMON_MONOTONIC_H
#define COMMON_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/* Since a fixed moment in the past, in nanoseconds; for any thread. */
static inline int64_t
monotonic_nanoseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* The same in seconds. */
static inline double
monotonic_seconds(void)
{
	return (double)monotonic_nanoseconds() / 1e9;
}

#endif
