/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What of a stack is in memory: how deep it was used, and giving back what is
 * used no more.  Any thread.
 */
#ifndef AWAIT_CORO_RESIDENT_H
#define AWAIT_CORO_RESIDENT_H

#include "coro/stack.h"

/*
 * The lowest page of the stack that is in memory, which is how deep it was
 * ever used; high if none is, or if the kernel does not tell.
 */
char *aw_stack_lowest_resident(const struct aw_stack *stack);

/*
 * Gives the pages that lie wholly below lowest, an address in the stack, back
 * to the kernel; they read as zeros from then on.
 */
void aw_stack_release_below(const struct aw_stack *stack, const void *lowest);

#endif
