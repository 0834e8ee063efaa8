/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Logs of histograms by interval in HdrHistogram's format, version 1.3, which
 * its tools read: lines with a tag, when the interval began and how long it
 * was, its greatest value and the histogram, which is encoded by its version 2,
 * compressed by zlib and written in base64.
 *
 * Values in histograms are nanoseconds; the greatest one is in milliseconds,
 * and times are in seconds.  What is read need not be trusted.
 */
#ifndef LOAD_HDR_LOG_H
#define LOAD_HDR_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/histogram.h"

#define HDR_LOG_TAG_SIZE 64
/* Characters that no histogram's text is longer than. */
#define HDR_LOG_TEXT_MOST (500 * 1000)

/*
 * The histogram as in a line of a log, with a NUL, for the caller to free; NULL
 * if memory is short.  Values beyond an hour are in the last bucket.
 */
char *hdr_log_encode(const struct histogram *histogram);

/*
 * Reads such a text.  The histogram's counts are those that were written, and
 * its least, its most and its sum are as the buckets tell, within 0.1 %.
 * Values of more than an hour are its beyond.  Returns 0; or -EINVAL or -ENOMEM
 * with what is wrong in error, and the histogram is then undefined.
 */
int hdr_log_decode(const char *text, size_t length,
    struct histogram *histogram, char *error, size_t error_size);

/*
 * Begins a log with a line of comment, that of the format, when it started (in
 * seconds of CLOCK_REALTIME) and the columns.  Times of intervals are relative
 * to that.  Returns 0 or the file's error.
 */
int hdr_log_begin(FILE *file, const char *comment, double started);

/*
 * Adds an interval that began so many seconds after the log, and flushes the
 * file.  The tag is shorter than HDR_LOG_TAG_SIZE, and has neither blanks nor
 * commas; "" is none.  Returns 0, -ENOMEM, -EINVAL for no such tag, or the
 * file's error.
 */
int hdr_log_add(FILE *file, const char *tag, double start, double seconds,
    const struct histogram *histogram);

/* A log that is read, in bounded memory. */
struct hdr_log_reader {
	FILE *file;
	char *text;         /* the line */
	unsigned long line; /* its number, from 1 */
	bool has_started;
	bool has_base;
	double started;     /* seconds of CLOCK_REALTIME */
	double base;        /* what the times of intervals are relative to */
};

struct hdr_log_entry {
	char tag[HDR_LOG_TAG_SIZE]; /* "" if it has none */
	double start;               /* seconds of CLOCK_REALTIME */
	double seconds;
	double most;                /* milliseconds */
};

/* Returns 0 or -ENOMEM; hdr_log_read_end ends it, and leaves the file open. */
int hdr_log_read_begin(struct hdr_log_reader *reader, FILE *file);
void hdr_log_read_end(struct hdr_log_reader *reader);

/*
 * Reads the next interval.  Returns 1; 0 at the end of the log; or -EINVAL,
 * -ENOMEM or the file's error, and error then begins with the line's number.
 * After an error the rest must not be read.
 */
int hdr_log_read(struct hdr_log_reader *reader, struct hdr_log_entry *entry,
    struct histogram *histogram, char *error, size_t error_size);

#endif
