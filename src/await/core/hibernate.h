/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hibernation: while a task waits for long, what it uses of its stack, itself
 * and its connection included, lies on the heap, some 1.2 KB, and the page goes
 * back to the kernel.  Before anything touches the task, its bytes are put back
 * where they were.
 *
 * Only a task that lies on one page with all that it uses hibernates, and only
 * while one descriptor's event is what it waits for.  That event is told to
 * what is on the heap meanwhile, which puts the task back and passes it on.  In
 * the loop's list of tasks what is on the heap has the task's place.
 *
 * A guard takes the place of the page (guard.h), so who follows a pointer to it
 * faults, rather than read zeros or write what would be lost.  In the loop's
 * thread the fault is mended: all is put back.  (If it was in the frames, the
 * task shares its stack, and never hibernates again.)  In another thread, and
 * in a system call, it is an error; so a server has to ask for hibernation.
 *
 * Nothing hibernates where the kernel has no such guards, on ucontext, or under
 * a tool that knows the stacks' addresses.
 */
#ifndef AWAIT_CORE_HIBERNATE_H
#define AWAIT_CORE_HIBERNATE_H

#include <stdbool.h>
#include <stdint.h>

#include "await.h"

#include "core/task.h"

/* What wakes a task: a watch in the loop's poll. */
struct aw_wakeup {
	struct aw_watch *watch;
	int fd;
	uint32_t events;
};

/* Puts a task away, if that is possible and worth it. */
void aw_hibernate(struct task *task);

/*
 * What has a place in the loop's list: the task, or while it hibernates its
 * copy on the heap, at which to look is all that may be done.
 */
struct task *aw_task_seen(struct task_link *link);

/* The task itself, which is put back if it hibernates; the link then goes. */
struct task *aw_task_awake(struct task_link *link);

/*
 * Puts the task back on whose stack the address lies, if that is one of the
 * loop's that hibernates.
 */
void aw_hibernate_end_slowly(aw_loop *loop, const void *address);

/* The same, for callers that mostly have nothing to put back. */
static inline void
aw_hibernate_end(aw_loop *loop, const void *address)
{
	if (loop->hibernating > 0)
		aw_hibernate_end_slowly(loop, address);
}

/*
 * Mends a fault at the address if that is on the page of a task of the loop
 * that hibernates, and tells whether it did.  In a signal's context.
 */
bool aw_hibernate_mend(aw_loop *loop, const void *address);

/* Frees what is left; for a loop without tasks. */
void aw_hibernate_close(aw_loop *loop);

#endif
