/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Contexts by getcontext(3) and its kin: slower by two system calls a switch,
 * but right on every processor and with the shadow stack on.
 */
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#include "coro/context.h"

/* makecontext passes ints only, so pointers travel in two halves. */
static void
start(unsigned entry_high, unsigned entry_low, unsigned arg_high,
    unsigned arg_low)
{
	aw_context_entry *entry;
	void *arg;

	entry = (aw_context_entry *)(uintptr_t)(
	    (uint64_t)entry_high << 32 | entry_low);
	arg = (void *)(uintptr_t)((uint64_t)arg_high << 32 | arg_low);
	entry(arg);
}

void
aw_context_make_ucontext(struct aw_context *context, void *low, void *high,
    aw_context_entry *entry, void *arg)
{
	uint64_t entry_bits = (uintptr_t)entry, arg_bits = (uintptr_t)arg;
	ucontext_t *first;

	/* It is used for the first switch only, and lies on the stack. */
	first = (ucontext_t *)(((uintptr_t)high - sizeof(*first)) &
	    ~(uintptr_t)63);
	getcontext(first);
	first->uc_stack.ss_sp = low;
	first->uc_stack.ss_size = (size_t)((char *)first - (char *)low);
	first->uc_link = NULL;
	makecontext(first, (void (*)(void))start, 4,
	    (unsigned)(entry_bits >> 32), (unsigned)entry_bits,
	    (unsigned)(arg_bits >> 32), (unsigned)arg_bits);
	context->sp = first;
}

void
aw_context_switch_ucontext(struct aw_context *from, struct aw_context *to)
{
	ucontext_t here, *there = to->sp;

	from->sp = &here;
	/* The mask of signals is the thread's, and no context's. */
	pthread_sigmask(SIG_SETMASK, NULL, &there->uc_sigmask);
	swapcontext(&here, there);
}

/* Frames may go on below the saved context, which is a variable of one. */
const void *
aw_context_lowest_ucontext(const struct aw_context *context)
{
	const ucontext_t *saved = context->sp;

#if defined(__x86_64__)
	return (const void *)(uintptr_t)saved->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
	return (const void *)(uintptr_t)saved->uc_mcontext.sp;
#else
	(void)saved;
	return NULL;
#endif
}
