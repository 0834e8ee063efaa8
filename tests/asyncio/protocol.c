/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace.h"

#define MUCH 1000000

/* What may come from a task or from the loop. */
static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
note(const char *format, ...)
{
	va_list arguments;

	printf("- ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

/* A connection that notes what its protocol is called with. */
static struct {
	aw_transport *transport;
	aw_event *lost;
	bool keep_open;
	int peer;
} it;

static char received[MUCH + 1];

static void
made(aw_transport *transport, void *arg)
{
	(void)arg;
	it.transport = transport;
	note("made");
}

static void
data(aw_transport *transport, const void *bytes, size_t size, void *arg)
{
	(void)transport, (void)arg;
	note("received %.*s", (int)size, (const char *)bytes);
}

static bool
end_of_data(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("end");
	return it.keep_open;
}

static void
lost(aw_transport *transport, int error, void *arg)
{
	(void)transport, (void)arg;
	note("lost %s", spell(error));
	aw_event_set(it.lost);
}

static void
paused(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("pause writing");
}

static void
resumed(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("resume writing");
}

#define RECORDER \
	.connection_made = made, \
	.eof_received = end_of_data, \
	.connection_lost = lost, \
	.pause_writing = paused, \
	.resume_writing = resumed

static const aw_protocol recorder = { RECORDER, .data_received = data };

static void
prepare(void)
{
	it.lost = aw_event_new();
	it.keep_open = false;
	it.peer = -1;
}

static void
connect_to(const aw_protocol *protocol)
{
	int fds[2];

	prepare();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0 ||
	    aw_create_connection_socket(aw_get_running_loop(), protocol, NULL,
	    fds[0], NULL, &it.transport) < 0)
		abort();
	it.peer = fds[1];
	/* connection_made has been called then. */
	turns(1);
}

static size_t
receive(size_t size)
{
	size_t length = 0;
	ssize_t n;

	while (length < size) {
		n = recv(it.peer, received + length, size - length, 0);
		if (n < 0 && errno == EAGAIN) {
			if (aw_wait_readable(it.peer) < 0)
				break;
			continue;
		}
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	return length;
}

static void
send_text(const char *text)
{
	if (send(it.peer, text, strlen(text), 0) < 0)
		note("peer can't send");
}

static void
write_text(const char *text)
{
	aw_transport_write(it.transport, text, strlen(text));
}

static void
write_much(void)
{
	static char much[MUCH];

	memset(much, 'x', sizeof(much));
	aw_transport_write(it.transport, much, sizeof(much));
}

static void
close_peer(void)
{
	close(it.peer);
	it.peer = -1;
}

static int
end(void)
{
	(void)!aw_event_wait(it.lost);
	aw_event_free(it.lost);
	if (it.peer >= 0)
		close(it.peer);
	return 0;
}

static int
close_and_end(void)
{
	aw_transport_close(it.transport);
	return end();
}

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
	return end();
}

static int
the_peer_closes(void)
{
	connect_to(&recorder);
	send_text("last");
	close_peer();
	return end();
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
	return end();
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
	return end();
}

static int
lost_comes_from_the_loop(void)
{
	connect_to(&recorder);
	aw_transport_close(it.transport);
	note("closed");
	return end();
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
	return end();
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
	return end();
}

static void
second_data(aw_transport *transport, const void *bytes, size_t size, void *arg)
{
	(void)transport, (void)arg;
	note("second received %.*s", (int)size, (const char *)bytes);
}

static int
another_protocol(void)
{
	static const aw_protocol second = {
		RECORDER, .data_received = second_data,
	};
	void *arg;

	connect_to(&recorder);
	send_text("one");
	turns(4);
	aw_transport_set_protocol(it.transport, &second, NULL);
	note("is it %s",
	    yes(aw_transport_get_protocol(it.transport, &arg) == &second));
	send_text("two");
	turns(4);
	return close_and_end();
}

static char own_buffer[4];

static void *
get_buffer(aw_transport *transport, size_t *size, void *arg)
{
	(void)transport, (void)arg;
	*size = sizeof(own_buffer);
	return own_buffer;
}

static void
updated(aw_transport *transport, size_t size, void *arg)
{
	(void)transport, (void)arg;
	note("updated %.*s", (int)size, own_buffer);
}

static int
a_buffer_of_the_protocols(void)
{
	static const aw_protocol buffered = {
		.get_buffer = get_buffer,
		.buffer_updated = updated,
		.eof_received = end_of_data,
		.connection_lost = lost,
	};

	connect_to(&buffered);
	send_text("abcdefghij");
	turns(8);
	close_peer();
	return end();
}

static void
close_on_data(aw_transport *transport, const void *bytes, size_t size,
    void *arg)
{
	data(transport, bytes, size, arg);
	aw_transport_close(transport);
	note("closed");
}

static int
close_while_receiving(void)
{
	static const aw_protocol closing = {
		RECORDER, .data_received = close_on_data,
	};

	connect_to(&closing);
	send_text("bye");
	return end();
}

static int
a_pipe_to_read_from(void)
{
	int ends[2];

	prepare();
	if (pipe(ends) < 0 || aw_connect_read_pipe(aw_get_running_loop(),
	    &recorder, NULL, ends[0], NULL, &it.transport) < 0)
		abort();
	if (write(ends[1], "piped", 5) < 0)
		abort();
	turns(4);
	close(ends[1]);
	return end();
}

static int
a_pipe_to_write_to(void)
{
	int ends[2];
	ssize_t n;

	prepare();
	if (pipe(ends) < 0 || aw_connect_write_pipe(aw_get_running_loop(),
	    &recorder, NULL, ends[1], NULL, &it.transport) < 0)
		abort();
	write_text("piped");
	aw_transport_close(it.transport);
	(void)!aw_event_wait(it.lost);
	n = read(ends[0], received, 100);
	note("peer %.*s", (int)n, received);
	n = read(ends[0], received, 100);
	note("peer [%.*s]", (int)n, received);
	close(ends[0]);
	return end();
}

static void
echo_upper(aw_transport *transport, const void *bytes, size_t size, void *arg)
{
	const char *text = bytes;
	char upper[16];
	size_t i;

	data(transport, bytes, size, arg);
	for (i = 0; i < size && i < sizeof(upper); i++)
		upper[i] = (char)toupper((unsigned char)text[i]);
	aw_transport_write(transport, upper, i);
}

static uint16_t
port_of(const aw_server *server)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	if (getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &length) < 0)
		abort();
	return ntohs(address.sin_port);
}

static int
a_server_of_protocols(void)
{
	static const aw_protocol echo = {
		RECORDER, .data_received = echo_upper,
	};
	aw_server *server;
	aw_reader *reader;
	aw_writer *writer;
	ssize_t n;

	prepare();
	if (aw_create_server(&echo, NULL, "127.0.0.1", 0, NULL, &server) < 0 ||
	    aw_open_connection("127.0.0.1", port_of(server), NULL, &reader,
	    &writer) < 0)
		abort();
	aw_writer_write(writer, "hello", 5);
	n = aw_reader_read(reader, received, 100);
	note("answer %.*s", (int)n, received);
	aw_writer_free(writer);
	(void)!aw_event_wait(it.lost);
	aw_server_close(server);
	(void)!aw_server_wait_closed(server);
	aw_server_free(server);
	return end();
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
	CASE(another_protocol),
	CASE(a_buffer_of_the_protocols),
	CASE(close_while_receiving),
	CASE(a_pipe_to_read_from),
	CASE(a_pipe_to_write_to),
	CASE(a_server_of_protocols),
};
TRACE_MAIN(cases)
