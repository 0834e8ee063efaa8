/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of readers share: readers that the program feeds, and calls
 * that wait for what comes.
 */
#ifndef TESTS_AWAIT_NET_READING_H
#define TESTS_AWAIT_NET_READING_H

#include "net/net.h"

/* A reader that the program feeds, and text for it. */
aw_reader *new_reader(size_t limit);
void feed(aw_reader *reader, const char *text);

/* A call by a task of its own, and what came of it. */
struct reading {
	aw_reader *reader;
	const char *separator; /* of readuntil */
	char text[64];
	ssize_t n;
	bool ended;
};

/* Starts the call and sees it wait. */
aw_task *start_reading(struct reading *reading, aw_reader *reader,
    aw_coroutine *run);
aw_task *start_readuntil(struct reading *reading, aw_reader *reader,
    const char *separator);

/* What such a call does in the end: keeps what came.  Returns 0. */
int end_reading(struct reading *reading, ssize_t n, const void *data);

/* The next line is the text. */
void check_line(struct net_pair *pair, const char *text);
/* What is left of the stream, which the peer ends, is the text. */
void check_rest(struct net_pair *pair, const char *text);

#endif
