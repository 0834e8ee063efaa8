/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop's timers: a heap by time, and by order of arrival among equal times,
 * which libevent's heap does not keep.  The loop sets one libevent timer for
 * the earliest.
 */
#ifndef AWAIT_CORE_TIMER_H
#define AWAIT_CORE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lies in whoever waits; nothing is allocated for one timer. */
struct aw_timer {
	int64_t when;      /* nanoseconds of the loop's clock */
	uint64_t sequence; /* earlier ones first among equal times */
	size_t position;   /* in the heap */
	void (*due)(struct aw_timer *timer);
};

struct aw_timer_heap {
	struct aw_timer **timers;
	size_t count;
	size_t capacity;
	uint64_t sequence;
};

/* Adds a timer, whose when and due are set.  Returns 0 or -ENOMEM. */
int aw_timer_heap_add(struct aw_timer_heap *heap, struct aw_timer *timer);

/* Takes a timer out that is in the heap. */
void aw_timer_heap_remove(struct aw_timer_heap *heap, struct aw_timer *timer);

/* The earliest timer, or NULL. */
static inline struct aw_timer *
aw_timer_heap_first(const struct aw_timer_heap *heap)
{
	return heap->count > 0 ? heap->timers[0] : NULL;
}

/* Frees what the heap has made; the timers belong to others. */
void aw_timer_heap_free(struct aw_timer_heap *heap);

#endif
