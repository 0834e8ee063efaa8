/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The course of several runs that were made at the same time.
 */
#ifndef LOAD_MERGE_SERIES_H
#define LOAD_MERGE_SERIES_H

#include "load/series.h"

/*
 * Adds the entries of a series to those of the same number: counts are summed,
 * percentiles are the greatest.  If one has joined more of its intervals, those
 * of the other are joined first.  It needs 80 KB of stack.
 */
void merge_series(struct series *to, const struct series *from);

#endif
