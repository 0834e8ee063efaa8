/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Memory for tasks that do not lie on their stacks: cells that begin with a
 * line of the cache, side by side, so that what a loop touches of many idle
 * ones shares pages.
 *
 * Cells are cut from slabs, each of which has one size of them and goes back to
 * the system when its last cell does.  A pool belongs to one thread.
 */
#ifndef AWAIT_CORE_CELLS_H
#define AWAIT_CORE_CELLS_H

#include <stddef.h>
#include <sys/queue.h>

/* The largest cell is of so many lines of the cache. */
#define AW_CELL_LINES 64

struct aw_slab;

/* All zeros is a pool without slabs. */
struct aw_cells {
	LIST_HEAD(aw_slabs, aw_slab) full;
	struct aw_slabs with_room[AW_CELL_LINES];
};

/*
 * Hands out a cell of size bytes, which are not cleared.  NULL if memory is
 * short, or if that is more than the largest has.
 */
void *aw_cell_get(struct aw_cells *cells, size_t size);

/* Takes a cell back. */
void aw_cell_put(struct aw_cells *cells, void *cell);

/* Gives all slabs back, with the cells that are still out. */
void aw_cells_free(struct aw_cells *cells);

#endif
