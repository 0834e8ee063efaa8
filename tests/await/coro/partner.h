/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A coroutine for a test to switch to and fro with.
 */
#ifndef TESTS_AWAIT_CORO_PARTNER_H
#define TESTS_AWAIT_CORO_PARTNER_H

#include <stdbool.h>

#include "coro/coro.h"

#define STACK_SIZE (64 * 1024)

/* How many implementations of the switch were built. */
#ifdef AW_CONTEXT_UCONTEXT
#define IMPLEMENTATIONS 1
#else
#define IMPLEMENTATIONS 2
#endif

/* A coroutine to switch to, and what the test keeps there. */
struct partner {
	struct aw_coro coro;
	struct aw_coro *home;
	char *stack;
	void (*body)(struct partner *partner);
	unsigned long steps;
	int value;
	double sum;
	bool ended;
};

/*
 * Chooses the implementation: 0 is the one that was configured, 1 is ucontext
 * beside assembly.  In the test's thread, before anything else.
 */
void choose(int implementation);

/* Makes a partner of the test's thread, and throws it away. */
void make_partner(struct partner *partner, void (*body)(struct partner *));
void free_partner(struct partner *partner);

/* Goes on with the partner, and from it back. */
void resume(struct partner *partner);
void give_way(struct partner *partner);

#endif
