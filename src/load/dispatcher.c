/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/dispatcher.h"

#include <errno.h>
#include <stdlib.h>

#include "load/clock.h"
#include "load/link.h"
#include "load/worker.h"

/* So many are sent before the loop looks at what has come. */
#define BATCH 64
/* Nanoseconds that it sleeps at most, so that it sees when the run ends. */
#define LONGEST_SLEEP (CLOCK_SECOND / 10)

int
dispatcher_init(struct dispatcher *dispatcher, struct worker *worker,
    size_t links)
{
	const struct load_options *options = worker->plan->options;

	*dispatcher = (struct dispatcher){ .worker = worker, .capacity = 1 };
	while (dispatcher->capacity < links)
		dispatcher->capacity *= 2;
	schedule_init(&dispatcher->schedule, &options->rate,
	    options->arrivals == ARRIVALS_POISSON, options->seed,
	    worker->index, (uint64_t)options->threads);
	dispatcher->room = aw_event_new();
	dispatcher->ring = calloc(dispatcher->capacity,
	    sizeof(struct link *));
	return dispatcher->room != NULL && dispatcher->ring != NULL ? 0 :
	    -ENOMEM;
}

void
dispatcher_free(struct dispatcher *dispatcher)
{
	aw_event_free(dispatcher->room);
	free(dispatcher->ring);
}

static bool
may_take(const struct dispatcher *dispatcher, const struct link *link)
{
	/* Connections that are due wait for their turn without being open. */
	return dispatcher->worker->plan->mode->is_due ?
	    link->writer != NULL && link->serving && link_has_room(link) :
	    !link->serving;
}

void
dispatcher_offer(struct dispatcher *dispatcher, struct link *link)
{
	size_t last = dispatcher->head + dispatcher->count;

	if (link->has_room || !may_take(dispatcher, link))
		return;
	link->has_room = true;
	dispatcher->ring[last & (dispatcher->capacity - 1)] = link;
	dispatcher->count++;
	if (dispatcher->count == 1)
		aw_event_set(dispatcher->room);
}

/* The next link that has room, or NULL. */
static struct link *
next_link(struct dispatcher *dispatcher)
{
	struct link *link;

	while (dispatcher->count > 0) {
		link = dispatcher->ring[dispatcher->head];
		dispatcher->head = (dispatcher->head + 1) &
		    (dispatcher->capacity - 1);
		dispatcher->count--;
		link->has_room = false;
		/* It may have been lost meanwhile. */
		if (may_take(dispatcher, link))
			return link;
	}
	return NULL;
}

static int
wait_for_link(struct dispatcher *dispatcher, struct link **link)
{
	int err = 0;

	while (err == 0 && (*link = next_link(dispatcher)) == NULL) {
		aw_event_clear(dispatcher->room);
		err = aw_event_wait(dispatcher->room);
	}
	return err;
}

/* Messages that the number-th entry of the schedule has; 0: none any more. */
static uint64_t
messages_of(const struct dispatcher *dispatcher, uint64_t number)
{
	const struct load_options *options =
	    dispatcher->worker->plan->options;
	uint64_t each = options->mode == MODE_CHURN ?
	    (uint64_t)options->depth : 1;
	uint64_t count = (uint64_t)options->count;

	if (count == 0)
		return each;
	if (number > count / each || number * each >= count)
		return 0;
	return count - number * each < each ? count - number * each : each;
}

/* Waits until it is due; not if the run ends before that. */
static int
wait_until_due(const struct dispatcher *dispatcher, int64_t due, int64_t *now)
{
	int64_t left;
	int err = 0;

	for (;;) {
		*now = clock_now();
		left = due - *now;
		if (left <= 0 || due >= dispatcher->worker->stop_at ||
		    err < 0)
			return err;
		if (left > LONGEST_SLEEP)
			left = LONGEST_SLEEP;
		err = aw_sleep(clock_seconds(left));
	}
}

static void
give(struct dispatcher *dispatcher, struct link *link, int64_t due,
    uint64_t messages)
{
	if (dispatcher->worker->plan->mode->is_due) {
		link_begin(link, due, clock_now());
		link_push(link);
		dispatcher_offer(dispatcher, link);
	} else {
		link->due = due;
		link->reserved = (uint32_t)messages;
		link->serving = true;
		aw_event_set(link->turn);
	}
}

/* Returns 1 if there is nothing more to be sent. */
static int
send_next(struct dispatcher *dispatcher)
{
	struct worker *worker = dispatcher->worker;
	uint64_t messages, number;
	struct link *link;
	int64_t due, now;
	int err;

	due = schedule_next(&dispatcher->schedule, &number);
	messages = messages_of(dispatcher, number);
	if (due == CLOCK_NEVER || messages == 0 ||
	    worker->bytes_begun >= worker->byte_quota)
		return 1;
	due += worker->start;
	err = wait_until_due(dispatcher, due, &now);
	if (err < 0 || due >= worker->stop_at)
		return err < 0 ? err : 1;
	err = wait_for_link(dispatcher, &link);
	if (err == 0)
		give(dispatcher, link, due, messages);
	return err;
}

int
dispatcher_run(void *arg)
{
	struct dispatcher *dispatcher = arg;
	unsigned sent = 0;
	int err = 0;

	while (err == 0) {
		err = send_next(dispatcher);
		if (err == 0 && ++sent % BATCH == 0)
			err = aw_sleep(0);
	}
	dispatcher->done = true;
	worker_stop(dispatcher->worker);
	return 0;
}
