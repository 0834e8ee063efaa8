/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "figures.h"

#include <stdlib.h>
#include <time.h>

static double
read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double
figures_clock(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t
figures_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

double
figures_cpu_time(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int
compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double
figures_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	if (count % 2 != 0)
		return values[count / 2];
	return (values[count / 2 - 1] + values[count / 2]) / 2;
}
