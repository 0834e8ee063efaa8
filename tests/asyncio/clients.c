/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdlib.h>

#include "served.h"

static int
a_client(void)
{
	struct client client;

	serve(echo);
	client = dial();
	ask(&client, "hello");
	ask(&client, "world");
	end_client(&client);
	return end_server();
}

static const char *const texts[] = { "one", "two", "three" };

static int
one_client_after_the_other(void)
{
	struct client client;
	int i;

	serve(echo);
	for (i = 0; i < 3; i++) {
		client = dial();
		ask(&client, texts[i]);
		end_client(&client);
		await_end();
	}
	return end_server();
}

static int
clients_at_once(void)
{
	struct client clients[3];
	int i;

	serve(echo);
	for (i = 0; i < 3; i++)
		clients[i] = dial();
	for (i = 0; i < 3; i++)
		ask(&clients[2 - i], texts[i]);
	for (i = 0; i < 3; i++) {
		end_client(&clients[i]);
		await_end();
	}
	return end_server();
}

static int
fail(aw_reader *reader, aw_writer *writer, void *arg)
{
	(void)reader, (void)writer, (void)arg;
	say("fails");
	return FAILURE(1);
}

static int
a_handler_that_fails(void)
{
	struct client client;

	serve(fail);
	client = dial();
	say_rest(&client);
	end_client(&client);
	return end_server();
}

static int
greet(aw_reader *reader, aw_writer *writer, void *arg)
{
	(void)reader, (void)arg;
	aw_writer_write(writer, "bye", 3);
	(void)!aw_writer_drain(writer);
	say("returns");
	return 0;
}

static int
a_handler_that_returns(void)
{
	struct client client;
	aw_timeout *timeout;

	serve(greet);
	client = dial();
	await_end();
	(void)!aw_timeout_enter(units(10), &timeout);
	told("read", aw_timeout_exit(timeout, say_rest(&client)));
	end_client(&client);
	return end_server();
}

static int
close_clients(void)
{
	struct client client;

	serve(echo);
	client = dial();
	ask(&client, "hello");
	aw_server_close(served.server);
	aw_server_close_clients(served.server);
	await_end();
	say_rest(&client);
	end_client(&client);
	return end_server();
}

#define MUCH 10000000

static int
write_much(aw_reader *reader, aw_writer *writer, void *arg)
{
	char *data = calloc(1, MUCH);

	(void)reader, (void)arg;
	aw_writer_write(writer, data, MUCH);
	free(data);
	say("writes");
	told("drain", aw_writer_drain(writer));
	return 0;
}

static int
abort_clients(void)
{
	char data[1000];
	struct client client;
	ssize_t n;

	serve(write_much);
	client = dial();
	turns(5);
	n = aw_reader_readexactly(client.reader, data, sizeof(data));
	say("received %zd", n);
	aw_server_close(served.server);
	aw_server_abort_clients(served.server);
	await_end();
	aw_writer_abort(client.writer);
	aw_writer_free(client.writer);
	return end_server();
}

static const struct trace_case cases[] = {
	CASE(a_client),
	CASE(one_client_after_the_other),
	CASE(clients_at_once),
	CASE(a_handler_that_fails),
	CASE(a_handler_that_returns),
	CASE(close_clients),
	CASE(abort_clients),
};
TRACE_MAIN(cases)
