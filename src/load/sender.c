/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/sender.h"

#include <errno.h>

#include "load/behaviour.h"
#include "load/clock.h"
#include "load/worker.h"

/* Sends what is to be sent just now, as fast as the peer takes it. */
static int
send_waiting(struct link *link)
{
	struct worker *worker = link->worker;
	size_t most = behaviour_most_sent(link, WORKER_SCRATCH);
	size_t size;
	int err = 0;

	while (err == 0 &&
	    (size = link_next_bytes(link, worker->scratch, most)) > 0) {
		aw_writer_write(link->writer, worker->scratch, size);
		err = aw_writer_drain(link->writer);
		/* Others are to have their turn. */
		if (err == 0)
			err = aw_sleep(0);
	}
	return err;
}

static int
send_all(void *arg)
{
	struct link *link = arg;
	int err = 0;

	while (err == 0) {
		aw_event_clear(link->work);
		err = send_waiting(link);
		if (err == 0 && link->eof_wanted)
			aw_writer_write_eof(link->writer);
		if (err == 0)
			err = aw_event_wait(link->work);
	}
	/* A connection that is lost is the reader's to tell of. */
	return 0;
}

int
sender_start(struct link *link)
{
	if (!link->worker->plan->queued)
		return 0;
	link->work = aw_event_new();
	if (link->work != NULL)
		link->sender = aw_create_task(send_all, link, "sender");
	if (link->sender != NULL)
		return 0;
	aw_event_free(link->work);
	link->work = NULL;
	return -ENOMEM;
}

void
sender_end_stream(struct link *link)
{
	link->eof_wanted = true;
	link->progress = clock_now();
	if (link->sender != NULL)
		aw_event_set(link->work);
	else
		aw_writer_write_eof(link->writer);
}

void
sender_end(struct link *link)
{
	aw_task *sender = link->sender;

	if (sender == NULL)
		return;
	link->sender = NULL;
	aw_cancel(sender);
	/* A cancellation of the link has it wait again. */
	while (!aw_future_done(sender))
		(void)!aw_await(sender);
	(void)aw_future_result(sender);
	aw_future_unref(sender);
	aw_event_free(link->work);
	link->work = NULL;
}
