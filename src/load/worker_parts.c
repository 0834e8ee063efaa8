/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/worker_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Connections that are being made at a time. */
#define GATE 256
#define CACHE_LINE 64

static size_t
share_of(size_t amount, size_t index, size_t count)
{
	return amount / count + (index < amount % count);
}

static void
init_link(struct worker *worker, size_t i)
{
	const struct load_options *options = worker->plan->options;
	struct link *link = &worker->links[i];

	link->worker = worker;
	link->id = worker->index + i * (uint64_t)options->threads;
	link->slots = worker->slots + i * worker->plan->slots;
	link->slot_count = (uint32_t)worker->plan->slots;
	random_init(&link->sizes, options->seed, link->id);
}

static int
make_links(struct worker *worker)
{
	const struct load_options *options = worker->plan->options;
	size_t count = share_of((size_t)options->connections, worker->index,
	    (size_t)options->threads);
	void *memory;

	if (posix_memalign(&memory, CACHE_LINE,
	    count * sizeof(struct link)) != 0)
		return -ENOMEM;
	worker->links = memset(memory, 0, count * sizeof(struct link));
	worker->slots = calloc(count * worker->plan->slots,
	    sizeof(struct message));
	if (worker->slots == NULL)
		return -ENOMEM;
	worker->link_count = count;
	for (size_t i = 0; i < count; i++)
		init_link(worker, i);
	return 0;
}

/* What the thread may begin; of what a schedule deals it sees to itself. */
static void
set_quotas(struct worker *worker)
{
	const struct load_options *options = worker->plan->options;
	size_t threads = (size_t)options->threads;

	worker->stop_at = CLOCK_NEVER;
	worker->quota = worker->byte_quota = UINT64_MAX;
	if (options->count > 0 && options->rate.count == 0)
		worker->quota = share_of((size_t)options->count,
		    worker->index, threads);
	if (options->bytes > 0)
		worker->byte_quota = share_of(options->bytes, worker->index,
		    threads);
}

/* Each connection of a churn at a rate waits for its turn by an event. */
static int
make_turns(struct worker *worker)
{
	int err;

	if (worker->plan->options->rate.count == 0)
		return 0;
	err = dispatcher_init(&worker->dispatcher, worker, worker->link_count);
	if (worker->plan->mode->is_due)
		return err;
	for (size_t i = 0; i < worker->link_count && err == 0; i++) {
		worker->links[i].turn = aw_event_new();
		if (worker->links[i].turn == NULL)
			err = -ENOMEM;
	}
	return err;
}

int
worker_make(struct worker *worker)
{
	int err;

	worker->scratch = malloc(WORKER_SCRATCH);
	worker->gate = aw_semaphore_new(GATE);
	worker->started = aw_event_new();
	worker->changed = aw_event_new();
	worker->look = aw_event_new();
	if (worker->scratch == NULL || worker->gate == NULL ||
	    worker->started == NULL || worker->changed == NULL ||
	    worker->look == NULL)
		return -ENOMEM;
	err = make_links(worker);
	if (err < 0)
		return err;
	set_quotas(worker);
	return make_turns(worker);
}

void
worker_clean_up(struct worker *worker)
{
	for (size_t i = 0; i < worker->link_count; i++) {
		aw_tls_session_free(worker->links[i].session);
		aw_event_free(worker->links[i].turn);
	}
	if (worker->dispatcher.worker != NULL)
		dispatcher_free(&worker->dispatcher);
	aw_event_free(worker->changed);
	aw_event_free(worker->look);
	worker->changed = worker->look = NULL;
	aw_event_free(worker->started);
	aw_semaphore_free(worker->gate);
	free(worker->slots);
	free(worker->scratch);
}

void
worker_free_links(struct worker *worker)
{
	free(worker->links);
	worker->links = NULL;
	worker->link_count = 0;
}
