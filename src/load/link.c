/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/link.h"

#include <errno.h>
#include <string.h>

#include "load/behaviour.h"
#include "load/clock.h"
#include "load/link_errors.h"
#include "load/link_open.h"
#include "load/sender.h"
#include "load/worker.h"

static inline uint32_t
slot_after(const struct link *link, uint32_t slot, uint32_t count)
{
	slot += count;
	return slot < link->slot_count ? slot : slot - link->slot_count;
}

static inline uint64_t
next_size(struct link *link)
{
	const struct plan *plan = link->worker->plan;

	return plan->size != 0 ? plan->size :
	    sizes_draw(&plan->options->sizes, &link->sizes);
}

/* The message in a slot that is count behind the oldest. */
static inline struct payload_message
payload_of(const struct link *link, uint32_t count,
    const struct message *message)
{
	return (struct payload_message){
		.connection = link->id,
		.number = link->number - link->under_way + count,
		.due = message->due - link->worker->start,
		.size = message->size,
	};
}

void
link_begin(struct link *link, int64_t due, int64_t now)
{
	struct worker *worker = link->worker;
	struct meter *meter = &worker->meter;
	struct statistics *statistics = meter_at(meter, due);
	struct message *message = &link->slots[slot_after(link, link->head,
	    link->under_way)];

	*message = (struct message){
		.due = due, .sent = now, .size = next_size(link),
	};
	if (link->under_way == 0)
		link->progress = now;
	meter_advance(meter, now);
	meter->under_way++;
	meter->last = now;
	link->under_way++;
	link->to_send++;
	link->number++;
	worker->begun++;
	worker->bytes_begun += message->size;
	statistics->counters[COUNT_SENT]++;
	statistics->counters[COUNT_BYTES_SENT] += message->size;
	if (worker->plan->mode->is_due)
		histogram_add(&statistics->times[TIME_LAG], now - due);
}

size_t
link_next_bytes(struct link *link, void *data, size_t size)
{
	size_t part, done = 0;

	while (link->to_send > 0 && done < size) {
		uint32_t count = link->under_way - link->to_send;
		const struct message *message =
		    &link->slots[slot_after(link, link->head, count)];
		struct payload_message payload =
		    payload_of(link, count, message);

		part = size - done;
		if (message->size - link->written < part)
			part = (size_t)(message->size - link->written);
		payload_fill(&link->worker->plan->payload, &payload,
		    link->written, (char *)data + done, part);
		done += part;
		link->written += part;
		if (link->written < message->size)
			break;
		link->written = 0;
		link->to_send--;
	}
	link->sent += done;
	return done;
}

void
link_push(struct link *link)
{
	struct worker *worker = link->worker;
	size_t size;

	if (link->sender != NULL) {
		aw_event_set(link->work);
		return;
	}
	while ((size = link_next_bytes(link, worker->scratch,
	    WORKER_SCRATCH)) > 0)
		aw_writer_write(link->writer, worker->scratch, size);
}

/* The last byte of the oldest message has come. */
static inline void
finish(struct link *link, const struct message *message, int64_t now)
{
	struct worker *worker = link->worker;
	struct meter *meter = &worker->meter;
	struct statistics *statistics = meter_at(meter, message->due);

	statistics->counters[COUNT_RECEIVED]++;
	statistics->counters[COUNT_BYTES_RECEIVED] += message->size;
	histogram_add(&statistics->times[TIME_SERVICE], now - message->sent);
	/* In a closed loop they are the same, which intervals.c sees to. */
	if (!worker->plan->mode->closed)
		histogram_add(&statistics->times[TIME_RESPONSE],
		    now - message->due);
	if (statistics == meter->interval.inside)
		link->echoes++;
	meter->under_way--;
	link->under_way--;
	link->matched = 0;
	link->head = slot_after(link, link->head, 1);
}

/* Compares bytes of messages that have been sent. */
static int
compare(struct link *link, const char *bytes, size_t size, int64_t now)
{
	const struct plan *plan = link->worker->plan;
	const char *start = bytes;
	size_t part, same;

	while (size > 0) {
		const struct message *message = &link->slots[link->head];
		struct payload_message payload = payload_of(link, 0, message);

		part = size;
		if (message->size - link->matched < part)
			part = (size_t)(message->size - link->matched);
		same = !plan->options->verify ? part :
		    payload_match(&plan->payload, &payload, link->matched,
		    bytes, part);
		link->matched += same;
		link->received += same;
		if (same < part)
			return link_differs(link, start,
			    (size_t)(bytes - start) + same,
			    (size_t)(bytes - start) + size);
		if (link->matched == message->size)
			finish(link, message, now);
		bytes += part;
		size -= part;
	}
	return 1;
}

int
link_take(struct link *link, const void *data, size_t size, int64_t now)
{
	struct meter *meter = &link->worker->meter;
	uint64_t left = link->sent - link->received;
	int err;

	link->progress = now;
	meter->last = now;
	meter_advance(meter, now);
	err = compare(link, data, size < left ? size : (size_t)left, now);
	/* What has not been sent can't be back. */
	if (err > 0 && size > left)
		err = link_differs(link, data, (size_t)left, size);
	return err;
}

int
link_receive(struct link *link, int64_t *now)
{
	const void *data;
	ssize_t n;
	int err;

	if (link->worker->plan->options->behaviour == BEHAVE_SLOW_READER)
		return behaviour_receive_slowly(link, now);
	n = aw_reader_peek(link->reader, &data);
	*now = clock_now();
	if (n <= 0)
		return link_ended(link, (int)n);
	err = link_take(link, data, (size_t)n, *now);
	aw_reader_consume(link->reader, (size_t)n);
	return err;
}

void
link_give_up(struct link *link)
{
	link->overdue = true;
	aw_writer_abort(link->writer);
}
