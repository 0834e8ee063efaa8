/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Queues between the tasks of one loop.
 */
#ifndef AWAIT_QUEUE_H
#define AWAIT_QUEUE_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * Queues of pointers between tasks: first in, first out (asyncio.Queue); last
 * in, first out (LifoQueue); or the least first (PriorityQueue), by compare,
 * which is as qsort's and gets two items; of equal ones the first comes first.
 * maxsize 0 sets no bound.  They return NULL if memory is short.  Not for
 * several threads; bound to a loop as locks are (await/sync.h).
 */
typedef int aw_compare(const void *a, const void *b);
aw_queue *aw_queue_new(size_t maxsize);
aw_queue *aw_lifo_queue_new(size_t maxsize);
aw_queue *aw_priority_queue_new(size_t maxsize, aw_compare *compare);
/*
 * Frees the queue when no task waits in it.  Items that are left are not
 * looked at: aw_queue_get_nowait gets them out before.  NULL is fine.
 */
void aw_queue_free(aw_queue *queue);

/*
 * Waits for room and puts the item in.  0, -ENOMEM, or AW_EQUEUESHUTDOWN; with
 * any error the item is not in the queue.
 */
AW_MUST_CHECK int aw_queue_put(aw_queue *queue, void *item);
/*
 * Does not wait, nor does it need a task: AW_EQUEUEFULL if there is no room,
 * else as put.
 */
AW_MUST_CHECK int aw_queue_put_nowait(aw_queue *queue, void *item);

/*
 * Waits for an item and takes it out.  0, or AW_EQUEUESHUTDOWN once the queue
 * is shut down and empty.  Items go to tasks as these run: one that does not
 * have to wait may come before one that was woken, which then waits again.
 */
AW_MUST_CHECK int aw_queue_get(aw_queue *queue, void **item);
/*
 * Does not wait, nor does it need a task: AW_EQUEUEEMPTY if there is none, else
 * as get.
 */
AW_MUST_CHECK int aw_queue_get_nowait(aw_queue *queue, void **item);

/*
 * Says that an item that was taken out is done with.  Returns 0, or
 * AW_EINVALIDSTATE if that was said of all already.
 */
int aw_queue_task_done(aw_queue *queue);
/* Waits until every item that was put in is done with.  0 or an error. */
AW_MUST_CHECK int aw_queue_join(aw_queue *queue);

/*
 * Ends the queue: put fails at once, get once it is empty.  If immediate, it
 * is emptied now, its items as done with; what they point at is lost unless the
 * program knows it by other means.
 */
void aw_queue_shutdown(aw_queue *queue, bool immediate);

/*
 * How many items are in it, and at most may be, 0 if there is no bound; whether
 * there are none, and whether put would wait (qsize(), maxsize, empty(),
 * full()).
 */
size_t aw_queue_qsize(const aw_queue *queue);
size_t aw_queue_maxsize(const aw_queue *queue);
bool aw_queue_empty(const aw_queue *queue);
bool aw_queue_full(const aw_queue *queue);

AW_END_DECLS

#endif
