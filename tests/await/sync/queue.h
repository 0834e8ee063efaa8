/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of queues share.  Their items are words.
 */
#ifndef TESTS_AWAIT_SYNC_QUEUE_H
#define TESTS_AWAIT_SYNC_QUEUE_H

#include "sync/sync.h"

/*
 * A task that puts or gets one item, and notes it when it is over: "+a" for an
 * item that was put, "a" for one that came, "+a!" and "!" if it was cancelled,
 * "+a?" and "?" for another error.
 */
struct exchange {
	aw_queue *queue;
	const char *item;
	aw_task *task;
};

void start_put(struct exchange *exchange, aw_queue *queue, const char *item);
void start_get(struct exchange *exchange, aw_queue *queue);
/* Awaits the task and gives it back. */
int join_exchange(struct exchange *exchange);

/* These do not wait, and must succeed. */
void put(aw_queue *queue, const char *item);
const char *take(aw_queue *queue);
/* As strcmp, of the items. */
int compare_words(const void *a, const void *b);

/* A test that is run with a queue of each kind; for UNIT_RUN_EACH. */
#define QUEUE_KINDS 3
#define QUEUE_TEST(name) \
	UNIT_TEST(name, void, (void), queue_kind = _i; with_task(name##_body))
extern int queue_kind;
aw_queue *new_queue_of_kind(size_t maxsize);

#endif
