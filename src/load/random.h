/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Random numbers that a seed determines, the same on every machine.
 */
#ifndef LOAD_RANDOM_H
#define LOAD_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state[4];
};

/*
 * Streams of the same seed with different numbers are independent.  Small
 * numbers are for connections and the like.
 */
#define RANDOM_SCHEDULE UINT64_MAX
void random_init(struct random *random, uint64_t seed, uint64_t stream);
uint64_t random_next(struct random *random);
/* From 0 to below 1. */
double random_share(struct random *random);
/* From 0 to below bound, which is not 0, each equally often. */
uint64_t random_below(struct random *random, uint64_t bound);
/*
 * Exponentially distributed with a mean of 1.  Its last digit is the C
 * library's.
 */
double random_exponential(struct random *random);
/* A seed from the kernel. */
uint64_t random_seed(void);

#endif
