/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The nearest of some names to a word that is none of them.
 */
#ifndef COMMON_SUGGEST_H
#define COMMON_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *word;
	const char *name;
	unsigned distance;
};

/* Starts a search; the word and the names must outlive it. */
void suggestion_init(struct suggestion *suggestion, const char *word);
/* Offers a name. */
void suggestion_offer(struct suggestion *suggestion, const char *name);
/* The nearest name that was offered, or NULL if none is near enough. */
const char *suggestion_result(const struct suggestion *suggestion);

/* The same on an array that ends with NULL. */
const char *suggest(const char *word, const char *const *names);

/*
 * Writes that the word is none of the names, and which they are:
 * "'wrning' is not one of error, warning; did you mean 'warning'?"
 */
void suggest_choice(const char *word, const char *const *names, char *error,
    size_t error_size);

/*
 * How many letters must be added, taken away, replaced, or exchanged with
 * their neighbour to make one word of the other.  Words of more than 63 letters
 * are farther than any other.
 */
unsigned suggest_distance(const char *one, const char *other);

#endif
