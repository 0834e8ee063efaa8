/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <sys/socket.h>

#include "recorder.h"

static int
a_life(void)
{
	size_t size;

	connect_to(&recorder);
	send_text("hello");
	turns(4);
	write_text("answer");
	size = receive(6);
	note("peer %.*s", (int)size, received);
	aw_transport_close(it.transport);
	note("closing %s", yes(aw_transport_is_closing(it.transport)));
	(void)!aw_event_wait(it.lost);
	size = receive(1);
	note("peer [%.*s]", (int)size, received);
	return end_connection();
}

static int
the_peer_closes(void)
{
	connect_to(&recorder);
	send_text("last");
	close_peer();
	return end_connection();
}

static int
the_end_of_the_peer_may_be_kept_open(void)
{
	size_t size;

	connect_to(&recorder);
	it.keep_open = true;
	shutdown(it.peer, SHUT_WR);
	turns(4);
	note("closing %s", yes(aw_transport_is_closing(it.transport)));
	write_text("still");
	size = receive(5);
	note("peer %.*s", (int)size, received);
	return close_and_end();
}

static void
note_reading(void)
{
	note("reading %s", yes(aw_transport_is_reading(it.transport)));
}

static int
pause_reading(void)
{
	connect_to(&recorder);
	note_reading();
	aw_transport_pause_reading(it.transport);
	note_reading();
	send_text("hello");
	turns(4);
	note("nothing so far");
	aw_transport_resume_reading(it.transport);
	turns(4);
	return close_and_end();
}

static size_t
queued(void)
{
	return aw_transport_get_write_buffer_size(it.transport);
}

static int
pause_writing(void)
{
	connect_to(&recorder);
	aw_transport_set_write_buffer_limits(it.transport, 1000, 0);
	write_much();
	note("queued %s", yes(queued() > 1000));
	note("peer %zu", receive(MUCH));
	turns(2);
	note("queued %zu", queued());
	return close_and_end();
}

static void
note_limits(void)
{
	size_t low, high;

	aw_transport_get_write_buffer_limits(it.transport, &high, &low);
	note("low %zu high %zu", low, high);
}

static int
the_limits(void)
{
	connect_to(&recorder);
	note_limits();
	aw_transport_set_write_buffer_limits(it.transport, 1000, 0);
	note_limits();
	aw_transport_set_write_buffer_limits(it.transport, 1000, 10);
	note_limits();
	return close_and_end();
}

static int
close_flushes_the_queue(void)
{
	connect_to(&recorder);
	aw_transport_set_write_buffer_limits(it.transport, 10 * MUCH, 0);
	write_much();
	aw_transport_close(it.transport);
	note("closed");
	note("peer %zu", receive(MUCH + 1));
	return end_connection();
}

static int
write_after_close_while_it_flushes(void)
{
	connect_to(&recorder);
	aw_transport_set_write_buffer_limits(it.transport, 10 * MUCH, 0);
	write_much();
	aw_transport_close(it.transport);
	write_text("y");
	note("peer %zu", receive(MUCH + 1));
	return end_connection();
}

static int
lost_comes_from_the_loop(void)
{
	connect_to(&recorder);
	aw_transport_close(it.transport);
	note("closed");
	return end_connection();
}

static int
no_data_after_close(void)
{
	connect_to(&recorder);
	send_text("late");
	return close_and_end();
}

static int
abort_it(void)
{
	connect_to(&recorder);
	aw_transport_set_write_buffer_limits(it.transport, 10 * MUCH, 0);
	write_much();
	aw_transport_abort(it.transport);
	note("aborted");
	return end_connection();
}

static int
write_eof(void)
{
	size_t size;

	connect_to(&recorder);
	it.keep_open = true;
	note("can %s", yes(aw_transport_can_write_eof(it.transport)));
	write_text("last");
	aw_transport_write_eof(it.transport);
	size = receive(100);
	note("peer [%.*s]", (int)size, received);
	send_text("answer");
	turns(4);
	return close_and_end();
}

static int
lost_by_an_error(void)
{
	connect_to(&recorder);
	it.keep_open = true;
	aw_transport_pause_reading(it.transport);
	close_peer();
	write_text("x");
	note("written");
	return end_connection();
}

static const struct trace_case cases[] = {
	CASE(a_life),
	CASE(the_peer_closes),
	CASE(the_end_of_the_peer_may_be_kept_open),
	CASE(pause_reading),
	CASE(pause_writing),
	CASE(the_limits),
	CASE(close_flushes_the_queue),
	CASE(write_after_close_while_it_flushes),
	CASE(lost_comes_from_the_loop),
	CASE(no_data_after_close),
	CASE(abort_it),
	CASE(write_eof),
	CASE(lost_by_an_error),
};
TRACE_MAIN(cases)
