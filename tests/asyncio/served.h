/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A server of the case, and clients that ask it.
 */
#ifndef TESTS_ASYNCIO_SERVED_H
#define TESTS_ASYNCIO_SERVED_H

#include "trace.h"

/* The server, and how many of its handlers have ended. */
extern struct served {
	aw_server *server;
	aw_semaphore *ended;
	uint16_t port;
} served;

struct client {
	aw_reader *reader;
	aw_writer *writer;
};

int get_ready(aw_reader *reader, aw_writer *writer, void *handler);
int start(aw_client_connected *handler, uint16_t port,
    const aw_server_options *options);
void serve_with(aw_client_connected *handler, const aw_server_options *options);
void serve(aw_client_connected *handler);
int wait_closed(void *arg);
void close_server(void);
int end_server(void);
/* Waits until a handler has ended. */
void await_end(void);
void say_serving(void);
int echo(aw_reader *reader, aw_writer *writer, void *arg);
int try_to_connect(struct client *client);
struct client dial(void);
void ask(const struct client *client, const char *text);
void end_client(struct client *client);
/* What still comes, or that the connection was reset. */
int say_rest(void *arg);
void free_server(void);

#endif
