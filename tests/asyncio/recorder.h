/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A connection that notes what its protocol is called with.
 */
#ifndef TESTS_ASYNCIO_RECORDER_H
#define TESTS_ASYNCIO_RECORDER_H

#include "trace.h"

#define MUCH 1000000

/* The connection of the case. */
extern struct connection {
	aw_transport *transport;
	aw_event *lost;
	bool keep_open;
	int peer;
} it;

/* What its peer has received. */
extern char received[MUCH + 1];

/* A protocol that notes everything, and one that leaves the data to others. */
extern const aw_protocol recorder;
#define RECORDER \
	.connection_made = made, \
	.eof_received = end_of_data, \
	.connection_lost = lost, \
	.pause_writing = paused, \
	.resume_writing = resumed

/* What may come from a task or from the loop. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

void made(aw_transport *transport, void *arg);
void data(aw_transport *transport, const void *bytes, size_t size, void *arg);
bool end_of_data(aw_transport *transport, void *arg);
void lost(aw_transport *transport, int error, void *arg);
void paused(aw_transport *transport, void *arg);
void resumed(aw_transport *transport, void *arg);
void prepare(void);
void connect_to(const aw_protocol *protocol);
size_t receive(size_t size);
void send_text(const char *text);
void write_text(const char *text);
void write_much(void);
void close_peer(void);
int end_connection(void);
int close_and_end(void);

#endif
