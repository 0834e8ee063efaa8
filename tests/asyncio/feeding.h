/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A reader that the case feeds, and reading that says which bytes came.
 */
#ifndef TESTS_ASYNCIO_FEEDING_H
#define TESTS_ASYNCIO_FEEDING_H

#include "trace.h"

/* The reader of the case. */
extern aw_reader *reader;

/* An argument for read_exactly. */
#define SIZE(n) ((void *)(uintptr_t)(n))

void feed(const char *data);
void make_reader(size_t limit, const char *data);
int end_reader(void);
/* The bytes as text, with $ for the end of a line. */
const char *text_of(const char *data, size_t size);
/* Says which bytes came. */
int got(const char *what, ssize_t size, const char *data);
int read_some(size_t size);
int read_ten(void *arg);
int read_exactly(void *size);
int read_line(void *arg);
int read_until(void *separator);
int until(const char *separator);

#endif
