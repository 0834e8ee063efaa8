/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
log_queue_init(struct log_queue *queue, size_t capacity)
{
	memset(queue, 0, sizeof(*queue));
	queue->capacity = capacity;
	queue->filling = malloc(capacity);
	if (queue->filling == NULL)
		return -ENOMEM;
	queue->draining = malloc(capacity);
	if (queue->draining == NULL) {
		free(queue->filling);
		return -ENOMEM;
	}
	pthread_mutex_init(&queue->mutex, NULL);
	pthread_cond_init(&queue->changed, NULL);
	return 0;
}

void
log_queue_free(struct log_queue *queue)
{
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->mutex);
	free(queue->draining);
	free(queue->filling);
}

/* A writer that is busy looks again by itself, so that costs no system call. */
static void
unlock_and_wake(struct log_queue *queue)
{
	bool wake = queue->waiting;

	queue->waiting = false;
	pthread_mutex_unlock(&queue->mutex);
	if (wake)
		pthread_cond_signal(&queue->changed);
}

bool
log_queue_put(struct log_queue *queue, const char *line, size_t length)
{
	bool fits;

	pthread_mutex_lock(&queue->mutex);
	/* After a lost line the rest is lost too, until that has been said. */
	fits = queue->lost == 0 && length <= queue->capacity - queue->used;
	if (fits) {
		memcpy(queue->filling + queue->used, line, length);
		queue->used += length;
	} else {
		queue->lost++;
	}
	unlock_and_wake(queue);
	return fits;
}

static void
exchange(struct log_queue *queue, struct log_batch *batch)
{
	char *full = queue->filling;

	batch->data = full;
	batch->length = queue->used;
	batch->lost = queue->lost;
	queue->filling = queue->draining;
	queue->draining = full;
	queue->used = 0;
	queue->lost = 0;
	queue->called = false;
}

static bool
has_work(const struct log_queue *queue)
{
	return queue->used > 0 || queue->lost > 0 || queue->called;
}

bool
log_queue_take(struct log_queue *queue, struct log_batch *batch)
{
	bool more;

	pthread_mutex_lock(&queue->mutex);
	while (!has_work(queue) && !queue->ended) {
		queue->waiting = true;
		pthread_cond_wait(&queue->changed, &queue->mutex);
	}
	more = has_work(queue);
	exchange(queue, batch);
	pthread_mutex_unlock(&queue->mutex);
	return more;
}

void
log_queue_call(struct log_queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->called = true;
	unlock_and_wake(queue);
}

void
log_queue_end(struct log_queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->ended = true;
	unlock_and_wake(queue);
}
