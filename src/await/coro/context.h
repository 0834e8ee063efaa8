/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The processor's context: making one and switching between two.
 *
 * A context that is not running is one pointer to the top of its stack, where
 * it saved what the ABI makes a function preserve.  On x86-64 and aarch64 that
 * is done in assembly; elsewhere, or where the processor's shadow stack is on,
 * by ucontext.
 *
 * Knows nothing of tasks, sanitizers or guards.  Any thread; a context belongs
 * to the thread that made it.
 */
#ifndef AWAIT_CORO_CONTEXT_H
#define AWAIT_CORO_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct aw_context {
	void *sp;
};

/* What a context runs.  It must never return. */
typedef void aw_context_entry(void *arg);

/* Whether ucontext is used instead of assembly; set by aw_context_init. */
extern bool aw_context_is_ucontext;

/* Chooses the implementation; to be called before the first context is made. */
void aw_context_init(void);

/*
 * Makes a context that calls entry(arg) on the stack that ends at high, once it
 * is first switched to.  high is aligned to 16 bytes.
 */
void aw_context_make(struct aw_context *context, void *low, void *high,
    aw_context_entry *entry, void *arg);

/*
 * The lowest address that a context which does not run needs of its stack, or
 * NULL where that can't be told.
 */
const void *aw_context_lowest(const struct aw_context *context);

/* The two implementations. */
void aw_context_switch_asm(struct aw_context *from, struct aw_context *to);
void aw_context_make_asm(struct aw_context *context, void *high,
    aw_context_entry *entry, void *arg);
void aw_context_switch_ucontext(struct aw_context *from, struct aw_context *to);
void aw_context_make_ucontext(struct aw_context *context, void *low, void *high,
    aw_context_entry *entry, void *arg);
const void *aw_context_lowest_ucontext(const struct aw_context *context);

/* Saves the running context in from and goes on with to. */
static inline void
aw_context_switch(struct aw_context *from, struct aw_context *to)
{
#ifndef AW_CONTEXT_UCONTEXT
	if (__builtin_expect(!aw_context_is_ucontext, 1))
		aw_context_switch_asm(from, to);
	else
#endif
		aw_context_switch_ucontext(from, to);
}

#endif
