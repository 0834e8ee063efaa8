/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recorder.h"

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
	return end_connection();
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
	return end_connection();
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
	return end_connection();
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
	return end_connection();
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
	return end_connection();
}

static const struct trace_case cases[] = {
	CASE(another_protocol),
	CASE(a_buffer_of_the_protocols),
	CASE(close_while_receiving),
	CASE(a_pipe_to_read_from),
	CASE(a_pipe_to_write_to),
	CASE(a_server_of_protocols),
};
TRACE_MAIN(cases)
