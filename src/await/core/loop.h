/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The event loop: polls I/O, by an epoll of its own and by libevent, then runs
 * what is ready.
 *
 * One iteration polls, adds the timers that are due to the ready ring, and runs
 * exactly the entries that the ring had then; what they add waits for the
 * next poll.  The loop itself knows nothing of tasks but which one is running.
 */
#ifndef AWAIT_CORE_LOOP_H
#define AWAIT_CORE_LOOP_H

#include "await.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <sys/queue.h>

#include "coro/coro.h"
#include "core/poll.h"
#include "core/ready.h"
#include "core/timer.h"
#include "core/trim.h"

struct task;
struct timer_handle;
struct aw_signal_handler;
struct fd_handlers;
struct aw_job;
struct aw_hibernation;
struct aw_tls;
struct bio_st;

/* TLS connections that keep their buffers, in places; bits are of places. */
#define AW_TLS_PLACES 64
struct aw_tls_places {
	struct aw_tls *owners[AW_TLS_PLACES];
	uint64_t used;   /* in this period */
	uint64_t idle;   /* not used in the period before, or nobody's */
	int64_t since;   /* when the period began */
	uint32_t period;
};

struct aw_loop {
	/* What every iteration and every switch touches. */
	struct aw_ready_ring ready;
	struct task *current;      /* the task that is running, if any */
	int64_t now;               /* when this iteration began, to some ms */
	struct aw_coro main;       /* the stack that the loop runs on */
	void (*call)(void *arg);   /* what a task wants run on that stack */
	void *call_arg;
	struct event_base *base;
	bool polling;              /* aw_loop_run_* runs the base, not the caller */
	bool stopping;
	bool closing;              /* what is pending is being thrown away */
	bool owns_base;
	bool trim_rests;           /* until something runs: aw_trim_wake */
	bool debug;                /* atomic, as other threads look at it */
	const void *thread;        /* whose the loop is just now; atomic */

	struct aw_timer_heap timers;
	int64_t armed;             /* when alarm is set for, or INT64_MAX */
	struct event alarm;        /* libevent's timer for the earliest of them */
	struct event tick;         /* runs the ring on a base that others run */

	/* Filled by other threads, under the lock. */
	pthread_mutex_t lock;
	struct aw_ready_ring posted;
	int wake_fd;
	struct aw_watch wake;

	struct aw_poll poll;
	struct event polled;       /* its epoll, in the base */

	struct aw_stack_pool *stacks;
	/* All that are not done, in the order in which they were made. */
	TAILQ_HEAD(task_queue, task_link) tasks;
	size_t hibernating;        /* how many of them */
	struct aw_hibernation *mended; /* put back by a fault, to be freed */
	struct task *caller;       /* the task whose call is run now */
	uint64_t task_sequence;    /* of the default names */
	uint64_t last_mark;        /* of operations over many futures */
	struct aw_trim trim;
	LIST_ENTRY(aw_loop) all;   /* among the loops of the process */
	LIST_HEAD(, timer_handle) timer_handles;
	struct aw_signal_handler **signal_handlers; /* by number, or NULL */
	struct fd_handlers *fd_handlers;         /* by descriptor */
	size_t fd_handler_count;
	/* Threads for the library's calls and the program's, once needed. */
	struct aw_executor *own_executor;
	struct aw_executor *default_executor;
	LIST_HEAD(, aw_job) jobs;  /* what they have, not yet seen to be done */
	bool refuses_calls;        /* the default executor was shut down */
	LIST_HEAD(aw_remnants, aw_remnant) remnants; /* it ends them itself */

	/* One receive buffer for all connections, and who lends from it. */
	char *receive_buffer;
	struct aw_reader *lender;
	bool delivering;           /* it is lent to a protocol's callback */
	/* Of all TLS connections: what OpenSSL reads and writes by. */
	struct bio_st *tls_bio;
	struct aw_tls *tls_running; /* for whom it is at work, or NULL */
	void (*free_tls_bio)(struct bio_st *bio);
	struct aw_tls_places tls_places;

	int64_t slow_callback;     /* what takes long, in nanoseconds */
	aw_exception_handler *exception_handler;
	void *exception_handler_arg;
};

#define AW_RECEIVE_BUFFER_SIZE (64 * 1024)

/* Runs the entry in the next iteration. */
static inline void
aw_loop_ready(aw_loop *loop, struct aw_ready *ready)
{
	if (__builtin_expect(!loop->polling, 0) && loop->ready.last == NULL)
		event_active(&loop->tick, EV_TIMEOUT, 0);
	aw_ready_push(&loop->ready, ready);
}

/* The same from another thread, and wakes the loop. */
void aw_loop_post(aw_loop *loop, struct aw_ready *ready);

/* The loop's clock in nanoseconds. */
int64_t aw_loop_now(void);
/* The same at the kernel's last tick, which is some ms behind and cheap. */
int64_t aw_loop_coarse_now(void);
/* Seconds to nanoseconds; what is too long is as good as for ever. */
int64_t aw_nanoseconds(double seconds);

/* Adds a timer, whose when and due are set.  Returns 0 or -ENOMEM. */
AW_MUST_CHECK int aw_loop_add_timer(aw_loop *loop, struct aw_timer *timer);
void aw_loop_remove_timer(aw_loop *loop, struct aw_timer *timer);

/*
 * Runs the function on the running loop's own stack, for what needs more of it
 * than a task should; from within a task or not.  It must not wait.
 */
void aw_loop_call(void (*function)(void *arg), void *arg);

/*
 * For who makes and closes loops.  The first adds the loop's own events to its
 * base: 0, or < 0 without memory.  Between enter and leave the loop counts as
 * running; run_rest runs what is ready until nothing is, and polls no more.
 * watch_overflows has the task named that overflows its stack.
 */
AW_MUST_CHECK int aw_loop_add_events(aw_loop *loop);
void aw_loop_enter(aw_loop *loop);
void aw_loop_leave(void);
void aw_loop_run_rest(aw_loop *loop);
void aw_loop_watch_overflows(void);

/* Reports an error that no caller can be told; the task may be NULL. */
void aw_loop_report(aw_loop *loop, const char *message, int error,
    aw_future *future);

#endif
