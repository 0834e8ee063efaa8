/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The clock of a run, in nanoseconds.
 */
#ifndef LOAD_CLOCK_H
#define LOAD_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND INT64_C(1000000000)
/* Stands for no time at all: later than any. */
#define CLOCK_NEVER INT64_MAX

/* What a clock of clock_gettime(2) says. */
static inline int64_t
clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec;
}

/* Since a fixed moment in the past; never goes back. */
static inline int64_t
clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* A time in seconds as the clock has it, and the other way round. */
static inline int64_t
clock_of_seconds(double seconds)
{
	return (int64_t)(seconds * (double)CLOCK_SECOND);
}

static inline double
clock_seconds(int64_t nanoseconds)
{
	return (double)nanoseconds / (double)CLOCK_SECOND;
}

#endif
