/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The highest rate at which objectives are met: --find-max.
 *
 * Short trials at rates that double until one is missed, then between the best
 * and the worst of them by bisection; then a whole run at what was found, at a
 * lower rate if that misses.  A trial misses if an objective does, if the rate
 * was not achieved, if there were errors, or if the generator was too busy.
 */
#ifndef LOAD_SEARCH_H
#define LOAD_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "load/repeat.h"
#include "load/result.h"
#include "load/run.h"

#define SEARCH_TRIALS 64

struct search_trial {
	double rate;      /* messages a second, as asked */
	double achieved;
	double seconds;   /* measured */
	int64_t p50;      /* nanoseconds, of load_result_time */
	int64_t p99;
	bool whole;       /* a confirming run, and no short trial */
	bool met;
	char reason[256]; /* why not */
};

struct load_search {
	double rate;      /* that was found and confirmed; 0: none */
	bool is_highest;  /* a rate above it was tried, and missed */
	size_t count;
	struct search_trial trials[SEARCH_TRIALS];
	struct load_options options; /* of the last trial */
};

/*
 * Searches; run is run_load but in tests.  Returns 0, and *result is that of
 * the confirming run, with its verdict, its status and its search, which points
 * to search: for load_result_free, before search goes.  If no rate meets the
 * objectives, the status is LOAD_MISSED (LOAD_FAILED if nothing ever came
 * back), search->rate is 0 and the result that of the last trial.  Or a
 * negative error, with the line to print in error.
 */
int search_find_max(const struct load_options *options, run_function *run,
    const struct repeat_hooks *hooks, struct load_search *search,
    struct load_result **result, char *error, size_t error_size);

/* Prints the line of a trial; the last one is search's. */
void search_print_trial(FILE *file, const struct load_search *search);
/* Prints what was found. */
void search_print(FILE *file, const struct load_search *search);

#endif
