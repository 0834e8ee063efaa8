/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Counters of one thread, which any thread may read.
 */
#ifndef ECHOD_TALLY_H
#define ECHOD_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

/* There is one writer, so there is no need to lock the bus. */
static inline void
tally_add(_Atomic uint64_t *tally, uint64_t amount)
{
	atomic_store_explicit(tally, atomic_load_explicit(tally,
	    memory_order_relaxed) + amount, memory_order_relaxed);
}

/* For the one writer, too. */
static inline void
tally_subtract(_Atomic uint64_t *tally, uint64_t amount)
{
	tally_add(tally, -amount);
}

/* For any thread. */
static inline uint64_t
tally_get(const _Atomic uint64_t *tally)
{
	return atomic_load_explicit(tally, memory_order_relaxed);
}

#endif
