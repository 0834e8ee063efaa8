/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "summary.h"

#include <errno.h>
#include <stdlib.h>

/* A run and the figure that it is ordered by, greater ones first. */
struct rank {
	double figure;
	size_t run;
};

static int
compare(const void *a, const void *b)
{
	const struct rank *left = a;
	const struct rank *right = b;

	if (left->figure != right->figure)
		return left->figure > right->figure ? -1 : 1;
	return (left->run > right->run) - (left->run < right->run);
}

static double
rate_of(const struct load_result *result)
{
	return load_result_rate(result);
}

/* The shortest is the best; a run without a sample has none, and is last. */
static double
promptness_of(const struct load_result *result)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];

	if (histogram_is_empty(response))
		return -(double)INT64_MAX;
	return -(double)histogram_percentile(response, 99);
}

static void
order(const struct load_result *const *results, size_t count,
    double (*figure)(const struct load_result *result), struct rank *ranks,
    struct summary_order *found)
{
	for (size_t i = 0; i < count; i++)
		ranks[i] = (struct rank){ figure(results[i]), i };
	qsort(ranks, count, sizeof(*ranks), compare);
	found->best = ranks[0].run;
	found->median = ranks[count / 2].run;
	found->worst = ranks[count - 1].run;
}

int
summary_make(const struct load_result *const *results, size_t count,
    struct summary *summary)
{
	struct rank *ranks = calloc(count, sizeof(*ranks));

	if (ranks == NULL)
		return -ENOMEM;
	order(results, count, rate_of, ranks, &summary->rate);
	order(results, count, promptness_of, ranks, &summary->p99);
	free(ranks);
	return 0;
}
