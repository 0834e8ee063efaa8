/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/link_open.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "common/tls_explain.h"
#include "load/behaviour.h"
#include "load/clock.h"
#include "load/failures.h"
#include "load/link_errors.h"
#include "load/sender.h"
#include "load/worker.h"

/* Seconds that a server is given to answer close_notify, at most. */
#define LONGEST_SHUTDOWN 1.0

/*
 * Where a connection is counted.  Those that are held are made before the
 * schedule starts and closed after its end, and belong to what is measured.
 */
static struct statistics *
count_at(const struct link *link, int64_t now)
{
	const struct worker *worker = link->worker;
	const struct meter *meter = &worker->meter;

	if (worker->plan->mode->serve == NULL)
		return meter_at(meter, link->due);
	if (worker->start == 0 || now >= worker->stop_at)
		return meter->interval.inside;
	return meter_at(meter, now);
}

static const struct sockaddr_storage *
source_of(const struct link *link)
{
	const struct sources *sources = &link->worker->plan->sources;

	return sources->count > 0 ?
	    &sources->items[link->id % sources->count] : NULL;
}

/* A socket that is connected, or an error. */
static int
connect_in_time(struct link *link, int *fd)
{
	const struct plan *plan = link->worker->plan;
	aw_timeout *timeout;
	int err;

	err = aw_timeout_enter(plan->options->timeout, &timeout);
	if (err < 0)
		return err;
	err = target_connect(&plan->target, source_of(link), fd);
	return aw_timeout_exit(timeout, err);
}

static int
open_streams(struct link *link)
{
	int err, fd;

	err = connect_in_time(link, &fd);
	if (err < 0)
		return err;
	behaviour_prepare(link, fd);
	err = aw_open_connection_socket(link->worker->loop, fd, NULL,
	    &link->reader, &link->writer);
	if (err < 0)
		close(fd);
	return err;
}

static void
reset_state(struct link *link)
{
	link->head = link->under_way = link->to_send = 0;
	link->matched = link->written = link->sent = link->received = 0;
	link->ending = link->eof_wanted = link->overdue = false;
	link->broken_off = link->encrypted = false;
}

static int
connect_link(struct link *link)
{
	const struct plan *plan = link->worker->plan;
	struct meter *meter = &link->worker->meter;
	int64_t now, begun = clock_now();
	struct statistics *statistics;
	char text[LOAD_ERROR_TEXT];
	int err;

	reset_state(link);
	err = open_streams(link);
	if (err < 0 && err != -ECANCELED)
		link_failed(link, COUNT_CONNECT_ERRORS, failures_connect_text(
		    err, plan->options->timeout, text, sizeof(text)));
	if (err < 0)
		return err;
	now = clock_now();
	statistics = count_at(link, now);
	statistics->counters[COUNT_OPENED]++;
	histogram_add(&statistics->times[TIME_CONNECT], now - begun);
	meter_opened(meter, now);
	return 0;
}

static void
explain_handshake(struct link *link, int error)
{
	const struct plan *plan = link->worker->plan;
	char text[TLS_EXPLANATION_SIZE], detail[256];

	snprintf(detail, sizeof(detail), "%s", aw_error_text());
	if (error == -ETIMEDOUT)
		snprintf(text, sizeof(text), "no handshake within %g s",
		    plan->options->timeout);
	else
		tls_explain(link->writer, error, detail,
		    plan->server_name[0] != '\0' ? plan->server_name : NULL,
		    text, sizeof(text));
	link_failed(link, COUNT_HANDSHAKE_ERRORS, text);
}

static void
count_handshake(struct link *link, int64_t begun)
{
	struct worker *worker = link->worker;
	int64_t now = clock_now();
	struct statistics *statistics = count_at(link, now);
	bool resumed = false;

	(void)aw_writer_get_extra_info(link->writer, "session_reused",
	    &resumed, sizeof(resumed));
	statistics->counters[COUNT_HANDSHAKES]++;
	if (resumed)
		statistics->counters[COUNT_RESUMED]++;
	histogram_add(&statistics->times[resumed ? TIME_HANDSHAKE_RESUMED :
	    TIME_HANDSHAKE_FULL], now - begun);
	if (!worker->encrypted)
		tls_parameters_read(link->writer, &worker->tls);
	worker->encrypted = true;
	link->encrypted = true;
	worker->meter.last = now;
}

static int
shake_hands(struct link *link)
{
	const struct plan *plan = link->worker->plan;
	double timeout = plan->options->timeout;
	const aw_connection_options options = {
		.server_hostname = plan->server_name,
		.tls_handshake_timeout = timeout,
		.tls_shutdown_timeout = fmin(timeout, LONGEST_SHUTDOWN),
		.tls_session = link->session,
	};
	int64_t begun = clock_now();
	int err;

	err = aw_writer_start_tls(link->writer, plan->tls, &options);
	if (err < 0 && err != -ECANCELED)
		explain_handshake(link, err);
	if (err == 0)
		count_handshake(link, begun);
	return err;
}

int
link_open(struct link *link)
{
	int err;

	err = connect_link(link);
	if (err < 0)
		return err;
	if (link->worker->plan->tls != NULL)
		err = shake_hands(link);
	if (err == 0)
		err = sender_start(link);
	if (err < 0)
		link_close(link, err);
	return err;
}

void
link_keep_session(struct link *link)
{
	aw_tls_session *session;

	if (!link->encrypted || !link->worker->plan->options->resume ||
	    aw_writer_get_tls_session(link->writer, &session) < 0)
		return;
	aw_tls_session_free(link->session);
	link->session = session;
}

/* The messages that are lost with the connection. */
static void
drop_messages(struct link *link)
{
	struct meter *meter = &link->worker->meter;

	meter_advance(meter, clock_now());
	meter->under_way -= link->under_way;
	for (uint32_t i = 0; i < link->under_way && !link->broken_off;
	    i++) {
		uint32_t slot = (link->head + i) % link->slot_count;

		meter_at(meter, link->slots[slot].due)->
		    counters[COUNT_UNANSWERED]++;
	}
	link->under_way = link->to_send = 0;
}

void
link_close(struct link *link, int error)
{
	struct meter *meter = &link->worker->meter;

	sender_end(link);
	link_keep_session(link);
	drop_messages(link);
	if (error < 0 || link->broken_off)
		aw_writer_abort(link->writer);
	else
		aw_writer_close(link->writer);
	/* Its error has been counted before, or does not matter any more. */
	(void)!aw_writer_wait_closed(link->writer);
	if (error == 0)
		count_at(link, clock_now())->counters[COUNT_CLOSED]++;
	meter_closed(meter, worker_goes_on(link->worker), clock_now());
	aw_writer_free(link->writer);
	link->writer = NULL;
	link->reader = NULL;
}
