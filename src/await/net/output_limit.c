/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How much may be queued by all connections together.
 */
#include "net/output_queue.h"

#include <stdatomic.h>
#include <stdlib.h>

struct aw_output_limit {
	_Atomic size_t most;
	_Atomic size_t used;
};

aw_output_limit *
aw_output_limit_new(size_t bytes)
{
	aw_output_limit *limit = malloc(sizeof(*limit));

	if (limit == NULL)
		return NULL;
	atomic_init(&limit->most, bytes);
	atomic_init(&limit->used, 0);
	return limit;
}

void
aw_output_limit_free(aw_output_limit *limit)
{
	free(limit);
}

void
aw_output_limit_set(aw_output_limit *limit, size_t bytes)
{
	atomic_store_explicit(&limit->most, bytes, memory_order_relaxed);
}

size_t
aw_output_limit_used(const aw_output_limit *limit)
{
	return atomic_load_explicit(&limit->used, memory_order_relaxed);
}

bool
aw_output_limit_take(aw_output_limit *limit, size_t size)
{
	size_t most, used;

	if (limit == NULL)
		return true;
	most = atomic_load_explicit(&limit->most, memory_order_relaxed);
	used = atomic_fetch_add_explicit(&limit->used, size,
	    memory_order_relaxed);
	if (used <= most && size <= most - used)
		return true;
	aw_output_limit_give(limit, size);
	return false;
}

void
aw_output_limit_give(aw_output_limit *limit, size_t size)
{
	if (limit != NULL)
		atomic_fetch_sub_explicit(&limit->used, size,
		    memory_order_relaxed);
}
