/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Objectives, as people write them: "p99<2ms", "p50(service)<300us",
 * "errors<0.1%", "errors=0", "rate>=100k", "max<1s", "throughput>100M" (bytes a
 * second; k is 1000 here too); several are separated by commas.
 *
 * A percentile, mean or max is the response time's unless another time of
 * statistics.h is named in brackets.  Errors are all of statistics_errors, the
 * messages that are wrong or unanswered included.  As a share they are divided
 * by what was tried: messages sent, connections that could not be made and
 * handshakes that failed; handshakes take the place of messages if none was
 * sent.  As one loss can be an error of the connection and several unanswered
 * messages, the share ends at 1.
 */
#ifndef LOAD_OBJECTIVE_H
#define LOAD_OBJECTIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/options.h"

#define OBJECTIVES_MOST 16
#define OBJECTIVE_TEXT_SIZE 64

enum objective_kind {
	OBJECTIVE_PERCENTILE,
	OBJECTIVE_MEAN,
	OBJECTIVE_MAX,
	OBJECTIVE_RATE,       /* echoes a second */
	OBJECTIVE_THROUGHPUT, /* bytes of echo a second */
	OBJECTIVE_ERRORS,     /* a number, or a share of what was sent */
};

enum objective_relation {
	OBJECTIVE_LESS,
	OBJECTIVE_AT_MOST,
	OBJECTIVE_EQUAL,
	OBJECTIVE_AT_LEAST,
	OBJECTIVE_MORE,
};

struct objective {
	enum objective_kind kind;
	enum objective_relation relation;
	int time;        /* enum statistics_time */
	double percent;  /* of a percentile */
	bool is_share;   /* of errors: bound is from 0 to 1 */
	double bound;    /* nanoseconds, or a second, or a number */
	char text[OBJECTIVE_TEXT_SIZE]; /* as it was written */
};

struct objective_list {
	size_t count;
	struct objective items[OBJECTIVES_MOST];
};

/*
 * Adds to a list, which is empty if it is all zero.  Returns 0, or -EINVAL or
 * -ERANGE with what was expected in error; the list is then what it was.
 */
int objective_list_parse(const char *text, struct objective_list *list,
    char *error, size_t error_size);

option_handler objective_list_store; /* struct objective_list */

struct load_result;

/*
 * What the result has for an objective, in the unit of bound.  NAN if it has
 * nothing: no sample of a time; errors as a share if nothing was tried.
 */
double objective_value(const struct objective *objective,
    const struct load_result *result);
/* NAN does not meet it. */
bool objective_is_met(const struct objective *objective,
    const struct load_result *result);
/*
 * The value as text, with its unit: "1.72 ms", "0.03 %", "12.3k/s",
 * "1.05 GB/s"; "none" for NAN.  Returns buffer; UNITS_TEXT_SIZE is enough.
 */
const char *objective_value_text(const struct objective *objective,
    double value, char *buffer, size_t size);

#endif
