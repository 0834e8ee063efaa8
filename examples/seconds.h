/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The time of the lessons, so that they can be run faster.
 */
#ifndef SECONDS_H
#define SECONDS_H

#include <await.h>
#include <stdlib.h>

/* A second of a lesson lasts EXAMPLE_SECOND seconds; 1 unless that is set. */
static inline double
seconds(double count)
{
	const char *second = getenv("EXAMPLE_SECOND");

	return second == NULL ? count : count * strtod(second, NULL);
}

/* The time of the loop that is running, in seconds of a lesson. */
static inline double
now(void)
{
	return aw_loop_time(aw_get_running_loop()) / seconds(1);
}

/* How long ago that was, to the half second. */
static inline double
since(double begin)
{
	return (int)((now() - begin) * 2 + 0.5) / 2.0;
}

#endif
