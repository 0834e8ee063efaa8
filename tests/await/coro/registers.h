/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What C can't see of a switch: the registers, and the stack at the entry.
 */
#ifndef TESTS_AWAIT_CORO_REGISTERS_H
#define TESTS_AWAIT_CORO_REGISTERS_H

#include <stdint.h>

#include "coro/context.h"

/* How many registers a function has to preserve; 0: not known here. */
#if defined(__x86_64__)
#define REGISTERS 6  /* rbx rbp r12 to r15 */
#define ENTRY_OFFSET 8 /* the call pushed a return address */
#elif defined(__aarch64__)
#define REGISTERS 18 /* x19 to x28, d8 to d15 */
#define ENTRY_OFFSET 0
#else
#define REGISTERS 0
#endif

typedef void registers_switch_function(struct aw_context *from,
    struct aw_context *to);

/*
 * Loads the registers from values, calls function(from, to), and stores the
 * registers in values again.
 */
void registers_switch(struct aw_context *from, struct aw_context *to,
    uint64_t *values, registers_switch_function *function);

/* A context's entry: notes the stack pointer, then goes on with next. */
struct registers_start {
	uintptr_t sp;
	void (*next)(struct registers_start *start);
};
void registers_entry(void *start);

#endif
