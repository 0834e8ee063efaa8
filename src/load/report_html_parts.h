/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Sections of the page.  Each writes nothing, not even a heading, where there
 * is nothing to tell.
 */
#ifndef LOAD_REPORT_HTML_PARTS_H
#define LOAD_REPORT_HTML_PARTS_H

#include <stdio.h>

#include "load/result.h"

typedef void report_html_part(FILE *file, const struct load_result *result);

report_html_part report_html_cards;
report_html_part report_html_pictures;
report_html_part report_html_percentiles;
report_html_part report_html_objectives;
report_html_part report_html_search;
report_html_part report_html_errors;
report_html_part report_html_counters;
report_html_part report_html_generator;
report_html_part report_html_options;

/* A section with a heading and a table of names and values. */
void report_html_pairs_begin(FILE *file, const char *heading);
void report_html_pair(FILE *file, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_html_pairs_end(FILE *file);

#endif
