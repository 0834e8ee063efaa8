/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "hdr_encoding.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The last digit but one is that of a word's size, which version 2 has not. */
#define COOKIE UINT32_C(0x1c849313)
#define LOWEST 1
#define LAST_BUCKET (HISTOGRAM_BUCKETS - 1)
/* Of a number, the bytes that have seven bits. */
#define SHORT_BYTES 8

/* As it lies in memory; it has no padding. */
struct head {
	uint32_t cookie;
	uint32_t size;    /* of what follows */
	uint32_t offset;  /* by which buckets are rotated */
	uint32_t digits;
	uint64_t lowest;
	uint64_t highest;
	uint64_t ratio;   /* of whole numbers to others: the bits of a double */
};

_Static_assert(sizeof(struct head) == 40, "the head has no padding");

/* The bits of 1.0. */
#define RATIO UINT64_C(0x3ff0000000000000)

static size_t
write_number(int64_t value, unsigned char *data)
{
	uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
	size_t size = 0;

	while (rest > 127 && size < SHORT_BYTES) {
		data[size++] = (unsigned char)(rest | 128);
		rest >>= 7;
	}
	data[size++] = (unsigned char)rest;
	return size;
}

static uint64_t
bucket_count(const struct histogram *histogram, unsigned bucket)
{
	return bucket == LAST_BUCKET ? histogram->beyond :
	    histogram->buckets[bucket];
}

/* At least one. */
static unsigned
used_buckets(const struct histogram *histogram)
{
	unsigned used = HISTOGRAM_BUCKETS;

	while (used > 1 && bucket_count(histogram, used - 1) == 0)
		used--;
	return used;
}

static size_t
write_counts(const struct histogram *histogram, unsigned char *data)
{
	unsigned used = used_buckets(histogram), bucket, empty;
	size_t size = 0;

	for (bucket = 0; bucket < used; bucket++) {
		empty = 0;
		while (bucket + empty < used &&
		    bucket_count(histogram, bucket + empty) == 0)
			empty++;
		if (empty > 1) {
			size += write_number(-(int64_t)empty, data + size);
			bucket += empty - 1;
			continue;
		}
		size += write_number((int64_t)bucket_count(histogram, bucket),
		    data + size);
	}
	return size;
}

size_t
hdr_encoding_write(const struct histogram *histogram, unsigned char *data)
{
	struct head head = {
		.cookie = htobe32(COOKIE),
		.digits = htobe32(HISTOGRAM_DIGITS),
		.lowest = htobe64(LOWEST),
		.highest = htobe64(HISTOGRAM_HIGHEST),
		.ratio = htobe64(RATIO),
	};
	size_t size = write_counts(histogram, data + sizeof(head));

	head.size = htobe32((uint32_t)size);
	memcpy(data, &head, sizeof(head));
	return sizeof(head) + size;
}

static int
check_head(const struct head *head, size_t size, char *error,
    size_t error_size)
{
	if (be32toh(head->cookie) != COOKIE)
		snprintf(error, error_size, "this is no histogram of "
		    "HdrHistogram's version 2: it begins with 0x%08" PRIx32,
		    be32toh(head->cookie));
	else if (be32toh(head->size) != size)
		snprintf(error, error_size, "the histogram has %zu bytes of "
		    "counts; expected %" PRIu32, size, be32toh(head->size));
	else if (be32toh(head->digits) != HISTOGRAM_DIGITS ||
	    be64toh(head->lowest) != LOWEST ||
	    be64toh(head->highest) != HISTOGRAM_HIGHEST)
		snprintf(error, error_size, "the histogram is of %" PRIu64
		    " to %" PRIu64 " with %" PRIu32 " digits; expected %d to %"
		    PRId64 " with %d", be64toh(head->lowest),
		    be64toh(head->highest), be32toh(head->digits), LOWEST,
		    HISTOGRAM_HIGHEST, HISTOGRAM_DIGITS);
	else if (head->offset != 0 || be64toh(head->ratio) != RATIO)
		snprintf(error, error_size, "the histogram is shifted or "
		    "scaled; expected neither");
	else
		return 0;
	return -EINVAL;
}

/* Returns how many bytes it has, or 0 if they end too soon. */
static size_t
read_number(const unsigned char *data, size_t size, int64_t *value)
{
	uint64_t bits = 0;
	size_t used = 0;

	while (used < size) {
		bits |= (uint64_t)(used < SHORT_BYTES ? data[used] & 127 :
		    data[used]) << (7 * used);
		if (used++ == SHORT_BYTES || data[used - 1] < 128) {
			*value = (int64_t)(bits >> 1 ^ -(bits & 1));
			return used;
		}
	}
	return 0;
}

/* Returns false if there are more values than can be counted. */
static bool
add_count(struct histogram *histogram, unsigned bucket, uint64_t count)
{
	int64_t least = histogram_bucket_least(bucket);
	int64_t most = histogram_bucket_most(bucket);
	uint64_t before = histogram_total(histogram);

	if (before + count > INT64_MAX)
		return false;
	if (before == 0)
		histogram->least = least;
	histogram->most = most;
	if (least > HISTOGRAM_HIGHEST) {
		histogram->beyond += count;
		return true;
	}
	if (most > HISTOGRAM_HIGHEST)
		histogram->most = HISTOGRAM_HIGHEST;
	histogram->buckets[bucket] = count;
	histogram->count += count;
	histogram->sum += (double)count * ((double)least + (double)most) / 2;
	return true;
}

/* Returns NULL, or what is wrong. */
static const char *
read_counts(const unsigned char *data, size_t size,
    struct histogram *histogram)
{
	uint64_t bucket = 0;
	int64_t number;
	size_t used;

	for (; size > 0; data += used, size -= used) {
		used = read_number(data, size, &number);
		if (used == 0)
			return "the histogram ends in the middle of a number";
		/* No sum can overflow: both are less than 2^63. */
		if (number < 0)
			bucket += -(uint64_t)number;
		if (number < 0 && bucket <= HISTOGRAM_BUCKETS)
			continue;
		if (bucket >= HISTOGRAM_BUCKETS)
			return "the histogram has more buckets than there are";
		if (number > 0 && !add_count(histogram, (unsigned)bucket,
		    (uint64_t)number))
			return "the histogram has too many values";
		bucket++;
	}
	return NULL;
}

int
hdr_encoding_read(const unsigned char *data, size_t size,
    struct histogram *histogram, char *error, size_t error_size)
{
	struct head head;
	const char *wrong;
	int err;

	histogram_clear(histogram);
	if (size < sizeof(head)) {
		snprintf(error, error_size, "the histogram is too short");
		return -EINVAL;
	}
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	size -= sizeof(head);
	err = check_head(&head, size, error, error_size);
	if (err < 0)
		return err;
	wrong = read_counts(data, size, histogram);
	if (wrong != NULL)
		snprintf(error, error_size, "%s", wrong);
	return wrong != NULL ? -EINVAL : 0;
}
