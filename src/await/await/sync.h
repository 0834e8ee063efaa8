/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Locks and their kin, between the tasks of one loop.
 */
#ifndef AWAIT_SYNC_H
#define AWAIT_SYNC_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * All of these are made by their _new function, which returns NULL if memory is
 * short, and are given back by their _free function when no task waits in them;
 * that takes NULL.  None is for several threads.  Each belongs to the loop in
 * which a task first had to wait in it; a task of another one gets
 * AW_EWRONGLOOP where it would have to.  Tasks are served in the order of their
 * coming: once one has been woken, nobody who comes later gets past it.
 */

/* Mutual exclusion across waits (asyncio.Lock). */
aw_lock *aw_lock_new(void);
void aw_lock_free(aw_lock *lock);
/* Waits until the lock is free and takes it.  0, or an error without it. */
AW_MUST_CHECK int aw_lock_acquire(aw_lock *lock);
/*
 * Frees the lock for the task that waits longest, which takes it when it runs.
 * Any task may do it.  Returns 0, or AW_EINVALIDSTATE if it is not taken.
 */
int aw_lock_release(aw_lock *lock);
/* Whether a task has it; the next one has it when that runs. */
bool aw_lock_locked(const aw_lock *lock);

/* Something that has happened, or not yet (asyncio.Event). */
aw_event *aw_event_new(void);
void aw_event_free(aw_event *event);
/* It has happened: wakes all that wait.  It has not: they wait from here on. */
void aw_event_set(aw_event *event);
void aw_event_clear(aw_event *event);
/* Whether it has. */
bool aw_event_is_set(const aw_event *event);
/* Waits until it is set.  0 or an error. */
AW_MUST_CHECK int aw_event_wait(aw_event *event);

/*
 * Waiting for a state that a lock protects (asyncio.Condition).  lock stays the
 * caller's and must outlive the condition; NULL makes one that goes with it.
 */
aw_condition *aw_condition_new(aw_lock *lock);
void aw_condition_free(aw_condition *condition);
/* Take, free and ask for the lock. */
AW_MUST_CHECK int aw_condition_acquire(aw_condition *condition);
int aw_condition_release(aw_condition *condition);
bool aw_condition_locked(const aw_condition *condition);
/*
 * Frees the lock, waits to be notified, and takes the lock again, whatever the
 * result, even if it is cancelled; a notification that a cancelled task got is
 * passed on.  AW_EINVALIDSTATE without the lock.
 */
AW_MUST_CHECK int aw_condition_wait(aw_condition *condition);
/*
 * The same until the predicate holds; returns 0 then (condition.wait_for).  The
 * lock is not asked for if it holds from the start.
 */
typedef bool aw_predicate(void *arg);
AW_MUST_CHECK int aw_condition_wait_for(aw_condition *condition,
    aw_predicate *predicate, void *arg);
/*
 * Wakes the count tasks that wait longest, or all of them.  Returns 0, or
 * AW_EINVALIDSTATE if the lock is not taken.
 */
int aw_condition_notify(aw_condition *condition, size_t count);
int aw_condition_notify_all(aw_condition *condition);

/*
 * Lets so many tasks in at once (asyncio.Semaphore).  A bounded one refuses to
 * be released more often than it was acquired (asyncio.BoundedSemaphore).
 */
aw_semaphore *aw_semaphore_new(size_t value);
aw_semaphore *aw_bounded_semaphore_new(size_t value);
void aw_semaphore_free(aw_semaphore *semaphore);
/* Waits for a place.  0 or an error. */
AW_MUST_CHECK int aw_semaphore_acquire(aw_semaphore *semaphore);
/* Returns 0, or AW_EINVALIDSTATE if it is bounded and would exceed that. */
int aw_semaphore_release(aw_semaphore *semaphore);
/*
 * Whether acquire would have to wait: there is no place, or one is meant for a
 * task that was woken but has not run yet.
 */
bool aw_semaphore_locked(const aw_semaphore *semaphore);

/*
 * So many tasks wait for each other (asyncio.Barrier); parties is from 1 to
 * INT_MAX, for any other number the result is NULL as well.
 */
aw_barrier *aw_barrier_new(size_t parties);
void aw_barrier_free(aw_barrier *barrier);
/*
 * Waits until all parties have come; who comes while the tasks of the last
 * round are still leaving waits for that first.  Returns the task's number,
 * from 0 up to parties - 1 in the order of their coming, or AW_EBROKENBARRIER
 * if it is aborted or was reset meanwhile.
 */
AW_MUST_CHECK int aw_barrier_wait(aw_barrier *barrier);
/*
 * Makes it as new; those in it, whether they wait or were released but have not
 * run yet, get AW_EBROKENBARRIER.  Neither this nor abort waits.
 */
void aw_barrier_reset(aw_barrier *barrier);
/* Makes it useless: all waits fail, until it is reset. */
void aw_barrier_abort(aw_barrier *barrier);
/* How many it takes, as it was made for. */
size_t aw_barrier_parties(const aw_barrier *barrier);
/* How many wait for the others to come. */
size_t aw_barrier_n_waiting(const aw_barrier *barrier);
/* Whether it is useless, by abort. */
bool aw_barrier_broken(const aw_barrier *barrier);

AW_END_DECLS

#endif
