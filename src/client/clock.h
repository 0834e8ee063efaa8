/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The clock that round trips are measured by.
 */
#ifndef CLIENT_CLOCK_H
#define CLIENT_CLOCK_H

#include <time.h>

/* Seconds since a fixed moment in the past; never goes back. */
static inline double
clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
