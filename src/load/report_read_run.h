/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a run has come to, out of its report.
 */
#ifndef LOAD_REPORT_READ_RUN_H
#define LOAD_REPORT_READ_RUN_H

#include "load/json_read.h"
#include "load/result.h"

/*
 * Reads a run into an empty result, but for its options and its verdict, of
 * which cpu_share alone is read.  Errors are the reader's.
 */
void report_read_run(const struct json_place *run, struct load_result *result);

#endif
