/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "rank_test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of values in order. */
static double
middle(const double *values, size_t count)
{
	return count % 2 == 1 ? values[count / 2] :
	    (values[count / 2 - 1] + values[count / 2]) / 2;
}

double
rank_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), order);
	return middle(values, count);
}

static int
median_of(const double *values, size_t count, double *median)
{
	double *copy = malloc(count * sizeof(*copy));

	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, values, count * sizeof(*copy));
	*median = rank_median(copy, count);
	free(copy);
	return 0;
}

static bool
are_positive(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!(values[i] > 0) || isinf(values[i]))
			return false;
	return true;
}

/* How likely each order of all values is, if the groups do not differ. */
static double
share_of_one_order(size_t a, size_t b)
{
	return exp(lgamma((double)a + 1) + lgamma((double)b + 1) -
	    lgamma((double)(a + b) + 1));
}

/*
 * In how many orders of all values U is 0, 1 and so on: the coefficients of
 * Gauss's binomial of a + b and a, which is the product of (1 - q^(b + i)) /
 * (1 - q^i).  Those of low powers come from low powers only, so they are exact
 * as long as they matter.
 */
static void
count_orders(double *ways, size_t last, size_t a, size_t b)
{
	memset(ways, 0, (last + 1) * sizeof(*ways));
	ways[0] = 1;
	for (size_t i = 1; i <= a; i++) {
		for (size_t u = last; u >= b + i; u--)
			ways[u] -= ways[u - b - i];
		for (size_t u = i; u <= last; u++)
			ways[u] += ways[u - i];
	}
}

/*
 * How many ratios lie outside of the interval, at each of its ends; confidence
 * gets what it then has.
 */
static int
count_outside(size_t a, size_t b, double *confidence, size_t *outside)
{
	double allowed = (1 - *confidence) / 2;
	double share = share_of_one_order(a, b);
	size_t half = a * b / 2;
	double *ways = malloc((half + 1) * sizeof(*ways));
	double below = 0, used;

	if (ways == NULL)
		return -ENOMEM;
	count_orders(ways, half, a, b);
	*outside = 0;
	used = share;
	for (size_t u = 0; u < half; u++) {
		below += ways[u] * share;
		if (below > allowed * (1 + 1e-9))
			break;
		used = below;
		*outside = u;
	}
	*confidence = 1 - 2 * used;
	free(ways);
	return 0;
}

/* All ratios, as logarithms, in order; the caller frees them. */
static double *
make_ratios(const double *a, size_t a_count, const double *b, size_t b_count)
{
	size_t count = a_count * b_count;
	double *ratios = malloc(count * sizeof(*ratios));

	if (ratios == NULL)
		return NULL;
	for (size_t i = 0; i < a_count; i++)
		for (size_t j = 0; j < b_count; j++)
			ratios[i * b_count + j] = log(b[j] / a[i]);
	qsort(ratios, count, sizeof(*ratios), order);
	return ratios;
}

int
rank_compare(const double *a, size_t a_count, const double *b, size_t b_count,
    double confidence, struct rank_difference *difference)
{
	size_t count = a_count * b_count, outside = 0;
	double *ratios;
	int err;

	if (!are_positive(a, a_count) || !are_positive(b, b_count))
		return -EDOM;
	ratios = make_ratios(a, a_count, b, b_count);
	if (ratios == NULL)
		return -ENOMEM;
	difference->confidence = confidence;
	err = median_of(a, a_count, &difference->median_a);
	if (err == 0)
		err = median_of(b, b_count, &difference->median_b);
	if (err == 0)
		err = count_outside(a_count, b_count,
		    &difference->confidence, &outside);
	if (err < 0)
		goto free_ratios;
	difference->ratio = exp(middle(ratios, count));
	difference->lowest = exp(ratios[outside]);
	difference->highest = exp(ratios[count - 1 - outside]);
	difference->is_enough = difference->confidence >= confidence - 1e-9;

free_ratios:
	free(ratios);
	return err;
}

size_t
rank_fewest(double confidence)
{
	size_t fewest = 1;

	while (fewest < RANK_MOST &&
	    1 - 2 * share_of_one_order(fewest, fewest) < confidence - 1e-9)
		fewest++;
	return fewest;
}
