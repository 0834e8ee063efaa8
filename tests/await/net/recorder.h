/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Protocols that write down what they are told, and in which order.
 */
#ifndef TESTS_AWAIT_NET_RECORDER_H
#define TESTS_AWAIT_NET_RECORDER_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#include "await.h"

struct recorder {
	char trace[512];      /* words, with a blank between them */
	aw_transport *transport;
	unsigned char data[4096];
	size_t size;          /* bytes that came, the first of them in data */
	int error;            /* what connection_lost said */
	bool keep;            /* what eof_received is to return */
	/* Called after each word, with what this is for; may be NULL. */
	void (*on_word)(struct recorder *recorder, const char *word);
	void *arg;
	/* Of recorder_buffered: how much room it offers; 0 is none at all. */
	size_t room;
	unsigned char *buffer; /* NULL: its own */
};

/*
 * Their arg is a recorder.  The words are made, data, eof, lost, pause, resume;
 * get and updated of the buffered one; readable of the pulling one.
 */
extern const aw_protocol recorder_protocol;
extern const aw_protocol recorder_buffered;
extern const aw_protocol recorder_pulling;
/* Has connection_made and connection_lost alone. */
extern const aw_protocol recorder_plain;

void recorder_note(struct recorder *recorder, const char *word);
/* Waits until the last word is this one. */
void recorder_wait(struct recorder *recorder, const char *word);
/* Waits until so many bytes have come. */
void recorder_wait_data(struct recorder *recorder, size_t size);

/* Fails unless the trace is this, and forgets it. */
#define ck_assert_trace(recorder, words) \
	do { \
		ck_assert_str_eq((recorder)->trace, words); \
		(recorder)->trace[0] = '\0'; \
	} while (0)

/*
 * A transport over one end of a pair of Unix sockets with small buffers, whose
 * protocol has been told; returns the other end, which does not block.
 */
int recorder_pair(struct recorder *recorder, const aw_protocol *protocol,
    const aw_connection_options *options);

/* Ends it: aborts, waits for connection_lost, and closes the peer. */
void recorder_end(struct recorder *recorder, int peer);

#endif
