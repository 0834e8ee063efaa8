/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Command lines for tests of options.
 */
#ifndef TESTS_WORDS_H
#define TESTS_WORDS_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MOST 32

struct words {
	char text[512];
	char *words[WORDS_MOST + 1]; /* as argv, with a NULL at the end */
	int count;
};

/* The program's name and a line, which is split at its spaces. */
static inline void
words_split(struct words *words, const char *program, const char *line)
{
	char *word, *rest;

	ck_assert_int_lt(snprintf(words->text, sizeof(words->text), "%s %s",
	    program, line), (int)sizeof(words->text));
	words->count = 0;
	for (word = strtok_r(words->text, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		ck_assert_int_lt(words->count, WORDS_MOST);
		words->words[words->count++] = word;
	}
	words->words[words->count] = NULL;
}

#endif
