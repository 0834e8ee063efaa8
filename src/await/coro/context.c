/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Chooses how contexts are switched, and lays out the first frame of one that
 * has not run yet.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "coro/context.h"

#ifdef AW_CONTEXT_UCONTEXT

bool aw_context_is_ucontext = true;

void
aw_context_init(void)
{
}

void
aw_context_make(struct aw_context *context, void *low, void *high,
    aw_context_entry *entry, void *arg)
{
	aw_context_make_ucontext(context, low, high, entry, arg);
}

const void *
aw_context_lowest(const struct aw_context *context)
{
	return aw_context_lowest_ucontext(context);
}

#else

bool aw_context_is_ucontext;

/* Where a new context starts; in the assembly file. */
void aw_context_trampoline(void);

#if defined(__x86_64__)

/* In the order in which the switch takes them off the stack. */
struct frame {
	uint32_t mxcsr;
	uint16_t x87_control;
	uint16_t unused;
	uint64_t r15, r14, r13, r12, rbx, rbp;
	uint64_t rip;
};

static void
fill_frame(struct frame *frame, aw_context_entry *entry, void *arg)
{
	uint32_t mxcsr;
	uint16_t x87_control;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(x87_control));
	frame->mxcsr = mxcsr;
	frame->x87_control = x87_control;
	frame->rbx = (uintptr_t)entry;
	frame->r12 = (uintptr_t)arg;
	frame->rip = (uintptr_t)aw_context_trampoline;
}

/*
 * Returns control when shadow stacks are off: rdsspq is then a no-op.  With
 * them on, a return on another stack than its call's would be a fault.
 */
static bool
shadow_stack_is_on(void)
{
	uint64_t pointer = 0;

	__asm__ volatile("rdsspq %0" : "+r"(pointer));
	return pointer != 0;
}

#elif defined(__aarch64__)

struct frame {
	uint64_t x19, x20, x21, x22, x23, x24, x25, x26, x27, x28;
	uint64_t x29, x30;
	uint64_t d8, d9, d10, d11, d12, d13, d14, d15;
};

static void
fill_frame(struct frame *frame, aw_context_entry *entry, void *arg)
{
	frame->x19 = (uintptr_t)entry;
	frame->x20 = (uintptr_t)arg;
	frame->x30 = (uintptr_t)aw_context_trampoline;
}

static bool
shadow_stack_is_on(void)
{
	return false;
}

#else
#error "no assembly for this processor: configure --with-context=ucontext"
#endif

static void
choose(void)
{
	aw_context_is_ucontext = shadow_stack_is_on();
}

void
aw_context_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, choose);
}

void
aw_context_make_asm(struct aw_context *context, void *high,
    aw_context_entry *entry, void *arg)
{
	struct frame *frame;

	/* The trampoline starts with the stack aligned, as before a call. */
	frame = (struct frame *)high - 1;
	memset(frame, 0, sizeof(*frame));
	fill_frame(frame, entry, arg);
	context->sp = frame;
}

void
aw_context_make(struct aw_context *context, void *low, void *high,
    aw_context_entry *entry, void *arg)
{
	if (aw_context_is_ucontext)
		aw_context_make_ucontext(context, low, high, entry, arg);
	else
		aw_context_make_asm(context, high, entry, arg);
}

const void *
aw_context_lowest(const struct aw_context *context)
{
	if (aw_context_is_ucontext)
		return aw_context_lowest_ucontext(context);
	return context->sp;
}

#endif
