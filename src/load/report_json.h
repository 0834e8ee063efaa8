/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The report as one JSON object; doc/echo-load.schema.json describes it.
 */
#ifndef LOAD_REPORT_JSON_H
#define LOAD_REPORT_JSON_H

#include "load/result.h"

#define REPORT_JSON_SCHEMA "echo-load/1"

/*
 * Returns the object on one line, with a line end and a NUL, for the caller to
 * free; NULL if memory is short.
 */
char *report_json_runs(const struct load_result *const *results, size_t count);

#endif
