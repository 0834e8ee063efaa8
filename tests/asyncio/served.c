/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "served.h"

struct served served;

int
get_ready(aw_reader *reader, aw_writer *writer, void *handler)
{
	int result;

	aw_task_set_name(aw_current_task(), "handler");
	result = ((aw_client_connected *)handler)(reader, writer, NULL);
	aw_semaphore_release(served.ended);
	return result;
}

int
start(aw_client_connected *handler, uint16_t port,
    const aw_server_options *options)
{
	return aw_start_server(get_ready, (void *)handler, "127.0.0.1", port,
	    options, &served.server);
}

void
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

void
serve(aw_client_connected *handler)
{
	serve_with(handler, NULL);
}

int
wait_closed(void *arg)
{
	(void)arg;
	return told("wait_closed", aw_server_wait_closed(served.server));
}

void
close_server(void)
{
	aw_server_close(served.server);
	wait_closed(NULL);
}

int
end_server(void)
{
	close_server();
	aw_server_free(served.server);
	aw_semaphore_free(served.ended);
	return 0;
}

void
await_end(void)
{
	(void)!aw_semaphore_acquire(served.ended);
}

void
say_serving(void)
{
	say("serving %s", yes(aw_server_is_serving(served.server)));
}

int
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

int
try_to_connect(struct client *client)
{
	return aw_open_connection("127.0.0.1", served.port, NULL,
	    &client->reader, &client->writer);
}

struct client
dial(void)
{
	struct client client;

	if (try_to_connect(&client) < 0)
		abort();
	return client;
}

void
ask(const struct client *client, const char *text)
{
	char data[100];
	ssize_t n;

	aw_writer_write(client->writer, text, strlen(text));
	n = aw_reader_read(client->reader, data, sizeof(data));
	say("answer %.*s", n > 0 ? (int)n : 0, data);
}

void
end_client(struct client *client)
{
	aw_writer_close(client->writer);
	(void)!aw_writer_wait_closed(client->writer);
	aw_writer_free(client->writer);
}

int
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

void
free_server(void)
{
	aw_server_free(served.server);
	aw_semaphore_free(served.ended);
}
