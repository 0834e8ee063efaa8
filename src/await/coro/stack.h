/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A pool of stacks for coroutines.
 *
 * Stacks are cut from slabs of address space, each with a guard at its low end
 * (guard.h).  One that is given back is the next to be handed out, since its
 * top page is still in the cache; when many have lain idle for a while, their
 * memory goes back to the kernel.  A pool belongs to one thread.
 */
#ifndef AWAIT_CORO_STACK_H
#define AWAIT_CORO_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "coro/guard.h"

struct aw_stack_pool;

/* Memory from low up to high; high is aligned to a cache line. */
struct aw_stack {
	char *low;
	char *high;
	enum aw_guard guard;
};

/*
 * Makes a pool of stacks of stride bytes each, guard included; rounded up to a
 * power of two of at least 16 KiB; 0 is 64 KiB.  NULL if memory is short.
 */
struct aw_stack_pool *aw_stack_pool_new(size_t stride);

/* Unmaps every stack of the pool; none may be in use. */
void aw_stack_pool_free(struct aw_stack_pool *pool);

/* Hands out a stack.  Returns 0 or -ENOMEM. */
int aw_stack_get(struct aw_stack_pool *pool, struct aw_stack *stack);

/* Takes a stack back; it must not be running. */
void aw_stack_put(struct aw_stack_pool *pool, const struct aw_stack *stack);

/*
 * Gives the memory of the stacks that have been idle for longest to the kernel,
 * of count at most, and tells whether there are more.  As many keep theirs as
 * were in use at once beside those that are, since the pool aged last but one:
 * what comes in bursts finds them warm.
 */
bool aw_stack_pool_cool(struct aw_stack_pool *pool, unsigned count);
void aw_stack_pool_age(struct aw_stack_pool *pool);
/* Whether there may be something to cool after it has aged. */
bool aw_stack_pool_is_warm(const struct aw_stack_pool *pool);

/*
 * Where a pointer can be kept for the stack in whose memory the address lies,
 * which is NULL at first; or NULL if there is no such stack.
 */
void **aw_stack_note(const struct aw_stack_pool *pool, const void *address);

/* Whether address lies in the guard below the stack. */
bool aw_stack_guards(const struct aw_stack *stack, const void *address);

/*
 * Whether a stack without a guard page has been left at its low end: sp is
 * beyond it, or the lowest word, which is never written, has changed.
 */
bool aw_stack_overrun(const struct aw_stack *stack, const void *sp);

#endif
