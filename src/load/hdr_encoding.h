/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A histogram as bytes, in version 2 of HdrHistogram's encoding: a head of 40
 * bytes, all big endian, with the bounds and the digits; then for each bucket
 * up to the last one that has values their number, and for several empty ones
 * in a row their number negated.  The numbers are of variable length: zigzag,
 * then seven bits a byte, the lowest first; a ninth byte has eight.
 *
 * Values beyond an hour are in the last bucket, which is that of 73 minutes,
 * for whoever else reads it.
 */
#ifndef LOAD_HDR_ENCODING_H
#define LOAD_HDR_ENCODING_H

#include <stddef.h>

#include "common/histogram.h"

/* Bytes of the largest. */
#define HDR_ENCODING_MOST (40 + 9 * HISTOGRAM_BUCKETS)

/* Writes at most as many bytes; returns how many they are. */
size_t hdr_encoding_write(const struct histogram *histogram,
    unsigned char *data);

/*
 * Reads the bytes, which need not be trusted.  The histogram has their counts;
 * its least value, its greatest and the sum are what buckets tell: the least of
 * the first, the most of the last, the middle of each.  Buckets above an hour
 * are its values beyond.  Returns 0, or -EINVAL with what is wrong in error;
 * the histogram is then undefined.
 */
int hdr_encoding_read(const unsigned char *data, size_t size,
    struct histogram *histogram, char *error, size_t error_size);

#endif
