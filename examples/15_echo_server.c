/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server, until Ctrl-C: 15_echo_server [PORT]
 */
#include <stdio.h>
#include <stdlib.h>

#include <await.h>

#include "seconds.h"

static int
handle_echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	char data[100], peer[AW_ADDRESS_TEXT_SIZE];
	ssize_t n;
	int err;

	(void)arg;
	n = aw_reader_read(reader, data, sizeof(data));
	if (n < 0)
		return (int)n;
	printf("Received '%.*s' from %s\n", (int)n, data,
	    aw_writer_address_text(writer, "peername", peer, sizeof(peer)));

	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	aw_writer_write(writer, data, (size_t)n);
	err = aw_writer_drain(writer);
	aw_writer_close(writer);
	return err;
}

static int
serve(void *arg)
{
	const uint16_t *port = arg;
	char address[AW_ADDRESS_TEXT_SIZE];
	aw_server *server;
	int err;

	err = aw_start_server(handle_echo, NULL, "127.0.0.1", *port, NULL,
	    &server);
	if (err < 0)
		return err;
	printf("Serving on %s\n",
	    aw_server_address_text(server, 0, address, sizeof(address)));
	err = aw_server_serve_forever(server);
	aw_server_free(server);
	return err;
}

/* Ctrl-C cancels this task, which passes it on to the one that it awaits. */
static int
supervise(void *port)
{
	aw_task *serving = aw_create_task(serve, port, "serving");
	int err = aw_await(serving);

	if (aw_future_cancelled(serving))
		puts("Stopped");
	else if (err < 0)
		printf("Failed: %s\n", aw_strerror(aw_future_result(serving)));
	aw_future_unref(serving);
	return err;
}

int
main(int argc, char **argv)
{
	uint16_t port = 8888;
	int err;

	if (argc > 1)
		port = (uint16_t)atoi(argv[1]);
	err = aw_run(supervise, &port);
	if (err == AW_EINTERRUPT)
		puts("Bye");
	return err != AW_EINTERRUPT;
}
