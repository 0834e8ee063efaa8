/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A list of strings that grows.
 */
#ifndef COMMON_STRING_LIST_H
#define COMMON_STRING_LIST_H

#include <stddef.h>

/* All zero is an empty one. */
struct string_list {
	char **items;
	size_t count;
};

/* Appends a copy.  Returns 0 or -ENOMEM. */
int string_list_add(struct string_list *list, const char *text);
/* Frees the items and leaves an empty list. */
void string_list_clear(struct string_list *list);

#endif
