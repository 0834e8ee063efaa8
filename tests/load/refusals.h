/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Texts that a parser refuses, and what it says of them.
 */
#ifndef TESTS_LOAD_REFUSALS_H
#define TESTS_LOAD_REFUSALS_H

#include <check.h>
#include <string.h>

struct refusal {
	const char *text;
	const char *error; /* what it begins with */
	int err;
};

/* err and error are what the parser made of the text. */
static inline void
refusal_check(const struct refusal *refusal, int err, const char *error)
{
	ck_assert_msg(err == refusal->err, "'%s': %d, expected %d",
	    refusal->text, err, refusal->err);
	ck_assert_msg(strncmp(error, refusal->error,
	    strlen(refusal->error)) == 0, "'%s': '%s', expected '%s'",
	    refusal->text, error, refusal->error);
}

#endif
