/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The line that shows how a run is going, redrawn in place; on a terminal only.
 */
#ifndef LOAD_LIVE_H
#define LOAD_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "load/options.h"
#include "load/series.h"

struct live {
	FILE *file;       /* NULL: there is no line */
	bool is_drawn;
	size_t run;       /* from 0 */
	size_t runs;      /* 0: it is not known how many */
	const struct load_options *options;
	uint64_t sent;    /* in this run so far */
	uint64_t bytes;
	uint64_t errors;
};

/* The file is that of the terminal; if it is none, or not wanted, nothing is
 * ever drawn. */
void live_init(struct live *live, FILE *file, bool is_wanted);

/* Before each run; the options have to stay until the next. */
void live_begin(struct live *live, size_t run, size_t runs,
    const struct load_options *options);
/* Adds an interval and draws the line. */
void live_show(struct live *live, const struct series_entry *entry,
    bool measured);
/* Leaves an empty line, for others to print on. */
void live_clear(struct live *live);

/*
 * The line for an interval, within so many columns: what matters less is left
 * out where that is too little.  Returns buffer, whose size is above width.
 */
const char *live_text(const struct live *live,
    const struct series_entry *entry, bool measured, size_t width,
    char *buffer, size_t size);

#endif
