/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sync/items.h"

#define FIRST_CAPACITY 16
/* Up to this limit the room for all is made at once, so adding can't fail. */
#define SMALL_LIMIT 64

static size_t
item_size(const struct aw_items *items)
{
	return items->order == AW_ITEMS_LEAST ? sizeof(*items->heap) :
	    sizeof(*items->ring);
}

int
aw_items_init(struct aw_items *items, enum aw_items_order order, size_t limit,
    aw_compare *compare)
{
	memset(items, 0, sizeof(*items));
	items->order = order;
	items->compare = compare;
	items->limit = limit;
	items->capacity = FIRST_CAPACITY;
	if (limit > 0 && limit <= SMALL_LIMIT)
		items->capacity = limit;
	items->ring = malloc(items->capacity * item_size(items));
	return items->ring != NULL ? 0 : -ENOMEM;
}

void
aw_items_free(struct aw_items *items)
{
	free(items->ring);
}

/* The items at the end of the old room move to the end of the new one. */
static void
unfold(struct aw_items *items, size_t old_capacity)
{
	size_t at_end = old_capacity - items->first;
	size_t first = items->capacity - at_end;

	memmove(items->ring + first, items->ring + items->first,
	    at_end * sizeof(*items->ring));
	items->first = first;
}

static int
grow(struct aw_items *items)
{
	size_t old_capacity = items->capacity, capacity = old_capacity * 2;
	void *room;

	if (items->limit > 0 && capacity > items->limit)
		capacity = items->limit;
	room = realloc(items->ring, capacity * item_size(items));
	if (room == NULL)
		return -ENOMEM;
	items->ring = room;
	items->capacity = capacity;
	/* A ring is full here: one that does not begin at 0 goes round. */
	if (items->first > 0)
		unfold(items, old_capacity);
	return 0;
}

static bool
is_less(const struct aw_items *items, const struct aw_ranked_item *a,
    const struct aw_ranked_item *b)
{
	int order = items->compare(a->item, b->item);

	return order != 0 ? order < 0 : a->sequence < b->sequence;
}

/* Finds the place for an item on the way from a leaf to the root. */
static void
sift_up(struct aw_items *items, size_t at, struct aw_ranked_item ranked)
{
	struct aw_ranked_item *heap = items->heap;
	size_t parent;

	while (at > 0) {
		parent = (at - 1) / 2;
		if (!is_less(items, &ranked, &heap[parent]))
			break;
		heap[at] = heap[parent];
		at = parent;
	}
	heap[at] = ranked;
}

/* Finds the place for an item on the way from the root to a leaf. */
static void
sift_down(struct aw_items *items, struct aw_ranked_item ranked)
{
	struct aw_ranked_item *heap = items->heap;
	size_t at = 0, child;

	while ((child = 2 * at + 1) < items->count) {
		if (child + 1 < items->count &&
		    is_less(items, &heap[child + 1], &heap[child]))
			child++;
		if (!is_less(items, &heap[child], &ranked))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = ranked;
}

/* The place of the n-th item, or of the one that is added if n is count. */
static void **
slot(const struct aw_items *items, size_t n)
{
	size_t at = items->first + n;

	if (at >= items->capacity)
		at -= items->capacity;
	return &items->ring[at];
}

int
aw_items_add(struct aw_items *items, void *item)
{
	int err;

	if (items->count == items->capacity) {
		err = grow(items);
		if (err < 0)
			return err;
	}
	if (items->order == AW_ITEMS_LEAST)
		sift_up(items, items->count, (struct aw_ranked_item){ item,
		    items->sequence++ });
	else
		*slot(items, items->count) = item;
	items->count++;
	return 0;
}

static void *
take_least(struct aw_items *items)
{
	void *item = items->heap[0].item;

	if (items->count > 0)
		sift_down(items, items->heap[items->count]);
	return item;
}

static void *
take_first(struct aw_items *items)
{
	void *item = items->ring[items->first];

	items->first = items->first + 1 < items->capacity ?
	    items->first + 1 : 0;
	return item;
}

void *
aw_items_take(struct aw_items *items)
{
	items->count--;
	switch (items->order) {
	case AW_ITEMS_LEAST:
		return take_least(items);
	case AW_ITEMS_LAST_IN:
		return *slot(items, items->count);
	default:
		return take_first(items);
	}
}
