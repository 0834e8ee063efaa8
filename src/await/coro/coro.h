/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A coroutine: a context on a stack, with what the sanitizers want to know of
 * it.  The thread's own stack is one too.
 */
#ifndef AWAIT_CORO_CORO_H
#define AWAIT_CORO_CORO_H

#include "coro/context.h"
#include "coro/sanitizer.h"
#include "coro/stack.h"

struct aw_coro {
	struct aw_context context;
	struct aw_sanitizer sanitizer;
};

/* Makes the calling thread's own stack a coroutine to come back to. */
static inline void
aw_coro_thread(struct aw_coro *coro)
{
	aw_sanitizer_thread(&coro->sanitizer);
}

/*
 * Makes a coroutine that runs entry(arg) from high downwards; entry begins with
 * aw_coro_started and never returns.
 */
static inline void
aw_coro_make(struct aw_coro *coro, void *low, void *high,
    aw_context_entry *entry, void *arg)
{
	aw_sanitizer_stack_made(&coro->sanitizer, low, high);
	aw_context_make(&coro->context, low, high, entry, arg);
}

/* Ends one that nobody goes on with; the stack is its maker's. */
static inline void
aw_coro_free(struct aw_coro *coro)
{
	aw_sanitizer_stack_gone(&coro->sanitizer);
}

/* Leaves from and goes on with to; returns when somebody switches back. */
static inline void
aw_coro_switch(struct aw_coro *from, struct aw_coro *to)
{
	aw_sanitizer_before(&from->sanitizer, &to->sanitizer, 0);
	aw_context_switch(&from->context, &to->context);
	aw_sanitizer_after(&from->sanitizer, &to->sanitizer);
}

/* The first thing a new coroutine does; from is the one that started it. */
static inline void
aw_coro_started(struct aw_coro *coro, struct aw_coro *from)
{
	aw_sanitizer_after(&coro->sanitizer, &from->sanitizer);
}

/* The last thing a coroutine does; it never comes back. */
static inline void
aw_coro_exit(struct aw_coro *from, struct aw_coro *to)
{
	aw_sanitizer_before(&from->sanitizer, &to->sanitizer, 1);
	aw_context_switch(&from->context, &to->context);
	__builtin_unreachable();
}

#endif
