/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/link_errors.h"

#include <errno.h>
#include <stdio.h>

#include "load/clock.h"
#include "load/difference.h"
#include "load/failures.h"
#include "load/worker.h"

/* An error belongs to the message that it befalls. */
static int64_t
time_of(const struct link *link, int64_t now)
{
	if (link->under_way > 0)
		return link->slots[link->head].due;
	return link->worker->plan->mode->serve == NULL ? link->due : now;
}

void
link_failed(struct link *link, enum statistics_counter kind, const char *text)
{
	struct worker *worker = link->worker;
	int64_t now = clock_now();
	struct load_error error = {
		.kind = kind,
		.count = 1,
		.connection = link->id,
		.seconds = worker->start > 0 && now > worker->start ?
		    clock_seconds(now - worker->start) : 0,
	};

	snprintf(error.text, sizeof(error.text), "%s", text);
	meter_at(&worker->meter, time_of(link, now))->counters[kind]++;
	failures_add(&worker->failures, &error);
}

int
link_ended(struct link *link, int error)
{
	const struct plan *plan = link->worker->plan;
	bool missing = link->under_way > 0;
	char text[LOAD_ERROR_TEXT];

	if (error == -ECANCELED)
		return error;
	/* A server may leave close_notify out once it has nothing more. */
	if ((error == 0 || error == AW_ETLSTRUNCATED) && link->ending &&
	    !missing)
		return 0;
	if (link->overdue)
		error = -ETIMEDOUT;
	failures_loss_text(error, missing, plan->options->timeout, text,
	    sizeof(text));
	link_failed(link, failures_loss_kind(error), text);
	return error == 0 ? -EPIPE : error;
}

/* What was to come next. */
static struct payload_message
expected_message(const struct link *link)
{
	const struct message *oldest = &link->slots[link->head];
	struct payload_message message = {
		.connection = link->id,
		.number = link->number - link->under_way,
	};

	if (link->sent > link->received) {
		message.due = oldest->due - link->worker->start;
		message.size = oldest->size;
	} else if (message.number > 0) {
		message.number--;
	}
	return message;
}

int
link_differs(struct link *link, const void *data, size_t offset, size_t size)
{
	struct worker *worker = link->worker;
	const unsigned char *bytes = data;
	struct difference_sight sight = {
		.payload = &worker->plan->payload,
		.message = expected_message(link),
		.within = link->matched,
		.offset = link->received,
		.data = bytes + offset,
		.size = size - offset,
		.encrypted = link->encrypted,
	};

	if (sight.within <= offset &&
	    size - offset + sight.within >= PAYLOAD_HEADER)
		sight.start = sight.data - sight.within;
	if (!worker->difference.found) {
		difference_describe(&worker->difference, &sight);
		worker->difference_time = clock_now();
	}
	meter_at(&worker->meter, time_of(link, clock_now()))->
	    counters[COUNT_WRONG]++;
	return -EBADMSG;
}
