/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What two groups of runs differ in, and whether that is more than chance.
 */
#ifndef LOAD_COMPARE_RUNS_H
#define LOAD_COMPARE_RUNS_H

#include <stddef.h>
#include <stdio.h>

#include "load/rank_test.h"
#include "load/report_read.h"

/* Runs of the same kind. */
struct compare_group {
	const struct report_run *const *runs;
	size_t count;
};

enum compare_word {
	COMPARE_NONE,    /* there is no such figure in all of the runs */
	COMPARE_FEW,     /* too few runs to tell */
	COMPARE_SAME,    /* no difference that these runs can show */
	COMPARE_BETTER,  /* b is */
	COMPARE_WORSE,
};

#define COMPARE_FIGURES 5

/* One figure of both. */
struct compare_row {
	const char *name;
	const char *key;  /* the name, for programs */
	enum compare_word word;
	const char *text; /* the word, for people */
	struct rank_difference difference;
};

/*
 * Compares b with a: the rate; median, p99 and p99.9 of load_result_time; and
 * the generator's processor time for each echo.  Returns 0 or -ENOMEM.
 */
int compare_runs(const struct compare_group *a, const struct compare_group *b,
    double confidence, struct compare_row rows[COMPARE_FIGURES]);

/* Prints the rows as a table. */
void compare_print(FILE *file, const struct compare_row rows[COMPARE_FIGURES],
    double confidence);

#endif
