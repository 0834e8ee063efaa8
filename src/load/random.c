/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The generator is Blackman's and Vigna's xoshiro256**, whose state is filled
 * by Steele's, Lea's and Flood's SplitMix64.
 */
#include "random.h"

#include <math.h>
#include <sys/random.h>
#include <time.h>

static uint64_t
mix(uint64_t value)
{
	value ^= value >> 30;
	value *= UINT64_C(0xbf58476d1ce4e5b9);
	value ^= value >> 27;
	value *= UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t
split_next(uint64_t *position)
{
	*position += UINT64_C(0x9e3779b97f4a7c15);
	return mix(*position);
}

/*
 * The seed is mixed before the stream is added and once more afterwards, so
 * that neither neighbouring seeds nor neighbouring streams have states that
 * overlap.
 */
void
random_init(struct random *random, uint64_t seed, uint64_t stream)
{
	uint64_t position = split_next(&seed) + stream;

	position = split_next(&position);
	for (int i = 0; i < 4; i++)
		random->state[i] = split_next(&position);
}

static uint64_t
rotate(uint64_t value, unsigned bits)
{
	return value << bits | value >> (64 - bits);
}

uint64_t
random_next(struct random *random)
{
	uint64_t *state = random->state;
	uint64_t result = rotate(state[1] * 5, 7) * 9;
	uint64_t shifted = state[1] << 17;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = rotate(state[3], 45);
	return result;
}

double
random_share(struct random *random)
{
	return (double)(random_next(random) >> 11) * 0x1p-53;
}

/*
 * The upper half of the product with the bound.  Of the lower half's values the
 * first 2^64 % bound are drawn again, as they would make some results more
 * frequent (Lemire).
 */
uint64_t
random_below(struct random *random, uint64_t bound)
{
	unsigned __int128 product;
	uint64_t surplus = -bound % bound;

	do
		product = (unsigned __int128)random_next(random) * bound;
	while ((uint64_t)product < surplus);
	return (uint64_t)(product >> 64);
}

double
random_exponential(struct random *random)
{
	return -log1p(-random_share(random));
}

uint64_t
random_seed(void)
{
	struct timespec now;
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
		return seed;
	clock_gettime(CLOCK_REALTIME, &now);
	return mix((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
}
