/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Lines on their way from those who log to the one thread that writes.
 *
 * There are two buffers of a fixed size.  Lines are copied into one while the
 * other is written, and the writer exchanges them when it has finished.  A line
 * for which there is no room is dropped and counted, so nobody waits for a
 * writer that is stuck, and no memory is taken after the start.
 */
#ifndef COMMON_LOG_QUEUE_H
#define COMMON_LOG_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_queue {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	char *filling;
	char *draining;
	size_t capacity; /* of each */
	size_t used;     /* of the one that is being filled */
	uint64_t lost;   /* since the last exchange */
	bool waiting;    /* the writer is, and has to be woken */
	bool called;
	bool ended;
};

/* What the writer is given; the data is good until it takes the next. */
struct log_batch {
	const char *data; /* whole lines */
	size_t length;
	uint64_t lost;    /* lines that were dropped after these */
};

/* Returns 0 or -ENOMEM, and then there is nothing to free. */
int log_queue_init(struct log_queue *queue, size_t capacity);
void log_queue_free(struct log_queue *queue);

/*
 * Adds a line that ends in a line feed.  Returns false if it had to be dropped.
 * For any thread; holds a mutex for as long as the line is copied.
 */
bool log_queue_put(struct log_queue *queue, const char *line, size_t length);

/*
 * For the writer's thread: waits until there are lines, or until it is called
 * or ended.  Returns false once it is ended and empty.
 */
bool log_queue_take(struct log_queue *queue, struct log_batch *batch);

/* Has the writer take a batch, an empty one if there are no lines. */
void log_queue_call(struct log_queue *queue);

/* Has the writer take what is left, and no more. */
void log_queue_end(struct log_queue *queue);

#endif
