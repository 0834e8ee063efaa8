/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Keeps what others can cause from flooding the log: so many lines in a while,
 * and then how many there would have been.  For any thread.
 */
#ifndef COMMON_LOG_LIMIT_H
#define COMMON_LOG_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct log_limit {
	unsigned lines;  /* that are allowed */
	double seconds;  /* in such a time */
	pthread_mutex_t mutex;
	double begin;
	unsigned used;
	uint64_t left_out;
};

#define LOG_LIMIT_INITIALIZER(how_many, how_long) { \
	.lines = (how_many), .seconds = (how_long), \
	.mutex = PTHREAD_MUTEX_INITIALIZER \
}

/*
 * Whether a line may be written at this time, in seconds of any clock that does
 * not go back.  *left_out is how many were not allowed before, which is to be
 * said first; it is told once.
 */
bool log_limit_allows(struct log_limit *limit, double now,
    uint64_t *left_out);

/* How many were not allowed since it was last told. */
uint64_t log_limit_left_out(struct log_limit *limit);

#endif
