/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What measurements have in common: clocks and medians.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* Seconds of a clock that only goes forward. */
double figures_clock(void);

/* The same in nanoseconds. */
uint64_t figures_nanoseconds(void);

/* Seconds of processor time that this process has used. */
double figures_cpu_time(void);

/* The median of count values, at least one, which are sorted. */
double figures_median(double *values, size_t count);

#endif
