/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "trace.h"

#define MUCH 1000000

/* A stream, and the socket at its other end. */
static struct {
	aw_reader *reader;
	aw_writer *writer;
	int peer;
} it;

static char received[MUCH + 1];

static void
open_pair(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0 ||
	    aw_open_connection_socket(aw_get_running_loop(), fds[0], NULL,
	    &it.reader, &it.writer) < 0)
		abort();
	it.peer = fds[1];
}

/* What the peer has received: so many bytes, or what is there at the end. */
static size_t
receive(size_t size)
{
	return receive_from(it.peer, received, size);
}

static void
say_received(size_t size)
{
	size_t length = receive(size);

	say("received [%.*s]", (int)length, received);
}

static int
end(void)
{
	aw_writer_close(it.writer);
	(void)!aw_writer_wait_closed(it.writer);
	aw_writer_free(it.writer);
	if (it.peer >= 0)
		close(it.peer);
	return 0;
}

static void
close_peer(void)
{
	close(it.peer);
	it.peer = -1;
}

static void
write_text(const char *text)
{
	aw_writer_write(it.writer, text, strlen(text));
}

static void
write_much(void)
{
	static char data[MUCH];

	memset(data, 'x', sizeof(data));
	aw_writer_write(it.writer, data, sizeof(data));
}

static void
say_closing(void)
{
	say("closing %s", yes(aw_writer_is_closing(it.writer)));
}

static int
say_read(void *arg)
{
	char data[100];
	ssize_t n = aw_reader_read(it.reader, data, sizeof(data));

	(void)arg;
	if (n < 0)
		return told("read", (int)n);
	say("reads [%.*s]", (int)n, data);
	return 0;
}

static int
drain(void *arg)
{
	(void)arg;
	return told("drain", aw_writer_drain(it.writer));
}

static int
wait_closed(void *arg)
{
	(void)arg;
	return told("wait_closed", aw_writer_wait_closed(it.writer));
}

static int
write_it(void)
{
	open_pair();
	write_text("hello ");
	write_text("world");
	say_received(11);
	return end();
}

static int
writelines(void)
{
	static char one[] = "one ", two[] = "two ", three[] = "three";
	struct iovec pieces[] = { { one, 4 }, { two, 4 }, { three, 5 } };

	open_pair();
	aw_writer_writelines(it.writer, pieces, 3);
	say_received(13);
	return end();
}

static int
drain_does_not_wait_without_need(void)
{
	static char word[] = "called";

	open_pair();
	aw_loop_call_soon(aw_get_running_loop(), say_word, word);
	write_text("x");
	drain(NULL);
	turns(1);
	return end();
}

static int
drain_waits_for_the_peer(void)
{
	aw_task *a;

	open_pair();
	write_much();
	a = spawn(drain, NULL, "a");
	turns(3);
	say("done %s", yes(aw_future_done(a)));
	say("received %zu", receive(MUCH));
	told("a", join(a));
	return end();
}

static int
drain_is_cancelled(void)
{
	aw_task *a;

	open_pair();
	write_much();
	a = spawn(drain, NULL, "a");
	turns(3);
	aw_cancel(a);
	told("a", join(a));
	say("received %zu", receive(MUCH));
	return end();
}

static int
two_drain(void)
{
	aw_task *a, *b;

	open_pair();
	write_much();
	a = spawn(drain, NULL, "a");
	b = spawn(drain, NULL, "b");
	turns(3);
	say("done %s %s", yes(aw_future_done(a)), yes(aw_future_done(b)));
	receive(MUCH);
	told("a", join(a));
	told("b", join(b));
	return end();
}

static int
drain_when_the_peer_goes(void)
{
	aw_task *a;

	open_pair();
	write_much();
	a = spawn(drain, NULL, "a");
	turns(3);
	close_peer();
	told("a", join(a));
	drain(NULL);
	return end();
}

static int
write_to_a_peer_that_is_gone(void)
{
	open_pair();
	close_peer();
	write_text("x");
	turns(2);
	drain(NULL);
	say_closing();
	return end();
}

static int
write_eof(void)
{
	char data[100];
	ssize_t n;

	open_pair();
	say("can %s", yes(aw_writer_can_write_eof(it.writer)));
	write_text("last");
	aw_writer_write_eof(it.writer);
	say_received(100);
	(void)!send(it.peer, "answer", 6, 0);
	n = aw_reader_read(it.reader, data, sizeof(data));
	say("reads %.*s", (int)n, data);
	say_closing();
	return end();
}

static int
write_eof_waits_for_the_queue(void)
{
	open_pair();
	write_much();
	aw_writer_write_eof(it.writer);
	say("received %zu", receive(MUCH + 1));
	return end();
}

static int
close_it(void)
{
	open_pair();
	say_closing();
	write_text("last");
	aw_writer_close(it.writer);
	say_closing();
	wait_closed(NULL);
	wait_closed(NULL);
	say_received(100);
	say_read(NULL);
	return end();
}

static int
close_waits_for_the_queue(void)
{
	aw_task *a;

	open_pair();
	write_much();
	aw_writer_close(it.writer);
	a = spawn(wait_closed, NULL, "a");
	turns(3);
	say("done %s", yes(aw_future_done(a)));
	say("received %zu", receive(MUCH + 1));
	told("a", join(a));
	return end();
}

static int
abort_drops_the_queue(void)
{
	open_pair();
	write_much();
	aw_writer_abort(it.writer);
	say_closing();
	wait_closed(NULL);
	say("less %s", yes(receive(MUCH) < MUCH));
	return end();
}

static int
the_peers_end_leaves_it_open_for_writing(void)
{
	open_pair();
	(void)!send(it.peer, "all", 3, 0);
	shutdown(it.peer, SHUT_WR);
	say_read(NULL);
	say_read(NULL);
	say_closing();
	write_text("answer");
	say_received(6);
	return end();
}

static int
close_wakes_a_reader(void)
{
	aw_task *a;

	open_pair();
	a = spawn(say_read, NULL, "a");
	turns(1);
	aw_writer_close(it.writer);
	join(a);
	return end();
}

static int
wait_closed_is_cancelled(void)
{
	aw_task *a;

	open_pair();
	a = spawn(wait_closed, NULL, "a");
	turns(1);
	aw_cancel(a);
	told("a", join(a));
	say_closing();
	aw_writer_close(it.writer);
	wait_closed(NULL);
	return end();
}

static int
what_it_does_not_know(void)
{
	int fd, found;

	open_pair();
	found = aw_writer_get_extra_info(it.writer, "no such thing", &fd,
	    sizeof(fd));
	say("knows %s", yes(found >= 0));
	found = aw_writer_get_extra_info(it.writer, "socket", &fd, sizeof(fd));
	say("knows %s", yes(found >= 0));
	return end();
}

static int
write_after_close(void)
{
	open_pair();
	write_text("before");
	aw_writer_close(it.writer);
	write_text("after");
	wait_closed(NULL);
	say_received(100);
	return end();
}

static int
the_queue(void)
{
	open_pair();
	say("queued %zu", aw_writer_get_write_buffer_size(it.writer));
	write_text("x");
	say("queued %zu", aw_writer_get_write_buffer_size(it.writer));
	write_much();
	say("some %s", yes(aw_writer_get_write_buffer_size(it.writer) > 0));
	receive(MUCH + 1);
	drain(NULL);
	return end();
}

static const struct trace_case cases[] = {
	CASE(write_it),
	CASE(writelines),
	CASE(drain_does_not_wait_without_need),
	CASE(drain_waits_for_the_peer),
	CASE(drain_is_cancelled),
	CASE(two_drain),
	CASE(drain_when_the_peer_goes),
	CASE(write_to_a_peer_that_is_gone),
	CASE(write_eof),
	CASE(write_eof_waits_for_the_queue),
	CASE(close_it),
	CASE(close_waits_for_the_queue),
	CASE(abort_drops_the_queue),
	CASE(the_peers_end_leaves_it_open_for_writing),
	CASE(close_wakes_a_reader),
	CASE(wait_closed_is_cancelled),
	CASE(what_it_does_not_know),
	CASE(write_after_close),
	CASE(the_queue),
};
TRACE_MAIN(cases)
