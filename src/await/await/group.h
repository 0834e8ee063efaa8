/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: tasks that end together.
 */
#ifndef AWAIT_GROUP_H
#define AWAIT_GROUP_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * Tasks that end together (async with asyncio.TaskGroup()).  Between enter and
 * exit the running task adds tasks to the group.  The first of them that fails
 * cancels the others, and the running task too, once, if it has not come to
 * the exit.
 *
 * aw_group_enter returns 0, -ENOMEM or AW_ENOTASK; every enter that returned 0
 * needs its exit, and then its free.
 */
AW_MUST_CHECK int aw_group_enter(aw_group **group);

/*
 * Starts a task in the group (group.create_task).  task may be NULL; otherwise
 * it gets a reference for the caller to unref.  Returns 0, -ENOMEM, or
 * AW_EINVALIDSTATE if the group is ending or over.
 */
AW_MUST_CHECK int aw_group_create_task(aw_group *group, aw_coroutine *coroutine,
    void *arg, const char *name, aw_task **task);

/*
 * Is given the block's result, cancels the tasks if that is an error, and waits
 * for all of them.  Returns the result if nothing failed; otherwise the error
 * that was first, the block's or a task's.  A cancellation that came from
 * elsewhere is -ECANCELED, unless a task failed.
 */
AW_MUST_CHECK int aw_group_exit(aw_group *group, int result);

/*
 * After the exit: the i-th error, in the order in which they came, the block's
 * own last (ExceptionGroup.exceptions); 0 beyond the last one.  -ECANCELED is
 * not among them.
 */
int aw_group_error(const aw_group *group, size_t i);

/* Frees the group, after its exit.  NULL is fine. */
void aw_group_free(aw_group *group);

AW_END_DECLS

#endif
