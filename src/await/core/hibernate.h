/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hibernation: while a task waits for data for long, what it has on its stack,
 * some hundred bytes, lies on the heap, and the page goes back to the kernel.
 * When the task is woken, its bytes are put back where they were.
 *
 * A guard takes the page's place meanwhile (guard.h), so who follows a pointer
 * into that stack faults, rather than read zeros or write what would be lost.
 * In the loop's thread the fault is mended: the page is put back, and the task
 * never hibernates again, as it shares its stack.  In another thread, and in a
 * system call, it is an error; so a server has to ask for hibernation.
 *
 * Only tasks that lie beside their stacks hibernate, and only in waits of which
 * the library knows that nothing of them lies on the stack.  None does where
 * the kernel has no such guards, on ucontext, or under a tool that knows the
 * stacks' addresses.
 */
#ifndef AWAIT_CORE_HIBERNATE_H
#define AWAIT_CORE_HIBERNATE_H

#include <stdbool.h>

#include "await.h"

struct task;

/* What a task waits for that may hibernate; the very string. */
extern const char aw_data_to_read[];

/* Puts the stack of a parked task away, if that is possible and worth it. */
void aw_hibernate(struct task *task);

/* Puts it back, before a task that hibernates (AW_TASK_HIBERNATES) runs. */
void aw_hibernate_end(struct task *task);

/*
 * Mends a fault at the address if it lies in the stack of a task of the loop
 * that hibernates, and tells whether it did.  In a signal's context.
 */
bool aw_hibernate_mend(aw_loop *loop, const void *address);

#endif
