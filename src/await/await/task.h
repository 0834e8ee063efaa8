/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Coroutines and tasks.
 */
#ifndef AWAIT_TASK_H
#define AWAIT_TASK_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * Starts a coroutine as a task of the running loop (asyncio.create_task); it
 * runs no earlier than the caller's next suspension.  name is copied; NULL is
 * "Task-N".  Returns the task, a reference for the caller to unref, or NULL
 * if memory is short or no loop is running.
 */
aw_task *aw_create_task(aw_coroutine *coroutine, void *arg, const char *name);

/* The same on a loop that need not be running (loop.create_task). */
aw_task *aw_loop_create_task(aw_loop *loop, aw_coroutine *coroutine, void *arg,
    const char *name);

/* The task that is running, without a reference, or NULL (current_task). */
aw_task *aw_current_task(void);

/*
 * The loop's tasks that are not done, in the order in which they were made
 * (asyncio.all_tasks): writes the first capacity of them to tasks, each a
 * reference for the caller to unref, and returns how many there are.  loop NULL
 * is the running one.
 */
size_t aw_all_tasks(aw_loop *loop, aw_task **tasks, size_t capacity);

/* The task's name; it is valid until it is set anew or the task goes. */
const char *aw_task_get_name(const aw_task *task);
/* Returns 0, or -ENOMEM, which leaves the old name. */
int aw_task_set_name(aw_task *task, const char *name);

/* How many cancellations are not yet taken back (task.cancelling). */
unsigned aw_task_cancelling(const aw_task *task);
/* Takes one back and returns what is left (task.uncancel). */
unsigned aw_task_uncancel(aw_task *task);

/*
 * Waits until the future is done and returns its result or error.  If the
 * waiting task is cancelled, the cancellation is passed into what it awaits.
 * -EDEADLK for the task itself, AW_EWRONGLOOP for a future of another loop.
 */
AW_MUST_CHECK int aw_await(aw_future *future);

/*
 * The same, and gives the reference back: for a future that nobody else needs,
 * as in aw_await_unref(aw_shield(task)).
 */
AW_MUST_CHECK int aw_await_unref(aw_future *future);

/*
 * Waits for some seconds (asyncio.sleep).  0 lets every other task that is
 * ready run first.  Returns 0 or an error.
 */
AW_MUST_CHECK int aw_sleep(double delay);

AW_END_DECLS

#endif
