/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "base64.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(const unsigned char *data, size_t size, char *text)
{
	uint32_t group;
	size_t i, left;

	for (i = 0; i < size; i += 3) {
		left = size - i;
		group = (uint32_t)data[i] << 16;
		if (left > 1)
			group |= (uint32_t)data[i + 1] << 8;
		if (left > 2)
			group |= data[i + 2];
		*text++ = digits[group >> 18];
		*text++ = digits[group >> 12 & 63];
		*text++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*text++ = left > 2 ? digits[group & 63] : '=';
	}
	*text = '\0';
}

/* 64 or more if it is none. */
static uint32_t
digit_value(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return (uint32_t)(digit - 'A');
	if (digit >= 'a' && digit <= 'z')
		return (uint32_t)(digit - 'a') + 26;
	if (digit >= '0' && digit <= '9')
		return (uint32_t)(digit - '0') + 52;
	return digit == '+' ? 62 : digit == '/' ? 63 : 64;
}

/*
 * Four characters, of which the last ones are padding.  Returns false if there
 * is anything else, or bits that no byte has.
 */
static bool
decode_group(const char *text, unsigned padding, unsigned char *data)
{
	uint32_t group = 0, value;
	unsigned i;

	for (i = 0; i < 4 - padding; i++) {
		value = digit_value(text[i]);
		if (value > 63)
			return false;
		group |= value << (18 - 6 * i);
	}
	for (i = 0; i < 3 - padding; i++)
		data[i] = (unsigned char)(group >> (16 - 8 * i));
	return (group & ((UINT32_C(1) << 8 * padding) - 1)) == 0;
}

ssize_t
base64_decode(const char *text, size_t length, unsigned char *data)
{
	unsigned padding = 0;
	size_t i, size = 0;

	if (length % 4 != 0)
		return -EINVAL;
	for (i = 0; i < length; i += 4) {
		if (i + 4 == length && text[i + 3] == '=')
			padding = text[i + 2] == '=' ? 2 : 1;
		if (!decode_group(text + i, padding, data + size))
			return -EINVAL;
		size += 3 - padding;
	}
	return (ssize_t)size;
}
