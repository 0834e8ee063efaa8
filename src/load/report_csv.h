/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A line of CSV (RFC 4180) for each interval, below a line of names.
 */
#ifndef LOAD_REPORT_CSV_H
#define LOAD_REPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "load/series.h"

/* Both write out what they write; whether it worked is for ferror(3) to say. */
void report_csv_head(FILE *file);
/* The run counts from 0, and is written from 1. */
void report_csv_line(FILE *file, size_t run, bool measured,
    const struct series_entry *entry);

#endif
