/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The length of the character of UTF-8 that begins there; 0 if none does. */
static size_t
character_length(const unsigned char *text)
{
	size_t length;
	unsigned value;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	value = text[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	/* Longer than need be, a half of a UTF-16 pair, or beyond the end. */
	if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000))
		return 0;
	if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	return length;
}

static bool
is_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		size_t length = character_length(at);

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

static void
put(FILE *file, unsigned char byte, bool utf8)
{
	switch (byte) {
	case '<':
		fputs("&lt;", file);
		break;
	case '>':
		fputs("&gt;", file);
		break;
	case '&':
		fputs("&amp;", file);
		break;
	case '"':
		fputs("&quot;", file);
		break;
	case '\'':
		fputs("&#39;", file);
		break;
	default:
		if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8))
			byte = '?';
		fputc(byte, file);
	}
}

void
html_text(FILE *file, const char *text)
{
	bool utf8 = is_utf8(text);

	for (; *text != '\0'; text++)
		put(file, (unsigned char)*text, utf8);
}

void
html_print(FILE *file, const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	html_text(file, text);
}
