/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A thread of load: a loop, and its share of the connections.  What is not said
 * to be for the main thread is for the worker's own.
 */
#ifndef LOAD_WORKER_H
#define LOAD_WORKER_H

#include <await.h>
#include <pthread.h>
#include <stdbool.h>

#include "load/dispatcher.h"
#include "load/failures.h"
#include "load/link.h"
#include "load/meter.h"
#include "load/plan.h"
#include "load/result.h"

/* Bytes that are sent at a time. */
#define WORKER_SCRATCH 65536

struct worker;

/*
 * When the schedule of a run begins, what is measured, and when it ends; by
 * the clock, CLOCK_NEVER if it is not known.
 */
struct worker_course {
	int64_t start;
	int64_t from;
	int64_t to;
	int64_t stop_at;
};

/* Called in the main thread, by the main loop. */
struct worker_events {
	/* Each connection has been attempted once; or an error. */
	void (*ready)(struct worker *worker, void *arg);
	/* What worker_hand_over has asked for is in worker->handed. */
	void (*handed_over)(struct worker *worker, void *arg);
	/* It has ended, and waits to be joined. */
	void (*ended)(struct worker *worker, void *arg);
	void *arg;
};

struct worker {
	/* Filled in by the caller. */
	size_t index;
	const struct plan *plan;
	aw_loop *main_loop;
	struct worker_events events;

	/* The main thread's. */
	pthread_t thread;
	bool asked;            /* to hand over */
	bool has_ended;
	/* The main thread's, but between worker_hand_over and handed_over. */
	struct meter_interval handed;
	int64_t open_handed;   /* connections */

	/* Read by the main thread once it is ready, and when it has ended. */
	int error;
	bool ready_encrypted;
	int course_error;      /* when it has ended */
	size_t ready_count;    /* connections that were made at first */
	struct failures failures;
	struct load_difference difference;
	int64_t difference_time;
	struct tls_parameters tls;
	bool encrypted;
	struct link *links;
	size_t link_count;

	/* The worker's own. */
	aw_loop *loop;
	const struct worker_course *course;
	bool begins;           /* the course is there */
	bool told_ready;
	struct meter meter;
	int64_t start;         /* the schedule's 0; 0: not yet */
	int64_t stop_at;
	uint64_t begun;        /* messages, or connections */
	uint64_t bytes_begun;
	uint64_t reserved;     /* messages, by worker_reserve */
	uint64_t quota;
	uint64_t byte_quota;
	unsigned char *scratch;
	struct message *slots; /* of all links */
	struct dispatcher dispatcher;
	aw_semaphore *gate;    /* connections being made */
	aw_event *started;
	aw_event *changed;     /* what worker_main looks at */
	aw_event *look;        /* what the task that watches waits for */
	size_t attempted;
	size_t alive;          /* links whose task has not ended */
	bool stopping;
	bool aborting;
	aw_task *dispatching;
	aw_task *watching;
};

/*
 * For the main thread.  Starts it; returns 0 or -errno, and then there are no
 * events.  join waits for it, after the event `ended`, and leaves its figures;
 * free ends it in either case, when no loop runs in the calling thread.
 */
int worker_start(struct worker *worker);
void worker_join(struct worker *worker);
void worker_free(struct worker *worker);

/*
 * For the main thread.  Begins the schedule; the course has to stay.  Asks for
 * the statistics of the interval, which are then empty, in worker->handed.  Has
 * it stop sending and wait for what is under way; has it wait no longer.
 */
void worker_go(struct worker *worker, const struct worker_course *course);
void worker_hand_over(struct worker *worker);
void worker_ask_stop(struct worker *worker);
/*
 * The part measured begins, or ends; it is time to look for connections that
 * nothing comes on.  It has no timers of its own for that, as each poll would
 * read the clock for them.
 */
void worker_mark_begin(struct worker *worker);
void worker_mark_end(struct worker *worker);
void worker_look(struct worker *worker);
void worker_abort(struct worker *worker);

/* In its own thread: it is to stop sending. */
void worker_stop(struct worker *worker);
/* A link's first attempt is over; is_ready: it was connected. */
void worker_attempted(struct worker *worker, struct link *link, bool is_ready);

/* Whether another message may be begun. */
static inline bool
worker_may_begin(const struct worker *worker, int64_t now)
{
	return now < worker->stop_at && worker->begun < worker->quota &&
	    worker->bytes_begun < worker->byte_quota;
}

/* Whether connections that are lost are made again. */
bool worker_goes_on(const struct worker *worker);
/* How many of so many messages may be begun later, from now on. */
uint32_t worker_reserve(struct worker *worker, int64_t now, uint32_t count);

#endif
