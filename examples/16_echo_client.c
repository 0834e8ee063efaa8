/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Clients of the echo server, first one, then thirty: 16_echo_client [PORT]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <await.h>

#include "seconds.h"

enum { CLIENTS = 30 };

struct client {
	uint16_t port;
	char message[20], reply[100];
};

static int
echo_client(void *arg)
{
	struct client *client = arg;
	aw_reader *reader;
	aw_writer *writer;
	ssize_t n;
	int err;

	err = aw_open_connection("127.0.0.1", client->port, NULL, &reader,
	    &writer);
	if (err < 0) {
		fprintf(stderr, "%s\n", aw_error_text());
		return err;
	}
	aw_writer_write(writer, client->message, strlen(client->message));
	err = aw_writer_drain(writer);
	if (err < 0)
		goto free_writer;
	n = aw_reader_read(reader, client->reply, sizeof(client->reply) - 1);
	if (n < 0) {
		err = (int)n;
		goto free_writer;
	}
	client->reply[n] = '\0';
	aw_writer_close(writer);
	err = aw_writer_wait_closed(writer);
free_writer:
	aw_writer_free(writer);
	return err;
}

static int
one(uint16_t port)
{
	struct client client = { .port = port, .message = "hello" };
	int err;

	err = echo_client(&client);
	if (err == 0)
		printf("Sent: %s\nReceived: %s\n", client.message,
		    client.reply);
	return err;
}

static int
thirty(uint16_t port)
{
	static struct client clients[CLIENTS];
	aw_task *tasks[CLIENTS];
	int err, i, right = 0;
	double begin = now();

	for (i = 0; i < CLIENTS; i++) {
		clients[i].port = port;
		snprintf(clients[i].message, sizeof(clients[i].message),
		    "hello %d", i);
		tasks[i] = aw_create_task(echo_client, &clients[i], NULL);
	}
	err = aw_await_unref(aw_gather(tasks, CLIENTS, false));
	for (i = 0; i < CLIENTS; i++) {
		right += strcmp(clients[i].message, clients[i].reply) == 0;
		aw_future_unref(tasks[i]);
	}
	if (err == 0)
		printf("%d clients, %d right replies: %g s\n", CLIENTS, right,
		    since(begin));
	return err;
}

static int
lesson(void *arg)
{
	const uint16_t *port = arg;
	int err;

	err = one(*port);
	if (err < 0)
		return err;
	return thirty(*port);
}

int
main(int argc, char **argv)
{
	uint16_t port = 8888;

	if (argc > 1)
		port = (uint16_t)atoi(argv[1]);
	return aw_run(lesson, &port) < 0;
}
