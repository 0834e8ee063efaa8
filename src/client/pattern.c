/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "pattern.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define WORD_SIZE 8

/* The output function of SplitMix64: each bit in changes half of those out. */
static uint64_t
mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
	return value ^ (value >> 31);
}

static void
store_word(unsigned char *data, uint64_t word, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = (unsigned char)(word >> (8 * i));
}

void
pattern_fill(uint64_t seed, uint64_t sequence, void *data, size_t size)
{
	unsigned char *bytes = data;
	uint64_t state = mix(seed + mix(sequence));
	uint64_t word = sequence + seed;
	size_t part;

	while (size > 0) {
		part = size < WORD_SIZE ? size : WORD_SIZE;
		store_word(bytes, word, part);
		bytes += part;
		size -= part;
		state += UINT64_C(0x9e3779b97f4a7c15);
		word = mix(state);
	}
}

uint64_t
pattern_sequence(uint64_t seed, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t word = 0;
	size_t i;

	if (size < WORD_SIZE)
		return 0;
	for (i = 0; i < WORD_SIZE; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word - seed;
}

uint64_t
pattern_seed(void)
{
	struct timespec now;
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		return seed;
	clock_gettime(CLOCK_REALTIME, &now);
	return mix((uint64_t)now.tv_sec * UINT64_C(1000000000) +
	    (uint64_t)now.tv_nsec + ((uint64_t)getpid() << 32));
}
