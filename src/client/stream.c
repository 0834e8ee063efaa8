/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/monotonic.h"
#include "common/units.h"
#include "stall.h"
#include "window.h"

#define WINDOW_SIZE (1024 * 1024)
#define CHUNK_SIZE (64 * 1024)

/* The connection is not to be looked at further; the report knows why. */
#define STOPPED 1

struct stream {
	const struct connection *connection;
	struct source source;
	struct report *report;
	struct window window;
	unsigned char *buffer;
	struct stall stall;
	aw_future *room;    /* the sender waits for room in the window */
	bool all_sent;      /* and the connection half-closed */
	bool printing;      /* the receiver waits for standard output */
	bool timed_out;
	int input_error;    /* why the sender stopped, or 0 */
};

/*
 * Has the server's progress watched while it owes us something.  While standard
 * output makes us wait, nothing is late.
 */
static int
watch_server(struct stream *stream)
{
	if (stream->printing || (!stream->all_sent &&
	    window_outstanding(&stream->window) == 0)) {
		stall_end(&stream->stall);
		return 0;
	}
	return stall_begin(&stream->stall);
}

/* ------------------------------------------------------------ the sender */

static int
wait_for_room(struct stream *stream)
{
	int err;

	stream->room = aw_loop_create_future(stream->stall.loop);
	err = aw_await(stream->room);
	aw_future_unref(stream->room);
	stream->room = NULL;
	return err;
}

/* Fills a part of the window; 0 is the end of the input. */
static ssize_t
read_input(struct stream *stream, unsigned char **where)
{
	size_t room = window_reserve(&stream->window, where);
	ssize_t n;

	n = source_read(&stream->source, *where,
	    room < CHUNK_SIZE ? room : CHUNK_SIZE);
	if (n < 0 && n != -ECANCELED)
		stream->input_error = (int)n;
	return n;
}

/* Sends the next bytes of the input.  Returns 0 at its end. */
static ssize_t
send_some(struct stream *stream)
{
	unsigned char *where;
	ssize_t n;
	int err = 0;

	while (err == 0 && window_room(&stream->window) == 0)
		err = wait_for_room(stream);
	if (err < 0)
		return err;
	n = read_input(stream, &where);
	if (n <= 0)
		return n;
	window_commit(&stream->window, (size_t)n);
	err = watch_server(stream);
	if (err < 0)
		return err;
	aw_writer_write(stream->connection->writer, where, (size_t)n);
	err = aw_writer_drain(stream->connection->writer);
	return err < 0 ? err : n;
}

/*
 * Has the server know that this was all.  Before TLS 1.3, who is told so stops
 * sending as well, so the echo has to be back by then.
 */
static int
send_end(struct stream *stream)
{
	aw_writer *writer = stream->connection->writer;
	int err;

	stream->all_sent = true;
	err = watch_server(stream);
	while (err == 0 && !aw_writer_can_write_eof(writer) &&
	    window_outstanding(&stream->window) > 0)
		err = wait_for_room(stream);
	if (err == 0)
		aw_writer_write_eof(writer);
	return err;
}

/*
 * The sender's task.  A connection that is lost is the receiver's to report,
 * who sees it as well; an input that fails is not, so the receiver is told by
 * an end of the stream.
 */
static int
send_all(void *arg)
{
	struct stream *stream = arg;
	ssize_t n;

	do
		n = send_some(stream);
	while (n > 0);
	if (n == 0)
		n = send_end(stream);
	if (n == -ENOMEM)
		stream->input_error = (int)n;
	if (stream->input_error != 0)
		aw_reader_feed_eof(stream->connection->reader);
	return 0;
}

/* ---------------------------------------------------------- the receiver */

static void
on_stall(void *arg)
{
	struct stream *stream = arg;

	stream->timed_out = true;
	aw_reader_feed_eof(stream->connection->reader);
}

/* Of size bytes in the buffer, so many are the echo. */
static void
report_wrong(struct stream *stream, size_t matched, size_t size)
{
	struct report *report = stream->report;
	struct difference difference = {
		.offset = stream->window.echoed,
		.sent = window_next(&stream->window),
		.received = stream->buffer[matched],
	};
	bool first = report->bytes_received == size && matched == 0;
	char one[COMPARE_BYTE_TEXT_SIZE], other[COMPARE_BYTE_TEXT_SIZE];

	report_fail(report, REPORT_ECHO, 0, &difference,
	    "%s: wrong echo at offset %" PRIu64 ": sent %s, received %s%s",
	    report->peer, difference.offset,
	    compare_byte_text(difference.sent, one, sizeof(one)),
	    compare_byte_text(difference.received, other, sizeof(other)),
	    first ? report_server_text(report, stream->buffer, size) : "");
}

/* Some of what was sent has not come back. */
static void
report_missing(struct stream *stream, const char *reason)
{
	struct difference difference = {
		.offset = stream->window.echoed,
		.sent = window_next(&stream->window),
		.received = COMPARE_NO_BYTE,
	};
	char byte[COMPARE_BYTE_TEXT_SIZE];

	report_fail(stream->report, REPORT_ECHO, 0, &difference,
	    "%s: %s: %" PRIu64 " of %" PRIu64 " bytes came back, "
	    "the first missing one is %s at offset %" PRIu64,
	    stream->report->peer, reason, stream->window.echoed,
	    stream->window.sent,
	    compare_byte_text(difference.sent, byte, sizeof(byte)),
	    difference.offset);
}

static void
report_timeout(struct stream *stream)
{
	char limit[UNITS_TEXT_SIZE], reason[UNITS_TEXT_SIZE + 16];

	units_duration_text(stream->stall.limit, limit, sizeof(limit));
	snprintf(reason, sizeof(reason), "no echo for %s", limit);
	if (window_outstanding(&stream->window) > 0)
		report_missing(stream, reason);
	else
		report_fail(stream->report, REPORT_END, 0, NULL,
		    "%s: every byte came back, but the server did not end the "
		    "connection within %s", stream->report->peer, limit);
}

/* The stream of echoes has ended; was that its due end? */
static void
report_end(struct stream *stream)
{
	if (stream->timed_out)
		report_timeout(stream);
	else if (stream->input_error != 0)
		report_fail(stream->report, REPORT_INPUT, 0, NULL,
		    "standard input: %s", aw_strerror(stream->input_error));
	else if (window_outstanding(&stream->window) > 0)
		report_missing(stream, "the server closed the connection");
	else if (!stream->all_sent)
		report_fail(stream->report, REPORT_ECHO, 0, NULL,
		    "%s: the server closed the connection before the end of "
		    "the input", stream->report->peer);
}

static void
report_lost(struct stream *stream, int error)
{
	char reason[256];

	report_loss_text(stream->report, error, reason, sizeof(reason));
	if (window_outstanding(&stream->window) > 0)
		report_missing(stream, reason);
	else if (error == AW_ETLSTRUNCATED && stream->all_sent)
		report_fail(stream->report, REPORT_END, 0, NULL,
		    "%s: every byte came back, but %s", stream->report->peer,
		    reason);
	else
		report_fail(stream->report, REPORT_ECHO, 0, NULL, "%s: %s",
		    stream->report->peer, reason);
}

static int
print_echo(struct stream *stream, size_t size)
{
	int err;

	if (!report_is_talkative(stream->report))
		return 0;
	stream->printing = true;
	stall_end(&stream->stall);
	err = report_print(stream->report, stream->buffer, size);
	stream->printing = false;
	if (err == -ECANCELED)
		return err;
	return err < 0 ? STOPPED : 0;
}

/* Compares, makes room for the sender, and prints, even what is wrong. */
static int
take_echo(struct stream *stream, size_t size)
{
	size_t matched = window_match(&stream->window, stream->buffer, size);
	int err;

	stream->report->bytes_received += size;
	if (stream->room != NULL)
		aw_future_set_result(stream->room, 0);
	err = print_echo(stream, size);
	if (err == 0 && matched < size) {
		report_wrong(stream, matched, size);
		err = STOPPED;
	}
	if (err != 0)
		return err;
	stall_progress(&stream->stall);
	return watch_server(stream);
}

/* Returns 0 at the end of the stream, STOPPED, or an error. */
static int
receive_all(struct stream *stream)
{
	ssize_t n;
	int err = 0;

	while (err == 0) {
		n = aw_reader_read(stream->connection->reader, stream->buffer,
		    CHUNK_SIZE);
		if (n == 0)
			return 0;
		if (n < 0)
			return (int)n;
		err = take_echo(stream, (size_t)n);
	}
	return err;
}

/* ------------------------------------------------------------------ both */

static int
transfer(struct stream *stream)
{
	aw_task *sender;
	int err, ignored;

	sender = aw_create_task(send_all, stream, "sender");
	if (sender == NULL)
		return -ENOMEM;
	err = receive_all(stream);
	if (err == 0)
		report_end(stream);
	else if (err < 0 && err != -ECANCELED)
		report_lost(stream, err);
	stall_stop(&stream->stall);
	aw_cancel(sender);
	/* It ends now, by the cancellation or by itself. */
	ignored = aw_await(sender);
	(void)ignored;
	aw_future_unref(sender);
	return err == -ECANCELED ? err : 0;
}

int
stream_run(const struct connection *connection, const struct source *source,
    struct report *report)
{
	struct stream stream = {
		.connection = connection,
		.source = *source,
		.report = report,
		.stall = {
			.loop = aw_get_running_loop(),
			.limit = report->options->timeout,
			.expired = on_stall,
			.arg = &stream,
		},
	};
	int err;

	err = window_init(&stream.window, WINDOW_SIZE);
	if (err < 0)
		return err;
	stream.buffer = malloc(CHUNK_SIZE);
	err = stream.buffer == NULL ? -ENOMEM : transfer(&stream);
	report->bytes_sent = stream.window.sent;
	report->ended = monotonic_seconds();
	free(stream.buffer);
	window_free(&stream.window);
	return err;
}
