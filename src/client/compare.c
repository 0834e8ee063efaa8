/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>

/* memcmp is fast but does not say where; only this much is looked through. */
#define BLOCK_SIZE 4096

size_t
compare_prefix(const void *one, const void *other, size_t size)
{
	const unsigned char *a = one;
	const unsigned char *b = other;
	size_t i = 0;

	while (size - i >= BLOCK_SIZE && memcmp(a + i, b + i, BLOCK_SIZE) == 0)
		i += BLOCK_SIZE;
	while (i < size && a[i] == b[i])
		i++;
	return i;
}

const char *
compare_byte_text(int byte, char *buffer, size_t size)
{
	if (byte == COMPARE_NO_BYTE)
		snprintf(buffer, size, "nothing");
	else if (byte >= 0x20 && byte < 0x7f)
		snprintf(buffer, size, "0x%02x '%c'", (unsigned)byte, byte);
	else
		snprintf(buffer, size, "0x%02x", (unsigned)byte);
	return buffer;
}
