/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * By how much the values of one group differ from those of another, when there
 * are a few of each, and nothing is known of how they are distributed.
 *
 * The estimate is that of Hodges and Lehmann: the median of the ratios of each
 * value of the one to each of the other.  The interval around it is the one
 * that the exact distribution of Mann and Whitney's U gives: it holds for any
 * distribution, as long as both groups have the same one but for a factor, and
 * the runs are independent of each other.
 */
#ifndef LOAD_RANK_TEST_H
#define LOAD_RANK_TEST_H

#include <stdbool.h>
#include <stddef.h>

struct rank_difference {
	double median_a;
	double median_b;
	double ratio;      /* b to a, estimated */
	double lowest;     /* of the interval */
	double highest;
	double confidence; /* that the interval really has, from 0 to 1 */
	bool is_enough;    /* as much as was asked for */
};

/*
 * Compares two groups of positive values, of 1 to RANK_MOST each.  The interval
 * is the narrowest whose confidence is at least the one given; if there is
 * none, it is the widest, from the least ratio to the greatest.  Returns 0,
 * -ENOMEM, or -EDOM if there is a value that is not positive and finite.
 */
#define RANK_MOST 1000
int rank_compare(const double *a, size_t a_count, const double *b,
    size_t b_count, double confidence, struct rank_difference *difference);

/* The fewest values on each side that can give such a confidence. */
size_t rank_fewest(double confidence);

double rank_median(double *values, size_t count); /* puts them in order */

#endif
