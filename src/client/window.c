/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "window.h"

#include <errno.h>
#include <stdlib.h>

#include "compare.h"

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Where a byte of the stream is in the ring. */
static size_t
position(const struct window *window, uint64_t offset)
{
	return (size_t)(offset & (window->size - 1));
}

int
window_init(struct window *window, size_t size)
{
	*window = (struct window){ .size = size };
	window->bytes = malloc(size);
	return window->bytes == NULL ? -ENOMEM : 0;
}

void
window_free(struct window *window)
{
	free(window->bytes);
	window->bytes = NULL;
}

size_t
window_outstanding(const struct window *window)
{
	return (size_t)(window->sent - window->echoed);
}

size_t
window_room(const struct window *window)
{
	return window->size - window_outstanding(window);
}

size_t
window_reserve(struct window *window, unsigned char **where)
{
	size_t start = position(window, window->sent);

	*where = window->bytes + start;
	return min_size(window_room(window), window->size - start);
}

void
window_commit(struct window *window, size_t size)
{
	window->sent += size;
}

/* Compares up to the end of the outstanding bytes, or of the ring. */
static size_t
match_part(struct window *window, const unsigned char *data, size_t size)
{
	size_t start = position(window, window->echoed);
	size_t matched;

	size = min_size(size, window_outstanding(window));
	size = min_size(size, window->size - start);
	matched = compare_prefix(window->bytes + start, data, size);
	window->echoed += matched;
	return matched;
}

size_t
window_match(struct window *window, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	size_t matched = 0;
	size_t part;

	do {
		part = match_part(window, bytes + matched, size - matched);
		matched += part;
	} while (part > 0 && matched < size);
	return matched;
}

int
window_next(const struct window *window)
{
	if (window_outstanding(window) == 0)
		return COMPARE_NO_BYTE;
	return window->bytes[position(window, window->echoed)];
}
