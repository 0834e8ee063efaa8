/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The percentiles that reports show.
 */
#ifndef LOAD_PERCENTILES_H
#define LOAD_PERCENTILES_H

#define LOAD_PERCENTILES 8

static const double load_percentiles[LOAD_PERCENTILES] = {
	50, 75, 90, 95, 99, 99.9, 99.99, 100
};

#endif
