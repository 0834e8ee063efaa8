/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The report for people, as text within 80 columns.
 */
#ifndef LOAD_REPORT_TEXT_H
#define LOAD_REPORT_TEXT_H

#include <stdio.h>

#include "load/result.h"

/* Whether that was written is for ferror(3) to say. */
void report_text(FILE *file, const struct load_result *result);

/*
 * Of several runs: a line for each, which of them are the best, the median and
 * the worst, and the report of the median by rate.  Of one, its report.
 */
void report_text_runs(FILE *file, const struct load_result *const *results,
    size_t count);

#endif
