/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a comparison has come to, as text and as JSON;
 * doc/echo-load-compare.schema.json describes the latter.
 */
#ifndef LOAD_COMPARE_REPORT_H
#define LOAD_COMPARE_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "load/compare_runs.h"

#define COMPARE_REPORT_SCHEMA "echo-load-compare/1"

/* The runs of a file. */
struct compare_side {
	const char *file;
	size_t runs;
	size_t suspect; /* of these */
	struct compare_row rows[COMPARE_FIGURES]; /* beside A; A has none */
};

struct compare_report {
	double confidence; /* what was asked for */
	size_t count;
	struct compare_side *sides; /* A, then each B */
};

/* For people: a table for each B. */
void compare_report_text(FILE *file, const struct compare_report *report);

/*
 * Returns the object on one line, with a line end and a NUL, for the caller to
 * free; NULL if memory is short.
 */
char *compare_report_json(const struct compare_report *report);

#endif
