/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

/* The server, and how many of its handlers have ended. */
static struct {
	aw_server *server;
	aw_semaphore *ended;
	uint16_t port;
} served;

static int
get_ready(aw_reader *reader, aw_writer *writer, void *handler)
{
	int result;

	aw_task_set_name(aw_current_task(), "handler");
	result = ((aw_client_connected *)handler)(reader, writer, NULL);
	aw_semaphore_release(served.ended);
	return result;
}

static int
start(aw_client_connected *handler, uint16_t port,
    const aw_server_options *options)
{
	return aw_start_server(get_ready, (void *)handler, "127.0.0.1", port,
	    options, &served.server);
}

static void
serve_with(aw_client_connected *handler, const aw_server_options *options)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	served.ended = aw_semaphore_new(0);
	if (start(handler, 0, options) < 0 ||
	    getsockname(aw_server_socket(served.server, 0),
	    (struct sockaddr *)&address, &length) < 0)
		abort();
	served.port = ntohs(address.sin_port);
}

static void
serve(aw_client_connected *handler)
{
	serve_with(handler, NULL);
}

static int
wait_closed(void *arg)
{
	(void)arg;
	return told("wait_closed", aw_server_wait_closed(served.server));
}

static void
close_server(void)
{
	aw_server_close(served.server);
	wait_closed(NULL);
}

static int
end_server(void)
{
	close_server();
	aw_server_free(served.server);
	aw_semaphore_free(served.ended);
	return 0;
}

/* Waits until a handler has ended. */
static void
await_end(void)
{
	(void)!aw_semaphore_acquire(served.ended);
}

static void
say_serving(void)
{
	say("serving %s", yes(aw_server_is_serving(served.server)));
}

static int
echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	char data[100];
	ssize_t n;

	(void)arg;
	while ((n = aw_reader_read(reader, data, sizeof(data))) > 0) {
		say("received %.*s", (int)n, data);
		aw_writer_write(writer, data, (size_t)n);
		(void)!aw_writer_drain(writer);
	}
	say("end");
	return 0;
}

struct client {
	aw_reader *reader;
	aw_writer *writer;
};

static int
try_to_connect(struct client *client)
{
	return aw_open_connection("127.0.0.1", served.port, NULL,
	    &client->reader, &client->writer);
}

static struct client
dial(void)
{
	struct client client;

	if (try_to_connect(&client) < 0)
		abort();
	return client;
}

static void
ask(const struct client *client, const char *text)
{
	char data[100];
	ssize_t n;

	aw_writer_write(client->writer, text, strlen(text));
	n = aw_reader_read(client->reader, data, sizeof(data));
	say("answer %.*s", n > 0 ? (int)n : 0, data);
}

static void
end(struct client *client)
{
	aw_writer_close(client->writer);
	(void)!aw_writer_wait_closed(client->writer);
	aw_writer_free(client->writer);
}

/* What still comes, or that the connection was reset. */
static int
say_rest(void *arg)
{
	struct client *client = arg;
	char *data = NULL;
	ssize_t n = aw_reader_read_all(client->reader, 0, &data);

	if (n == -ECANCELED)
		return -ECANCELED;
	say("rest [%s]", n > 0 ? data : "");
	free(data);
	return 0;
}

static int
a_client(void)
{
	struct client client;

	serve(echo);
	client = dial();
	ask(&client, "hello");
	ask(&client, "world");
	end(&client);
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
		end(&client);
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
		end(&clients[i]);
		await_end();
	}
	return end_server();
}

static int
close_refuses_new_clients(void)
{
	struct client client;

	serve(echo);
	say_serving();
	close_server();
	say_serving();
	told("connect", try_to_connect(&client));
	aw_server_free(served.server);
	aw_semaphore_free(served.ended);
	return 0;
}

static int
close_keeps_the_clients(void)
{
	struct client client;

	serve(echo);
	client = dial();
	ask(&client, "before");
	aw_server_close(served.server);
	ask(&client, "after");
	end(&client);
	return end_server();
}

/* A task that waits until the server is closed, which it is not yet. */
static aw_task *
begin_wait(void)
{
	aw_task *a = spawn(wait_closed, NULL, "a");

	turns(5);
	say("done %s", yes(aw_future_done(a)));
	return a;
}

static void
free_server(void)
{
	aw_server_free(served.server);
	aw_semaphore_free(served.ended);
}

static int
wait_closed_waits_for_the_clients(void)
{
	struct client client;
	aw_task *a;

	serve(echo);
	client = dial();
	ask(&client, "hello");
	aw_server_close(served.server);
	a = begin_wait();
	end(&client);
	told("a", join(a));
	free_server();
	return 0;
}

static int
wait_closed_waits_for_close(void)
{
	aw_task *a;

	serve(echo);
	a = begin_wait();
	aw_server_close(served.server);
	told("a", join(a));
	free_server();
	return 0;
}

static int
close_twice(void)
{
	serve(echo);
	aw_server_close(served.server);
	close_server();
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
	end(&client);
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
	end(&client);
	return end_server();
}

static int
run_server(void *arg)
{
	(void)arg;
	return told("serve_forever", aw_server_serve_forever(served.server));
}

static int
serve_forever(void)
{
	struct client client;
	aw_task *a;

	serve(echo);
	a = spawn(run_server, NULL, "a");
	turns(2);
	client = dial();
	ask(&client, "hello");
	end(&client);
	await_end();
	aw_cancel(a);
	told("a", join(a));
	say_serving();
	free_server();
	return 0;
}

static const aw_server_options later = { .start_later = true };

static int
start_later(void)
{
	struct client client;

	serve_with(echo, &later);
	say_serving();
	told("start", aw_server_start_serving(served.server));
	say_serving();
	client = dial();
	ask(&client, "hello");
	end(&client);
	return end_server();
}

static int
start_after_close(void)
{
	serve_with(echo, &later);
	aw_server_close(served.server);
	told("start", aw_server_start_serving(served.server));
	free_server();
	return 0;
}

static void
say_sockets(void)
{
	size_t count = 0;

	while (aw_server_socket(served.server, count) >= 0)
		count++;
	say("sockets %zu", count);
}

static int
its_sockets(void)
{
	serve(echo);
	say_sockets();
	close_server();
	say_sockets();
	free_server();
	return 0;
}

static int
an_address_in_use(void)
{
	aw_server *second;
	int err;

	serve(echo);
	err = aw_start_server(get_ready, (void *)echo, "127.0.0.1",
	    served.port, NULL, &second);
	say("in use %s", yes(err == -EADDRINUSE));
	return end_server();
}

static int
a_unix_socket(void)
{
	char folder[] = "/tmp/trace-XXXXXX", path[64];
	struct client client;
	int err;

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/socket", folder);
	served.ended = aw_semaphore_new(0);
	if (aw_start_unix_server(get_ready, (void *)echo, path, NULL,
	    &served.server) < 0 || aw_open_unix_connection(path, NULL,
	    &client.reader, &client.writer) < 0)
		abort();
	ask(&client, "hello");
	end(&client);
	await_end();
	end_server();
	strcat(path, "2");
	err = aw_open_unix_connection(path, NULL, &client.reader,
	    &client.writer);
	told("connect", err);
	rmdir(folder);
	return 0;
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
	end(&client);
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
	CASE(close_refuses_new_clients),
	CASE(close_keeps_the_clients),
	CASE(wait_closed_waits_for_the_clients),
	CASE(wait_closed_waits_for_close),
	CASE(close_twice),
	CASE(a_handler_that_fails),
	CASE(a_handler_that_returns),
	CASE(serve_forever),
	CASE(start_later),
	CASE(start_after_close),
	CASE(its_sockets),
	CASE(an_address_in_use),
	CASE(a_unix_socket),
	CASE(close_clients),
	CASE(abort_clients),
};
TRACE_MAIN(cases)
