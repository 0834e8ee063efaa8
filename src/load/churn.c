/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/churn.h"

#include <errno.h>

#include "load/behaviour.h"
#include "load/clock.h"
#include "load/hold.h"
#include "load/worker.h"

/* Waits for a connection that is due.  -ECANCELED: there is none any more. */
static int
wait_for_turn(struct link *link)
{
	struct dispatcher *dispatcher = &link->worker->dispatcher;

	if (dispatcher->done)
		return -ECANCELED;
	aw_event_clear(link->turn);
	dispatcher_offer(dispatcher, link);
	return aw_event_wait(link->turn);
}

static int
take_turn(struct link *link)
{
	struct worker *worker = link->worker;

	if (worker->plan->options->rate.count > 0)
		return wait_for_turn(link);
	link->due = clock_now();
	link->reserved = worker_reserve(worker, link->due,
	    link->worker->plan->options->mode == MODE_HANDSHAKES ? 1 :
	    link->slot_count);
	link->serving = link->reserved > 0;
	return link->serving ? 0 : -ECANCELED;
}

static int
exchange(struct link *link)
{
	int64_t now = clock_now();
	int err = 1;

	for (; link->reserved > 0; link->reserved--)
		link_begin(link, link->due, now);
	link_push(link);
	/* With TLS 1.2 the server would stop as well. */
	if (aw_writer_can_write_eof(link->writer))
		return behaviour_read_to_end(link);
	while (err > 0 && link->under_way > 0)
		err = link_receive(link, &now);
	return err < 0 ? err : 0;
}

/* To the server's end, so that TLS 1.3's tickets have come. */
static int
end_handshake(struct link *link)
{
	return aw_writer_can_write_eof(link->writer) ?
	    behaviour_read_to_end(link) : 0;
}

static void
note_lag(struct link *link)
{
	struct meter *meter = &link->worker->meter;

	if (link->worker->plan->options->rate.count > 0)
		histogram_add(&meter_at(meter, link->due)->times[TIME_LAG],
		    clock_now() - link->due);
}

static int
connect_and_close(struct link *link)
{
	int err;

	note_lag(link);
	err = link_open(link);
	if (err < 0)
		return err;
	if (link->worker->plan->options->mode == MODE_HANDSHAKES)
		err = end_handshake(link);
	else
		err = exchange(link);
	link_close(link, err);
	return err;
}

/*
 * One more connection, for which nothing is due yet: whether there is a server
 * at all, which other modes see as they connect.  Of those that are made later
 * it is none, and none resumes its session.
 */
static int
find_server(struct link *link)
{
	int err;

	err = link_open(link);
	if (err < 0)
		return err;
	link_close(link, 0);
	aw_tls_session_free(link->session);
	link->session = NULL;
	meter_interval_clear(&link->worker->meter.interval);
	return 0;
}

/* The first link of a thread looks for the server. */
static int
make_ready(struct link *link)
{
	struct worker *worker = link->worker;
	bool looks = link == worker->links;
	int err = looks ? find_server(link) : 0;

	worker_attempted(worker, link, looks && err == 0);
	return err == -ECANCELED ? err : aw_event_wait(worker->started);
}

int
churn(struct link *link)
{
	double pause = HOLD_FIRST_PAUSE;
	int err;

	err = make_ready(link);
	while (err != -ECANCELED) {
		err = take_turn(link);
		if (err < 0)
			break;
		err = connect_and_close(link);
		link->serving = false;
		if (err == 0)
			pause = HOLD_FIRST_PAUSE;
		else if (err != -ECANCELED)
			err = hold_pause(&pause);
	}
	return 0;
}
