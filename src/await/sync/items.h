/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where a queue keeps its items, and in which order they come out.
 */
#ifndef AWAIT_SYNC_ITEMS_H
#define AWAIT_SYNC_ITEMS_H

#include "await.h"

struct aw_ranked_item {
	void *item;
	uint64_t sequence; /* of equal items the first comes first */
};

enum aw_items_order {
	AW_ITEMS_FIRST_IN,
	AW_ITEMS_LAST_IN,
	AW_ITEMS_LEAST,
};

struct aw_items {
	enum aw_items_order order;
	aw_compare *compare; /* of AW_ITEMS_LEAST */
	union {
		void **ring;
		struct aw_ranked_item *heap; /* of AW_ITEMS_LEAST */
	};
	size_t first;        /* of the ring; the others follow */
	size_t count;
	size_t capacity;
	size_t limit;        /* most items that there will be, or 0 */
	uint64_t sequence;   /* the next item's */
};

/*
 * Prepares room for some items, for all of them if limit is small.  compare is
 * for AW_ITEMS_LEAST.  Returns 0 or -ENOMEM.
 */
AW_MUST_CHECK int aw_items_init(struct aw_items *items,
    enum aw_items_order order, size_t limit, aw_compare *compare);
void aw_items_free(struct aw_items *items);

/* Adds an item; there are fewer than limit.  Returns 0 or -ENOMEM. */
AW_MUST_CHECK int aw_items_add(struct aw_items *items, void *item);

/* Takes out the item whose turn it is; there is one. */
void *aw_items_take(struct aw_items *items);

#endif
