/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The echo server once more, by callbacks, and a client that reads slowly.
 */
#include <stdio.h>
#include <stdlib.h>

#include <await.h>

enum { FAREWELL_SIZE = 32 << 20 };

static void
connection_made(aw_transport *transport, void *arg)
{
	(void)transport;
	(void)arg;
	puts("server: connection made");
}

static void
data_received(aw_transport *transport, const void *data, size_t size, void *arg)
{
	(void)arg;
	printf("server: received '%.*s'\n", (int)size, (const char *)data);
	aw_transport_write(transport, data, size);
}

/* Says so much in the end that the client has to read for a while. */
static bool
eof_received(aw_transport *transport, void *farewell)
{
	puts("server: end of file, a long farewell");
	aw_transport_write(transport, farewell, FAREWELL_SIZE);
	return false;
}

static void
pause_writing(aw_transport *transport, void *arg)
{
	(void)transport;
	(void)arg;
	puts("server: pause writing");
}

static void
resume_writing(aw_transport *transport, void *arg)
{
	(void)transport;
	(void)arg;
	puts("server: resume writing");
}

static void
connection_lost(aw_transport *transport, int error, void *arg)
{
	(void)transport;
	(void)arg;
	printf("server: connection lost: %s\n",
	    error == 0 ? "closed" : aw_strerror(error));
}

static const aw_protocol echo_protocol = {
	.connection_made = connection_made,
	.data_received = data_received,
	.eof_received = eof_received,
	.pause_writing = pause_writing,
	.resume_writing = resume_writing,
	.connection_lost = connection_lost,
};

static int
talk(aw_reader *reader, aw_writer *writer)
{
	char reply[100];
	char *rest;
	ssize_t n;

	aw_writer_write(writer, "hello", 5);
	n = aw_reader_read(reader, reply, sizeof(reply));
	if (n < 0)
		return (int)n;
	printf("client: got back '%.*s'\n", (int)n, reply);
	aw_writer_write_eof(writer);
	n = aw_reader_read_all(reader, 0, &rest);
	if (n < 0)
		return (int)n;
	printf("client: and %zd MiB\n", n >> 20);
	free(rest);
	return 0;
}

static int
client(uint16_t port)
{
	aw_reader *reader;
	aw_writer *writer;
	int err;

	err = aw_open_connection("127.0.0.1", port, NULL, &reader, &writer);
	if (err < 0)
		return err;
	err = talk(reader, writer);
	aw_writer_free(writer);
	return err;
}

static int
lesson(void *farewell)
{
	aw_server *server;
	int err;

	err = aw_create_server(&echo_protocol, farewell, "127.0.0.1", 0, NULL,
	    &server);
	if (err < 0)
		return err;
	err = client((uint16_t)aw_server_port(server));
	aw_server_close(server);
	if (err == 0)
		err = aw_server_wait_closed(server);
	aw_server_free(server);
	return err;
}

int
main(void)
{
	void *farewell = calloc(1, FAREWELL_SIZE);
	int err;

	if (farewell == NULL)
		return 1;
	err = aw_run(lesson, farewell);
	free(farewell);
	return err < 0;
}
