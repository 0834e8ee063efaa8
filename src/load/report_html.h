/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The report as one page of HTML that needs nothing else: pictures are SVG, and
 * there is no script.
 */
#ifndef LOAD_REPORT_HTML_H
#define LOAD_REPORT_HTML_H

#include <stdio.h>

#include "load/result.h"

/*
 * Of several runs the page shows the median by rate, and a table of all.
 * Returns 0 or -ENOMEM; whether it was written is for ferror(3) to say.
 */
int report_html_runs(FILE *file, const struct load_result *const *results,
    size_t count);

#endif
