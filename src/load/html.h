/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Text in HTML.
 */
#ifndef LOAD_HTML_H
#define LOAD_HTML_H

#include <stdio.h>

/*
 * Writes a text of any bytes, for elements and attributes: what has a meaning
 * in HTML is escaped, control characters become '?', and so does every byte
 * that is not ASCII of a text that is not UTF-8.
 */
void html_text(FILE *file, const char *text);

/* Formats, and writes the outcome, of which at most 1 KiB, so. */
void html_print(FILE *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
