/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A heap of four children a node: half as deep as a binary one, and the
 * children share a cache line.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/timer.h"

#define CHILDREN 4
#define FIRST_CAPACITY 64

static bool
is_earlier(const struct aw_timer *a, const struct aw_timer *b)
{
	return a->when < b->when ||
	    (a->when == b->when && a->sequence < b->sequence);
}

static void
put(struct aw_timer_heap *heap, size_t position, struct aw_timer *timer)
{
	heap->timers[position] = timer;
	timer->position = position;
}

static void
sift_up(struct aw_timer_heap *heap, size_t position, struct aw_timer *timer)
{
	size_t parent;

	while (position > 0) {
		parent = (position - 1) / CHILDREN;
		if (!is_earlier(timer, heap->timers[parent]))
			break;
		put(heap, position, heap->timers[parent]);
		position = parent;
	}
	put(heap, position, timer);
}

/* The earliest child of the node, or count if it has none. */
static size_t
earliest_child(const struct aw_timer_heap *heap, size_t position)
{
	size_t child = position * CHILDREN + 1, end = child + CHILDREN, best;

	if (child >= heap->count)
		return heap->count;
	if (end > heap->count)
		end = heap->count;
	for (best = child++; child < end; child++)
		if (is_earlier(heap->timers[child], heap->timers[best]))
			best = child;
	return best;
}

static void
sift_down(struct aw_timer_heap *heap, size_t position, struct aw_timer *timer)
{
	size_t child;

	for (;;) {
		child = earliest_child(heap, position);
		if (child == heap->count ||
		    !is_earlier(heap->timers[child], timer))
			break;
		put(heap, position, heap->timers[child]);
		position = child;
	}
	put(heap, position, timer);
}

int
aw_timer_heap_add(struct aw_timer_heap *heap, struct aw_timer *timer)
{
	struct aw_timer **timers;
	size_t capacity;

	if (heap->count == heap->capacity) {
		capacity = heap->capacity ? heap->capacity * 2 : FIRST_CAPACITY;
		timers = realloc(heap->timers, capacity * sizeof(*timers));
		if (timers == NULL)
			return -ENOMEM;
		heap->timers = timers;
		heap->capacity = capacity;
	}
	timer->sequence = heap->sequence++;
	sift_up(heap, heap->count++, timer);
	return 0;
}

void
aw_timer_heap_remove(struct aw_timer_heap *heap, struct aw_timer *timer)
{
	size_t position = timer->position;
	struct aw_timer *last = heap->timers[--heap->count];

	if (last == timer)
		return;
	if (is_earlier(last, timer))
		sift_up(heap, position, last);
	else
		sift_down(heap, position, last);
}

void
aw_timer_heap_free(struct aw_timer_heap *heap)
{
	free(heap->timers);
	heap->timers = NULL;
	heap->count = heap->capacity = 0;
}
