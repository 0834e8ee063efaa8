/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/hdr_encoding.h"

#include <errno.h>
#include <string.h>

#include "hdr_vectors.h"
#include "load/base64.h"
#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD 40

static struct histogram histogram, expected;
static unsigned char data[HDR_ENCODING_MOST + 1], theirs[HDR_ENCODING_MOST];
static char error[256];

static size_t
decode_vector(const struct hdr_vector *vector)
{
	ssize_t size = base64_decode(vector->plain, strlen(vector->plain),
	    theirs);

	ck_assert_int_gt(size, HEAD);
	return (size_t)size;
}

HDR_TEST(we_read_what_hdrhistogram_wrote)
{
	const struct hdr_vector *vector;
	int err;

	for (vector = hdr_vectors; vector->name != NULL; vector++) {
		err = hdr_encoding_read(theirs, decode_vector(vector),
		    &histogram, error, sizeof(error));
		ck_assert_msg(err == 0, "%s: %s", vector->name, error);
		hdr_vector_fill(vector, &expected);
		ck_assert_msg(memcmp(&histogram, &expected,
		    sizeof(histogram)) == 0, "%s", vector->name);
	}
}

/* But for values just above an hour, which have no bucket of their own here. */
HDR_TEST(we_write_what_hdrhistogram_wrote)
{
	const struct hdr_vector *vector;
	size_t size, compared = 0;

	for (vector = hdr_vectors; vector->name != NULL; vector++) {
		if (strcmp(vector->name, "between") == 0)
			continue;
		size = decode_vector(vector);
		hdr_vector_fill(vector, &histogram);
		ck_assert_uint_eq(hdr_encoding_write(&histogram, data), size);
		ck_assert_msg(memcmp(data, theirs, size) == 0, "%s",
		    vector->name);
		compared++;
	}
	ck_assert_uint_ge(compared, 9);
}

HDR_TEST(the_largest_fits)
{
	size_t size;

	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
		histogram.buckets[bucket] = INT64_MAX;
	histogram.beyond = INT64_MAX;
	data[HDR_ENCODING_MOST] = 17;
	size = hdr_encoding_write(&histogram, data);
	ck_assert_uint_eq(size, HDR_ENCODING_MOST);
	ck_assert_uint_eq(data[HDR_ENCODING_MOST], 17);
	ck_assert_int_eq(hdr_encoding_read(data, size, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "the histogram has too many values");
}

/* A good one, in which a byte is changed. */
static void
check_head(size_t offset, unsigned char byte, const char *expected_error)
{
	size_t size;
	int err;

	histogram_clear(&histogram);
	histogram_add(&histogram, 5);
	size = hdr_encoding_write(&histogram, data);
	ck_assert_uint_ne(data[offset], byte);
	data[offset] = byte;
	err = hdr_encoding_read(data, size, &histogram, error, sizeof(error));
	ck_assert_int_eq(err, -EINVAL);
	ck_assert_str_eq(error, expected_error);
}

HDR_TEST(other_heads_are_refused)
{
	check_head(3, 0x03, "this is no histogram of HdrHistogram's version "
	    "2: it begins with 0x1c849303");
	check_head(7, 9, "the histogram has 2 bytes of counts; expected 9");
	check_head(11, 1,
	    "the histogram is shifted or scaled; expected neither");
	check_head(15, 2, "the histogram is of 1 to 3600000000000 with 2 "
	    "digits; expected 1 to 3600000000000 with 3");
	check_head(23, 2, "the histogram is of 2 to 3600000000000 with 3 "
	    "digits; expected 1 to 3600000000000 with 3");
	check_head(31, 1, "the histogram is of 1 to 3600000000001 with 3 "
	    "digits; expected 1 to 3600000000000 with 3");
	check_head(32, 0,
	    "the histogram is shifted or scaled; expected neither");
}

HDR_TEST(too_few_bytes_are_refused)
{
	size_t size;

	histogram_add(&histogram, 5);
	size = hdr_encoding_write(&histogram, data);
	for (size_t cut = 0; cut < size; cut++)
		ck_assert_int_eq(hdr_encoding_read(data, cut, &histogram,
		    error, sizeof(error)), -EINVAL);
	ck_assert_int_eq(hdr_encoding_read(data, HEAD - 1, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "the histogram is too short");
}

/* The counts that follow a good head. */
static int
read_counts(const void *counts, size_t size)
{
	histogram_clear(&histogram);
	hdr_encoding_write(&histogram, data);
	memcpy(data + HEAD, counts, size);
	data[6] = (unsigned char)(size >> 8);
	data[7] = (unsigned char)size;
	return hdr_encoding_read(data, HEAD + size, &histogram, error,
	    sizeof(error));
}

HDR_TEST(counts_that_cannot_be_are_refused)
{
	static const struct {
		const char *counts;
		size_t size;
		const char *error;
	} bad[] = {
		{ "\x82", 1, "the histogram ends in the middle of a number" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff", 8,
		    "the histogram ends in the middle of a number" },
		/* -33793 */
		{ "\x81\x90\x04", 3,
		    "the histogram has more buckets than there are" },
		/* -33792, 1 */
		{ "\xff\x8f\x04\x02", 4,
		    "the histogram has more buckets than there are" },
		/* -33792, -1 */
		{ "\xff\x8f\x04\x01", 4,
		    "the histogram has more buckets than there are" },
		/* -2^63, twice */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		    "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 18,
		    "the histogram has more buckets than there are" },
		/* 2^63 - 1, 1 */
		{ "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10,
		    "the histogram has too many values" },
	};

	for (size_t i = 0; i < LENGTH(bad); i++) {
		ck_assert_int_eq(read_counts(bad[i].counts, bad[i].size),
		    -EINVAL);
		ck_assert_str_eq(error, bad[i].error);
	}
}

HDR_TEST(odd_counts_are_read)
{
	/* -33792 */
	ck_assert_int_eq(read_counts("\xff\x8f\x04", 3), 0);
	ck_assert_uint_eq(histogram.count + histogram.beyond, 0);
	/* -33791, 2 */
	ck_assert_int_eq(read_counts("\xfd\x8f\x04\x04", 4), 0);
	ck_assert_uint_eq(histogram.beyond, 2);
	/* Nothing at all; and 2^63 - 1. */
	ck_assert_int_eq(read_counts("", 0), 0);
	ck_assert_uint_eq(histogram.count, 0);
	ck_assert_int_eq(read_counts("\xfe\xff\xff\xff\xff\xff\xff\xff\xff",
	    9), 0);
	ck_assert_uint_eq(histogram.count, INT64_MAX);
}

int
main(void)
{
	const TTest *const tests[] = {
		we_read_what_hdrhistogram_wrote,
		we_write_what_hdrhistogram_wrote,
		the_largest_fits,
		other_heads_are_refused,
		too_few_bytes_are_refused,
		counts_that_cannot_be_are_refused,
		odd_counts_are_read,
	};

	return UNIT_RUN("hdr_encoding", tests);
}
