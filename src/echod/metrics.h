/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The metrics, as Prometheus reads them: its text format 0.0.4.
 *
 * To add one, add a row to the table in metrics_table.c, and say what it is in
 * man/echod.8, which a test compares with the table.
 */
#ifndef ECHOD_METRICS_H
#define ECHOD_METRICS_H

#include "observed.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_kind {
	METRIC_GAUGE,
	METRIC_COUNTER, /* its name ends in _total */
	METRIC_HISTOGRAM,
};

struct metrics_output;

/* One metric.  One of the functions is there, and says what its values are. */
struct metric {
	const char *name;
	const char *help; /* a sentence without a full stop */
	enum metric_kind kind;
	/* The one value; NAN is none. */
	double (*number)(const struct look *look);
	/* A value a listener; NAN is none. */
	double (*of_listener)(const struct observed_listener *listener);
	/* Calls metrics_sample. */
	void (*samples)(struct metrics_output *output,
	    const struct metric *metric, const struct look *look);
};

extern const struct metric metrics[];
extern const size_t metrics_count;

struct metric_label {
	const char *name;
	const char *value;
};

/* At most so many of them. */
#define METRIC_LABELS 3

/* Writes a value with its labels; the first of them with no name ends them. */
void metrics_sample(struct metrics_output *output, const struct metric *metric,
    const struct metric_label *labels, double value);
/* The same for a histogram: its buckets, sum and count. */
void metrics_histogram(struct metrics_output *output,
    const struct metric *metric, const struct metric_label *label,
    const struct latency *latency);

/*
 * All of them, for the caller to free; NULL: no memory.  *length gets the
 * number of bytes, without the NUL that ends them.
 */
char *metrics_text(const struct look *look, size_t *length);

#endif
