/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Parts of the report for people.
 */
#ifndef LOAD_REPORT_TEXT_PARTS_H
#define LOAD_REPORT_TEXT_PARTS_H

#include <stdio.h>

#include "load/result.h"

#define REPORT_TEXT_COLUMNS 80

/* Each prints nothing, not even an empty line, where there is nothing. */
void report_text_percentiles(FILE *file, const struct statistics *statistics);
void report_text_histogram(FILE *file, const struct load_result *result);
void report_text_errors(FILE *file, const struct load_result *result);

/* A text of any length and any bytes, in lines that begin so far in. */
void report_text_wrap(FILE *file, int indent, const char *text);

#endif
