/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "hdr_vectors.h"

#include <stddef.h>

const struct hdr_vector hdr_vectors[] = {
#include "hdr_vectors.inc"
	{ .name = NULL }
};

void
hdr_vector_fill(const struct hdr_vector *vector, struct histogram *histogram)
{
	const struct hdr_vector_count *each;
	int64_t most;

	histogram_clear(histogram);
	for (each = vector->counts; each->value >= 0; each++) {
		unsigned bucket = histogram_bucket(each->value);

		most = histogram_bucket_most(bucket);
		if (each == vector->counts)
			histogram->least = each->value;
		histogram->most = most;
		if (each->value > HISTOGRAM_HIGHEST) {
			histogram->beyond += each->count;
			continue;
		}
		if (most > HISTOGRAM_HIGHEST)
			histogram->most = HISTOGRAM_HIGHEST;
		histogram->count += each->count;
		histogram->buckets[bucket] = each->count;
		histogram->sum += (double)each->count *
		    ((double)each->value + (double)most) / 2;
	}
}
