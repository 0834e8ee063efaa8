/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "string_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
string_list_add(struct string_list *list, const char *text)
{
	char *copy = strdup(text);
	char **items;

	items = reallocarray(list->items, list->count + 1, sizeof(*items));
	if (items != NULL)
		list->items = items;
	if (items == NULL || copy == NULL) {
		free(copy);
		return -ENOMEM;
	}
	items[list->count++] = copy;
	return 0;
}

void
string_list_clear(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	list->items = NULL;
	list->count = 0;
}
