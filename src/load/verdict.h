/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whether a result can be believed.
 */
#ifndef LOAD_VERDICT_H
#define LOAD_VERDICT_H

#include "load/result.h"

/* enum constant, name in reports; in the order in which they are told */
#define VERDICT_KINDS(row) \
	row(SUSPECT_UNFINISHED, "unfinished") \
	row(SUSPECT_WRONG, "wrong") \
	row(SUSPECT_UNANSWERED, "unanswered") \
	row(SUSPECT_ERRORS, "errors") \
	row(SUSPECT_SHORT, "short") \
	row(SUSPECT_SAMPLES, "samples") \
	row(SUSPECT_BUSY, "generator_busy") \
	row(SUSPECT_LAG, "send_lag") \
	row(SUSPECT_RATE, "rate") \
	row(SUSPECT_CONNECTIONS, "connections") \
	row(SUSPECT_LITTLE, "littles_law") \
	row(SUSPECT_FAIRNESS, "fairness") \
	row(SUSPECT_BEYOND, "beyond")

#define VERDICT_ENUM(constant, name) constant,
enum verdict_kind { VERDICT_KINDS(VERDICT_ENUM) VERDICT_KIND_COUNT };
#undef VERDICT_ENUM

extern const char *const verdict_kind_names[VERDICT_KIND_COUNT];

/*
 * Fills result->verdict: VALID, or SUSPECT with the reasons, each a sentence
 * that says what was seen, what the limit is and what can be done.
 */
void verdict_reach(struct load_result *result);

/*
 * One line for a verdict that is SUSPECT: the subject, the names of all reasons
 * and the sentence of the first, as "run 2 is SUSPECT (short, samples): Only
 * 0.5 s were measured, ...".  Returns line; VERDICT_LINE_SIZE is enough for a
 * subject of up to 255 bytes.
 */
#define VERDICT_LINE_SIZE 768
const char *verdict_line(const struct load_verdict *verdict,
    const char *subject, char *line, size_t size);

/* Whether a reason of that kind is among those of the verdict. */
bool verdict_has(const struct load_verdict *verdict, enum verdict_kind kind);

#endif
