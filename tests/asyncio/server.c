/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "served.h"

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
	end_client(&client);
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
	end_client(&client);
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
	end_client(&client);
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
	end_client(&client);
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
	end_client(&client);
	await_end();
	end_server();
	strcat(path, "2");
	err = aw_open_unix_connection(path, NULL, &client.reader,
	    &client.writer);
	told("connect", err);
	rmdir(folder);
	return 0;
}

#define MUCH 10000000

static const struct trace_case cases[] = {
	CASE(close_refuses_new_clients),
	CASE(close_keeps_the_clients),
	CASE(wait_closed_waits_for_the_clients),
	CASE(wait_closed_waits_for_close),
	CASE(close_twice),
	CASE(serve_forever),
	CASE(start_later),
	CASE(start_after_close),
	CASE(its_sockets),
	CASE(an_address_in_use),
	CASE(a_unix_socket),
};
TRACE_MAIN(cases)
