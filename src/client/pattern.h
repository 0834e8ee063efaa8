/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The payload of numbered echoes.  It looks random, differs with each sequence
 * number and each run, and can be computed anew at any time, so an echo that is
 * late, doubled or of another run is not taken for the one that is due.
 *
 * The first eight bytes are the sequence number plus the seed, lowest byte
 * first: payloads of neighbouring numbers differ in their very first byte.
 */
#ifndef CLIENT_PATTERN_H
#define CLIENT_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Writes the payload of a sequence number. */
void pattern_fill(uint64_t seed, uint64_t sequence, void *data, size_t size);

/*
 * The sequence number whose payload starts with these bytes, which need not be
 * right; 0 if there are too few of them to tell.
 */
uint64_t pattern_sequence(uint64_t seed, const void *data, size_t size);

/* A seed that differs from run to run. */
uint64_t pattern_seed(void);

#endif
