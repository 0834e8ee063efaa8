/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The ready ring: what the loop is to run in its next iteration, first come,
 * first served.
 *
 * The entries lie in what they run (a task, a handle), so adding one touches
 * no memory but theirs and can't fail.  libevent's own queue of active events
 * is no substitute: what a callback activates there runs in the same pass,
 * before I/O is polled again.
 */
#ifndef AWAIT_CORE_READY_H
#define AWAIT_CORE_READY_H

#include <stdbool.h>
#include <stddef.h>

struct aw_ready {
	struct aw_ready *next;
	/*
	 * Called once, after the entry has left the ring.  When the loop is
	 * closing, it frees what it has and runs nothing.
	 */
	void (*run)(struct aw_ready *ready);
};

/* A circle of entries: the last one's next is the first. */
struct aw_ready_ring {
	struct aw_ready *last;
};

#define aw_container_of(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* Whether there is nothing for aw_ready_pop to take. */
static inline bool
aw_ready_is_empty(const struct aw_ready_ring *ring)
{
	return ring->last == NULL;
}

/* Adds an entry behind the last; it must be in no ring. */
static inline void
aw_ready_push(struct aw_ready_ring *ring, struct aw_ready *ready)
{
	if (ring->last == NULL) {
		ready->next = ready;
	} else {
		ready->next = ring->last->next;
		ring->last->next = ready;
	}
	ring->last = ready;
}

/* Moves all entries of from behind those of to. */
static inline void
aw_ready_append(struct aw_ready_ring *to, struct aw_ready_ring *from)
{
	struct aw_ready *first;

	if (from->last == NULL)
		return;
	if (to->last != NULL) {
		first = to->last->next;
		to->last->next = from->last->next;
		from->last->next = first;
	}
	to->last = from->last;
	from->last = NULL;
}

/* Takes the first entry; the ring must not be empty. */
static inline struct aw_ready *
aw_ready_pop(struct aw_ready_ring *ring)
{
	struct aw_ready *first = ring->last->next;

	if (first == ring->last)
		ring->last = NULL;
	else
		ring->last->next = first->next;
	return first;
}

#endif
