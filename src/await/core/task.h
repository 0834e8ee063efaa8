/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks: coroutines that the loop runs, and how they wait.
 *
 * A task lies at the top of its own stack, with room behind it for what its
 * creator wants to keep there, so an idle one costs a single page.  If it waits
 * for long even that may be put away (hibernate.h).
 */
#ifndef AWAIT_CORE_TASK_H
#define AWAIT_CORE_TASK_H

#include "await.h"

#include <errno.h>

#include "coro/coro.h"
#include "core/future.h"
#include "core/loop.h"

enum aw_task_phase {
	AW_TASK_NEW,
	AW_TASK_BEGUN,
	AW_TASK_ENDED,
};

struct aw_hibernation;
struct aw_wakeup;

/* A place in the loop's list of tasks. */
struct task_link {
	TAILQ_ENTRY(task_link) pending;
	struct aw_hibernation *hibernation; /* NULL: in a task that is awake */
};

struct task {
	/* All that a wake-up and a switch touch: one line of the cache. */
	struct aw_ready ready;
	struct aw_coro coro;
	bool parked;       /* waits, and nothing has woken it yet */
	bool must_cancel;  /* a cancellation is to be delivered when it waits */
	uint8_t phase;     /* enum aw_task_phase */
	bool unguarded;    /* its stack has no guard page: AW_GUARD_CHECK */
	int wake_result;
	int64_t since;     /* loop->now when it began to wait, or was done */
	const char *what;  /* what it waits for, in words */

	struct aw_future future;
	aw_future *awaits; /* the future that it waits for, if it is one */
	aw_coroutine *coroutine;
	void *arg;
	unsigned cancel_requests;
	unsigned refused_waits; /* while the loop is closing */
	uint64_t sequence;
	char *name;             /* NULL: Task-sequence */
	char default_name[28];
	char *error_text;
	struct task_link link;  /* among the loop's tasks */
	struct aw_stack stack;
	int64_t trimmed;        /* its since when its stack was trimmed */
	const char *deepest;    /* that its stack was used then, or NULL */
	size_t size;            /* of it and what lies beside it */
	/*
	 * Tells what wakes it, if it waits so that it may hibernate; NULL: it
	 * never does.
	 */
	bool (*may_hibernate)(struct task *task, struct aw_wakeup *wakeup);
	bool shared;            /* others look at what it has on its stack */
};

/* The task that a future is; for those of aw_future_is_task. */
static inline struct task *
aw_task_of(aw_future *future)
{
	return aw_container_of(future, struct task, future);
}

/*
 * Makes a task with extra_size bytes beside it, aligned to a cache line and
 * zeroed, which live as long as the task; *extra tells where.  The caller gets
 * a reference.  NULL if memory is short.
 */
struct task *aw_task_new(aw_loop *loop, aw_coroutine *coroutine, void *arg,
    const char *name, size_t extra_size, void **extra);

/*
 * Has the processor fetch what the entry, which runs next, will touch if it is
 * a task's, while another one runs: among many tasks, none of it is in the
 * cache any more.
 */
void aw_task_prefetch(const struct aw_ready *ready);

/* Whose entry of the ready ring it is; NULL if not a task's. */
aw_future *aw_task_of_entry(struct aw_ready *ready);

/* Sets what the coroutine is called with, before the task first runs. */
static inline void
aw_task_set_arg(struct task *task, void *arg)
{
	task->arg = arg;
}

/* The running task, or NULL. */
struct task *aw_task_current(void);

/*
 * Suspends the running task until aw_task_wake, and returns the result given
 * there; -ECANCELED if it was cancelled, even after it had been woken.  what
 * says what it waits for, as a static string.
 */
AW_MUST_CHECK static inline int aw_task_park(struct task *task,
    const char *what);

/* Wakes a parked task; the first result counts, later ones are dropped. */
static inline void
aw_task_wake(struct task *task, int result)
{
	if (!task->parked)
		return;
	task->parked = false;
	task->wake_result = result;
	aw_loop_ready(task->future.loop, &task->ready);
}

/* What aw_task_park does while the loop is closing, or the task cancelled. */
AW_MUST_CHECK int aw_task_refuse_wait(struct task *task);
void aw_task_deliver_cancel(struct task *task);

static inline int
aw_task_park(struct task *task, const char *what)
{
	aw_loop *loop = task->future.loop;

	if (__builtin_expect(loop->closing, 0))
		return aw_task_refuse_wait(task);
	task->parked = true;
	task->since = loop->now;
	task->what = what;
	if (__builtin_expect(task->must_cancel, 0))
		aw_task_deliver_cancel(task);
	aw_coro_switch(&task->coro, &loop->main);
	if (__builtin_expect(task->must_cancel, 0)) {
		task->must_cancel = false;
		return -ECANCELED;
	}
	return task->wake_result;
}

/* Lets every other ready task run first: aw_sleep(0). */
AW_MUST_CHECK int aw_task_yield(struct task *task);

/* Takes a task that ends from the loop's list. */
void aw_task_forget(struct task *task);

/* Goes back to the loop's stack; for the loop. */
void aw_task_leave(struct task *task);

/* As aw_task_info has it. */
enum aw_task_state aw_task_state(const struct task *task);

/* Ends all pending tasks: every wait fails until they have returned. */
void aw_tasks_close(aw_loop *loop);

/* Sets what aw_error_text returns to the running task; formats like printf. */
void aw_set_error_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
