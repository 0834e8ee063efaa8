/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "suggest.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 63

static unsigned
min(unsigned one, unsigned other)
{
	return one < other ? one : other;
}

/*
 * The usual table of distances between all beginnings of the two words, of
 * which only the last three rows are kept.
 */
unsigned
suggest_distance(const char *one, const char *other)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t height = strlen(one), width = strlen(other);

	if (height > WORD_MAX || width > WORD_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= width; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= height; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i - 1) % 3];
		const unsigned *before = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= width; j++) {
			row[j] = min(above[j], row[j - 1]) + 1;
			row[j] = min(row[j], above[j - 1] +
			    (one[i - 1] != other[j - 1]));
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
			    one[i - 2] == other[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
	}
	return rows[height % 3][width];
}

void
suggestion_init(struct suggestion *suggestion, const char *word)
{
	suggestion->word = word;
	suggestion->name = NULL;
	suggestion->distance = UINT_MAX;
}

void
suggestion_offer(struct suggestion *suggestion, const char *name)
{
	unsigned distance = suggest_distance(suggestion->word, name);
	size_t length = strlen(suggestion->word);

	/* What is only cut short is as good as one slip. */
	if (distance > 1 && length >= 3 &&
	    strncmp(name, suggestion->word, length) == 0)
		distance = 1;
	if (distance < suggestion->distance) {
		suggestion->distance = distance;
		suggestion->name = name;
	}
}

const char *
suggestion_result(const struct suggestion *suggestion)
{
	size_t length;

	/* A third of the letters wrong is a slip, more is another word. */
	if (suggestion->name == NULL)
		return NULL;
	length = strlen(suggestion->word);
	if (suggestion->distance > (length < 3 ? 1 : (length + 2) / 3))
		return NULL;
	return suggestion->name;
}

const char *
suggest(const char *word, const char *const *names)
{
	struct suggestion suggestion;

	suggestion_init(&suggestion, word);
	for (; *names != NULL; names++)
		suggestion_offer(&suggestion, *names);
	return suggestion_result(&suggestion);
}

void
suggest_choice(const char *word, const char *const *names, char *error,
    size_t error_size)
{
	const char *near = suggest(word, names);
	char list[256] = "";

	for (size_t i = 0; names[i] != NULL; i++) {
		size_t used = strlen(list);

		snprintf(list + used, sizeof(list) - used, "%s%s",
		    i == 0 ? "" : ", ", names[i]);
	}
	if (near != NULL)
		snprintf(error, error_size,
		    "'%s' is not one of %s; did you mean '%s'?", word, list,
		    near);
	else
		snprintf(error, error_size, "'%s' is not one of %s", word,
		    list);
}
