/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which of several runs are the best, the median and the worst.
 */
#ifndef LOAD_SUMMARY_H
#define LOAD_SUMMARY_H

#include <stddef.h>

#include "load/result.h"

/* Indexes of results. */
struct summary_order {
	size_t best;
	size_t median; /* of an even number, the worse one of the middle two */
	size_t worst;
};

struct summary {
	struct summary_order rate; /* load_result_rate */
	struct summary_order p99;  /* of load_result_time */
};

/* count is at least 1.  Returns 0 or -ENOMEM. */
int summary_make(const struct load_result *const *results, size_t count,
    struct summary *summary);

#endif
