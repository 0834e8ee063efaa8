/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Runs one after the other: --runs.
 */
#ifndef LOAD_REPEAT_H
#define LOAD_REPEAT_H

#include <stddef.h>

#include "load/result.h"
#include "load/run.h"

#define REPEAT_MOST 100

/* What is asked and told around each run; NULL is not. */
struct repeat_hooks {
	/*
	 * Before a run: its number from 0, of how many (0: it is not known),
	 * and its options.  Returns the events that the run is to tell.
	 */
	const struct run_events *(*begin)(size_t run, size_t runs,
	    const struct load_options *options, void *arg);
	/* After it, when its verdict and its status are there. */
	void (*end)(const struct load_result *result, void *arg);
	void *arg;
};

/* All zero is an empty list. */
struct load_runs {
	size_t count;
	struct load_result *results[REPEAT_MOST]; /* in the order they were */
};

/* Frees the results and leaves an empty list. */
void load_runs_clear(struct load_runs *runs);

/*
 * One run by the function given, which is run_load but in tests.  With
 * --abort-on-fail, an interval that misses an objective ends it.  Returns 0,
 * and *result, for load_result_free, has its verdict and its status; or a
 * negative error, with the line to print in error.
 */
int repeat_once(const struct load_options *options, run_function *run,
    const struct run_events *events, struct load_result **result, char *error,
    size_t error_size);

/*
 * Makes options->runs runs; each with its own seed, which is options->seed plus
 * the number of the run, from 0.  One that is interrupted, aborted or failed is
 * the last.  Returns 0; or a negative error if one could not be made, with the
 * line to print in error.  runs has those that were made, for load_runs_clear.
 */
int repeat_runs(const struct load_options *options, run_function *run,
    const struct repeat_hooks *hooks, struct load_runs *runs, char *error,
    size_t error_size);

/* The worst status of all. */
int repeat_status(const struct load_runs *runs);

#endif
