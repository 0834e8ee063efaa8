/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How large messages are: "64", "64-1k" (each size in between as often), or
 * several of these with weights, "64:9,1k-16k:1".
 */
#ifndef LOAD_SIZES_H
#define LOAD_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "common/options.h"
#include "load/random.h"

#define SIZES_MOST 16
#define SIZES_HIGHEST (UINT64_C(64) * 1024 * 1024)

struct sizes_part {
	uint64_t least;
	uint64_t most;
	uint64_t weight;
};

struct sizes {
	size_t count;
	uint64_t weights; /* the sum */
	struct sizes_part parts[SIZES_MOST];
};

/* Enough for the text of sizes that were parsed. */
#define SIZES_TEXT_SIZE 1024

/*
 * Returns 0, or -EINVAL or -ERANGE with what was expected in error; the sizes
 * are then what they were.  k is 1024.
 */
int sizes_parse(const char *text, struct sizes *sizes, char *error,
    size_t error_size);
/* Writes what sizes_parse reads back, and returns buffer. */
const char *sizes_text(const struct sizes *sizes, char *buffer, size_t size);
/* The size of a message; there has to be a part. */
uint64_t sizes_draw(const struct sizes *sizes, struct random *random);
/* Bytes a message on the average, and at most; 0 without parts. */
double sizes_mean(const struct sizes *sizes);
uint64_t sizes_greatest(const struct sizes *sizes);

option_handler sizes_store; /* struct sizes */

#endif
