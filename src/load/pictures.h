/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The pictures of a report, each an SVG element; narrow ones are for phones.
 * All of them say so where there is nothing to be seen.
 */
#ifndef LOAD_PICTURES_H
#define LOAD_PICTURES_H

#include <stdbool.h>
#include <stdio.h>

#include "load/result.h"

typedef void picture_function(FILE *file, const struct load_result *result,
    bool narrow);

/* Response, service and lag by percentile, with more room the closer to 100. */
picture_function picture_percentiles;
/* Echoes, and errors, a second by time. */
picture_function picture_rate;
/* p50, p99 and the greatest response time by time. */
picture_function picture_latency;
/* How many response times fall into each bucket. */
picture_function picture_histogram;

#endif
