/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "core/cells.h"

#define CACHE_LINE 64
/* Slabs begin at multiples of it, so that a cell tells its slab. */
#define SLAB_SIZE ((size_t)64 * 1024)

struct cell {
	struct cell *next;
};

/* The head of a slab, in its first line. */
struct aw_slab {
	LIST_ENTRY(aw_slab) slabs;
	struct cell *idle; /* were given back */
	char *rest;        /* from here on none was handed out */
	size_t lines;      /* of a cell */
	size_t used;       /* cells that are out */
};

_Static_assert(sizeof(struct aw_slab) <= CACHE_LINE, "it has one line");

/* Maps twice as much, and gives back what lies around the slab. */
static void *
map_slab(void)
{
	char *mapped, *slab;
	size_t before;

	mapped = mmap(NULL, 2 * SLAB_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)mapped % SLAB_SIZE;
	slab = mapped + before;
	if (before > 0)
		munmap(mapped, before);
	munmap(slab + SLAB_SIZE, SLAB_SIZE - before);
	return slab;
}

static struct aw_slab *
add_slab(struct aw_cells *cells, size_t lines)
{
	struct aw_slab *slab = map_slab();

	if (slab == NULL)
		return NULL;
	slab->idle = NULL;
	slab->rest = (char *)slab + CACHE_LINE;
	slab->lines = lines;
	slab->used = 0;
	LIST_INSERT_HEAD(&cells->with_room[lines - 1], slab, slabs);
	return slab;
}

static size_t
size_of_cells(const struct aw_slab *slab)
{
	return slab->lines * CACHE_LINE;
}

static bool
has_rest(const struct aw_slab *slab)
{
	return slab->rest + size_of_cells(slab) <=
	    (const char *)slab + SLAB_SIZE;
}

static bool
is_full(const struct aw_slab *slab)
{
	return slab->idle == NULL && !has_rest(slab);
}

/* The last one that came back is still in the cache. */
static void *
take(struct aw_slab *slab)
{
	struct cell *cell = slab->idle;

	slab->used++;
	if (cell != NULL) {
		slab->idle = cell->next;
		return cell;
	}
	slab->rest += size_of_cells(slab);
	return slab->rest - size_of_cells(slab);
}

void *
aw_cell_get(struct aw_cells *cells, size_t size)
{
	size_t lines = (size + CACHE_LINE - 1) / CACHE_LINE;
	struct aw_slab *slab;
	void *cell;

	if (lines == 0 || lines > AW_CELL_LINES)
		return NULL;
	slab = LIST_FIRST(&cells->with_room[lines - 1]);
	if (slab == NULL)
		slab = add_slab(cells, lines);
	if (slab == NULL)
		return NULL;
	cell = take(slab);
	if (is_full(slab)) {
		LIST_REMOVE(slab, slabs);
		LIST_INSERT_HEAD(&cells->full, slab, slabs);
	}
	return cell;
}

/* One of each size is kept, as the next cell may well be wanted soon. */
static void
drop_if_unused(struct aw_cells *cells, struct aw_slab *slab)
{
	struct aw_slabs *others = &cells->with_room[slab->lines - 1];

	if (slab->used > 0 || (LIST_FIRST(others) == slab &&
	    LIST_NEXT(slab, slabs) == NULL))
		return;
	LIST_REMOVE(slab, slabs);
	munmap(slab, SLAB_SIZE);
}

void
aw_cell_put(struct aw_cells *cells, void *memory)
{
	struct cell *cell = memory;
	struct aw_slab *slab = (struct aw_slab *)(void *)((char *)memory -
	    (uintptr_t)memory % SLAB_SIZE);

	if (is_full(slab)) {
		LIST_REMOVE(slab, slabs);
		LIST_INSERT_HEAD(&cells->with_room[slab->lines - 1], slab,
		    slabs);
	}
	cell->next = slab->idle;
	slab->idle = cell;
	slab->used--;
	drop_if_unused(cells, slab);
}

static void
free_slabs(struct aw_slabs *slabs)
{
	struct aw_slab *slab;

	while ((slab = LIST_FIRST(slabs)) != NULL) {
		LIST_REMOVE(slab, slabs);
		munmap(slab, SLAB_SIZE);
	}
}

void
aw_cells_free(struct aw_cells *cells)
{
	size_t i;

	free_slabs(&cells->full);
	for (i = 0; i < AW_CELL_LINES; i++)
		free_slabs(&cells->with_room[i]);
}
