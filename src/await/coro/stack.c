/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro/stack.h"

#define DEFAULT_STRIDE (64 * 1024)
#define LOWEST_STRIDE (16 * 1024)
/* Slabs double from the first to the last of these. */
#define FIRST_SLAB (1024 * 1024)
#define LARGEST_SLAB (64 * 1024 * 1024)
/* Idle stacks that always keep their memory. */
#define KEPT_STACKS 64
/*
 * All stacks end at the same offset in a page, so their hot lines would fight
 * for the same few sets of the cache; each starts some lines lower than the
 * one before.
 */
#define CACHE_LINE 64
#define STAGGERED_LINES 16

struct slab {
	char *base;
	size_t size;
	size_t used; /* bytes of it that were ever handed out */
	void **notes; /* one a stack */
};

/* An idle stack. */
struct idle {
	char *base;
	enum aw_guard guard;
};

struct aw_stack_pool {
	size_t stride;
	size_t guard_size;
	struct slab *slabs; /* all but the last are used up */
	size_t slab_count;
	struct idle *idle; /* has room for every stack there is */
	size_t idle_count;
	size_t cold_count; /* of them, whose memory the kernel has */
	size_t stack_count; /* handed out or idle */
	/* Most that were in use at once since the pool last aged, and before. */
	size_t peak, last_peak;
};

struct aw_stack_pool *
aw_stack_pool_new(size_t stride)
{
	struct aw_stack_pool *pool;

	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return NULL;
	if (stride == 0)
		stride = DEFAULT_STRIDE;
	for (pool->stride = LOWEST_STRIDE; pool->stride < stride &&
	    pool->stride < LARGEST_SLAB / 2;)
		pool->stride *= 2;
	pool->guard_size = (size_t)sysconf(_SC_PAGESIZE);
	return pool;
}

static void
free_slab(struct slab *slab)
{
	munmap(slab->base, slab->size);
	free(slab->notes);
}

void
aw_stack_pool_free(struct aw_stack_pool *pool)
{
	size_t i;

	if (pool == NULL)
		return;
	for (i = 0; i < pool->idle_count; i++)
		aw_guard_remove(pool->idle[i].guard);
	for (i = 0; i < pool->slab_count; i++)
		free_slab(&pool->slabs[i]);
	free(pool->slabs);
	free(pool->idle);
	free(pool);
}

/* The size of the next slab: as much as there is already. */
static size_t
next_slab_size(const struct aw_stack_pool *pool)
{
	size_t size = FIRST_SLAB;

	if (pool->slab_count > 0)
		size = pool->slabs[pool->slab_count - 1].size * 2;
	if (size > LARGEST_SLAB)
		size = LARGEST_SLAB;
	if (size < pool->stride)
		size = pool->stride;
	return size;
}

static int
map_slab(struct slab *slab, size_t size, size_t stride)
{
	slab->notes = calloc(size / stride, sizeof(*slab->notes));
	if (slab->notes == NULL)
		return -ENOMEM;
	slab->base = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (slab->base == MAP_FAILED) {
		free(slab->notes);
		return -ENOMEM;
	}
	/* A huge page would make resident what no task has touched. */
	(void)madvise(slab->base, size, MADV_NOHUGEPAGE);
	slab->size = size - size % stride;
	slab->used = 0;
	return 0;
}

static int
add_slab(struct aw_stack_pool *pool)
{
	size_t size = next_slab_size(pool), stacks;
	struct slab *slabs;
	struct idle *idle;
	int err;

	slabs = realloc(pool->slabs, (pool->slab_count + 1) * sizeof(*slabs));
	if (slabs == NULL)
		return -ENOMEM;
	pool->slabs = slabs;
	/* Room for every stack, so that giving one back can't fail. */
	stacks = pool->stack_count + size / pool->stride;
	idle = realloc(pool->idle, stacks * sizeof(*idle));
	if (idle == NULL)
		return -ENOMEM;
	pool->idle = idle;
	err = map_slab(&slabs[pool->slab_count], size, pool->stride);
	if (err == 0)
		pool->slab_count++;
	return err;
}

/* Cuts a stack that was never used from the last slab. */
static int
cut_stack(struct aw_stack_pool *pool, struct idle *fresh)
{
	struct slab *slab = NULL;
	int err;

	if (pool->slab_count > 0)
		slab = &pool->slabs[pool->slab_count - 1];
	if (slab == NULL || slab->used == slab->size) {
		err = add_slab(pool);
		if (err < 0)
			return err;
		slab = &pool->slabs[pool->slab_count - 1];
	}
	fresh->base = slab->base + slab->used;
	fresh->guard = aw_guard_install(fresh->base, pool->guard_size);
	slab->used += pool->stride;
	pool->stack_count++;
	return 0;
}

/* By how much the stack at base starts lower than the end of its memory. */
static size_t
stagger(const struct aw_stack_pool *pool, const char *base)
{
	return (uintptr_t)base / pool->stride % STAGGERED_LINES * CACHE_LINE;
}

static size_t
in_use(const struct aw_stack_pool *pool)
{
	return pool->stack_count - pool->idle_count;
}

int
aw_stack_get(struct aw_stack_pool *pool, struct aw_stack *stack)
{
	struct idle taken;
	int err;

	if (pool->idle_count > 0) {
		taken = pool->idle[--pool->idle_count];
		if (pool->cold_count > pool->idle_count)
			pool->cold_count = pool->idle_count;
	} else {
		err = cut_stack(pool, &taken);
		if (err < 0)
			return err;
	}
	if (in_use(pool) > pool->peak)
		pool->peak = in_use(pool);
	stack->low = taken.base + pool->guard_size;
	stack->high = taken.base + pool->stride - stagger(pool, taken.base);
	stack->guard = taken.guard;
	return 0;
}

void
aw_stack_put(struct aw_stack_pool *pool, const struct aw_stack *stack)
{
	struct idle *slot = &pool->idle[pool->idle_count++];

	slot->base = stack->low - pool->guard_size;
	slot->guard = stack->guard;
}

void
aw_stack_pool_age(struct aw_stack_pool *pool)
{
	pool->last_peak = pool->peak;
	pool->peak = in_use(pool);
}

bool
aw_stack_pool_is_warm(const struct aw_stack_pool *pool)
{
	return pool->idle_count - pool->cold_count > KEPT_STACKS;
}

/* How many idle stacks keep their memory: as many as were in use beside. */
static size_t
kept(const struct aw_stack_pool *pool)
{
	size_t peak = pool->last_peak > pool->peak ? pool->last_peak :
	    pool->peak;

	return peak > in_use(pool) + KEPT_STACKS ? peak - in_use(pool) :
	    KEPT_STACKS;
}

bool
aw_stack_pool_cool(struct aw_stack_pool *pool, unsigned count)
{
	size_t keep = kept(pool);

	for (; count > 0 && pool->idle_count - pool->cold_count > keep;
	    count--)
		(void)madvise(pool->idle[pool->cold_count++].base +
		    pool->guard_size, pool->stride - pool->guard_size,
		    MADV_DONTNEED);
	return pool->idle_count - pool->cold_count > keep;
}

void **
aw_stack_note(const struct aw_stack_pool *pool, const void *address)
{
	const struct slab *slab;
	size_t offset;

	for (slab = pool->slabs; slab < pool->slabs + pool->slab_count;
	    slab++) {
		offset = (uintptr_t)address - (uintptr_t)slab->base;
		if (offset < slab->used)
			return &slab->notes[offset / pool->stride];
	}
	return NULL;
}

bool
aw_stack_guards(const struct aw_stack *stack, const void *address)
{
	const char *byte = address;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return byte < stack->low && byte >= stack->low - page;
}

bool
aw_stack_overrun(const struct aw_stack *stack, const void *sp)
{
	return (const char *)sp < stack->low ||
	    *(const uint64_t *)(const void *)stack->low != 0;
}
