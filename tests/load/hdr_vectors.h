/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Histograms as HdrHistogram itself encodes them, of 1 to an hour in
 * nanoseconds with three digits.  hdr_vectors.inc has the data; HdrVectors.java wrote them.
 */
#ifndef TESTS_LOAD_HDR_VECTORS_H
#define TESTS_LOAD_HDR_VECTORS_H

#include "common/histogram.h"

#define HDR_VECTOR_COUNTS 160

struct hdr_vector_count {
	int64_t value; /* the least of a bucket */
	uint64_t count;
};

struct hdr_vector {
	const char *name;
	const char *plain;      /* in base64 */
	const char *compressed; /* the same */
	struct hdr_vector_count counts[HDR_VECTOR_COUNTS]; /* up to value -1 */
};

/* Up to one without a name. */
extern const struct hdr_vector hdr_vectors[];

/* What reading the vector has to give. */
void hdr_vector_fill(const struct hdr_vector *vector,
    struct histogram *histogram);

/* A test that finds `histogram` empty, even if all are run in one process. */
#define HDR_TEST(name) \
	UNIT_TEST(name, void, (void), histogram_clear(&histogram); \
	    name##_body())

#endif
