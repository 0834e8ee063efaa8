/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One run: threads of load, each with a loop and its share of the connections,
 * from the first connection to the result.
 */
#ifndef LOAD_RUN_H
#define LOAD_RUN_H

#include "load/result.h"

/* What is told while it runs, in the main thread; NULL is not told. */
struct run_events {
	/*
	 * An interval is over.  interval has what it gathered, the warm-up's
	 * too, and is the caller's until it returns; measured says whether it
	 * lies in the part that is measured.  Returns whether to go on; if not,
	 * the run ends as END_ABORTED.
	 */
	bool (*interval)(const struct series_entry *entry,
	    const struct statistics *interval, bool measured, void *arg);
	/* All connections are there, or as many as came; the schedule starts. */
	void (*started)(const struct load_result *result, void *arg);
	void *arg;
};

/*
 * Runs it to its end; SIGINT and SIGTERM end it early, and what was measured
 * until then counts.  Blocks; for the main thread.  Returns 0, and the result
 * is complete but for its verdict, of which cpu_share alone is there, and its
 * status; or a negative error if there was no run, with the line to print in
 * error.
 */
typedef int run_function(const struct load_options *options,
    const struct run_events *events, struct load_result *result, char *error,
    size_t error_size);
run_function run_load;

#endif
