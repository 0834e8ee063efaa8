/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How late a loop was, each time that it was probed: a histogram of few and
 * fixed buckets, as a monitoring system stores them.  One thread adds; any
 * thread reads.
 */
#ifndef ECHOD_LATENCY_H
#define ECHOD_LATENCY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define LATENCY_BOUNDS 16

/* The upper ends of the buckets, in nanoseconds; the last one has none. */
extern const int64_t latency_bounds[LATENCY_BOUNDS];

/* All zero is an empty one. */
struct latency {
	_Atomic uint64_t buckets[LATENCY_BOUNDS + 1];
	_Atomic uint64_t sum;  /* nanoseconds */
	_Atomic uint64_t last; /* the same, of the last probe */
};

/* Nanoseconds; negative ones count as 0. */
void latency_add(struct latency *latency, int64_t value);

#endif
