/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Putting numbers into a queue and getting them out.
 */
#ifndef TESTS_ASYNCIO_ITEMS_H
#define TESTS_ASYNCIO_ITEMS_H

#include "trace.h"

#define ITEM(n) ((void *)(intptr_t)(n))

/* What put_item puts in. */
struct put {
	aw_queue *queue;
	int n;
};

/* The item that came out, or the error. */
int got(int err, void *item);
int get_item(void *queue);
int get_nowait(aw_queue *queue);
int put_nowait(aw_queue *queue, int n);
/* Puts it in without a word. */
void fill(aw_queue *queue, int n);
int put_item(void *arg);
int await_join(void *queue);
void describe(const aw_queue *queue);
void drain(aw_queue *queue);

#endif
