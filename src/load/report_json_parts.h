/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the JSON report consists of.  result is set to -1 where memory is short,
 * see common/json.h.
 */
#ifndef LOAD_REPORT_JSON_PARTS_H
#define LOAD_REPORT_JSON_PARTS_H

#include <jansson.h>

#include "load/result.h"
#include "load/search.h"

/* A run, with all that was measured; a search for a rate, step by step. */
json_t *report_json_run(const struct load_result *run, int *result);
json_t *report_json_search(const struct load_search *search, int *result);

/* The options in force, by their long names. */
json_t *report_json_options(const struct load_options *options, int *result);
/* All times that the statistics have, by name. */
json_t *report_json_times(const struct statistics *statistics, int *result);
json_t *report_json_series(const struct series *series, int *result);

#endif
