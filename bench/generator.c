/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections that each send messages, compare what comes back and send the
 * next.  On bare epoll, in one thread.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "figures.h"
#include "load.h"

#define EVENTS 1024
/* The most bytes that are sent or received at a time. */
#define CHUNK ((size_t)256 * 1024)
/*
 * A connection sends the pattern over and over, from a place of its own, so a
 * byte that is lost or another connection's is found out.
 */
#define PERIOD ((size_t)256 * 1024)
#define PLACES_APART 104729
/* Batches of events between two looks at the clock. */
#define BATCHES 16

struct connection {
	struct channel channel;
	size_t place;       /* where its first byte is in the pattern */
	uint64_t allowed;   /* bytes of all messages that have been begun */
	uint64_t sent;
	uint64_t received;
	uint64_t *begun;    /* when each that is under way was due */
};

struct load {
	struct load_options options;
	struct channel_maker maker;
	int epoll_fd;
	char *pattern;
	char *buffer;
	uint64_t *begun;
	uint64_t slots;     /* of each connection in begun */
	/* Of this run. */
	const struct load_goal *goal;
	int64_t started, messages;
	bool stopping;      /* no message is followed by another */
	size_t next;        /* the connection whose turn it is, at a rate */
	size_t count;
	struct connection connections[];
};

static char *
make_pattern(void)
{
	size_t i, size = PERIOD + CHUNK;
	uint64_t state = 1;
	char *pattern = malloc(size);

	for (i = 0; pattern != NULL && i < PERIOD; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		pattern[i] = (char)(state >> 56);
	}
	for (; pattern != NULL && i < size; i++)
		pattern[i] = pattern[i - PERIOD];
	return pattern;
}

/* The pattern from a connection's byte on, for a chunk at least. */
static const char *
pattern_at(const struct load *load, const struct connection *connection,
    uint64_t byte)
{
	return load->pattern + (connection->place + byte) % PERIOD;
}

/* Sends as much of what has been begun as the kernel takes. */
static int
send_rest(struct load *load, struct connection *connection)
{
	size_t size;
	ssize_t n;

	while (connection->sent < connection->allowed) {
		size = CHUNK;
		if (connection->allowed - connection->sent < size)
			size = (size_t)(connection->allowed - connection->sent);
		n = channel_send(&connection->channel, pattern_at(load,
		    connection, connection->sent), size);
		if (n < 0)
			return (int)n;
		connection->sent += (uint64_t)n;
		if ((size_t)n < size)
			break;
	}
	return 0;
}

/* Begins as many messages as are still to be sent, at most these. */
static int
begin(struct load *load, struct connection *connection, int64_t messages,
    uint64_t now)
{
	uint64_t number = connection->allowed / load->options.size;
	int64_t i, most = load->goal->messages;

	if (most > 0 && messages > most - load->started)
		messages = most - load->started;
	for (i = 0; i < messages; i++)
		connection->begun[number++ % load->slots] = now;
	connection->allowed = number * load->options.size;
	load->started += messages;
	if (load->started == most)
		load->stopping = true;
	return messages > 0 ? send_rest(load, connection) : 0;
}

/* Notes the messages that have come back whole. */
static int
finish(struct load *load, struct connection *connection, uint64_t first,
    uint64_t end)
{
	uint64_t begun, now = figures_nanoseconds();
	uint64_t number;

	for (number = first; number < end; number++) {
		begun = connection->begun[number % load->slots];
		/* Sent early, within the clock's step, it counts as 0. */
		histogram_add(load->goal->latencies, (int64_t)(now - begun));
	}
	load->messages += (int64_t)(end - first);
	if (load->stopping || load->goal->rate > 0)
		return 0;
	return begin(load, connection, (int64_t)(end - first), now);
}

/* Compares what came with what belongs there. */
static int
take(struct load *load, struct connection *connection, size_t size)
{
	uint64_t first = connection->received / load->options.size, end;

	if (connection->received + size > connection->sent ||
	    memcmp(load->buffer, pattern_at(load, connection,
	    connection->received), size) != 0)
		return -EBADMSG;
	connection->received += size;
	end = connection->received / load->options.size;
	return end > first ? finish(load, connection, first, end) : 0;
}

/*
 * Events come once a change.  A receive that did not fill the buffer has
 * emptied the socket, so that there is another event when more comes.
 */
static int
receive(struct load *load, struct connection *connection)
{
	ssize_t n;
	int err = 0;

	do {
		n = channel_receive(&connection->channel, load->buffer, CHUNK,
		    connection->sent - connection->received);
		if (n <= 0)
			return (int)n;
		err = take(load, connection, (size_t)n);
	} while (n == (ssize_t)CHUNK && err == 0);
	return err;
}

static int
handle(struct load *load, const struct epoll_event *event)
{
	struct connection *connection = event->data.ptr;
	int err;

	err = send_rest(load, connection);
	if (err == 0 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
		err = receive(load, connection);
	return err;
}

/* Waits for at most so many milliseconds. */
static int
run_batch(struct load *load, int wait)
{
	static struct epoll_event events[EVENTS];
	int count, err = 0, i;

	count = epoll_wait(load->epoll_fd, events, EVENTS, wait);
	if (count == 0 && wait > 0)
		return -ETIMEDOUT;
	for (i = 0; i < count && err == 0; i++)
		err = handle(load, &events[i]);
	return err;
}

/* Messages follow each other. */
static int
run_closed(struct load *load)
{
	double end = figures_clock() + load->goal->seconds;
	unsigned batches = 0;
	int err = 0;
	size_t i;

	for (i = 0; i < load->count && err == 0; i++)
		err = begin(load, &load->connections[i],
		    (int64_t)load->options.depth, figures_nanoseconds());
	while (load->messages < load->started && err == 0) {
		err = run_batch(load, LOAD_STUCK);
		if (++batches % BATCHES == 0 && figures_clock() >= end)
			load->stopping = true;
	}
	return err;
}

/* Begins what is due, on one connection after the other. */
static int
begin_due(struct load *load, uint64_t start, uint64_t now)
{
	struct connection *connection;
	double gap = 1e9 / load->goal->rate;
	uint64_t due, under_way;
	int err = 0;

	while (!load->stopping && err == 0) {
		due = start + (uint64_t)((double)load->started * gap);
		if (due > now)
			break;
		connection = &load->connections[load->next++ % load->count];
		under_way = connection->allowed / load->options.size -
		    connection->received / load->options.size;
		if (under_way >= load->slots)
			return -EOVERFLOW;
		err = begin(load, connection, 1, due);
	}
	return err;
}

/*
 * Messages come when they are due.  It never sleeps, since what wakes it would
 * be late.
 */
static int
run_at_rate(struct load *load)
{
	uint64_t start = figures_nanoseconds(), now = start, heard = start;
	uint64_t end = start + (uint64_t)(load->goal->seconds * 1e9);
	int64_t before;
	int err = 0;

	while ((!load->stopping || load->messages < load->started) &&
	    err == 0) {
		err = begin_due(load, start, now);
		before = load->messages;
		if (err == 0)
			err = run_batch(load, 0);
		now = figures_nanoseconds();
		if (now >= end)
			load->stopping = true;
		if (load->messages > before || load->messages == load->started)
			heard = now;
		else if (now - heard > (uint64_t)LOAD_STUCK * 1000000)
			err = -ETIMEDOUT;
	}
	return err;
}

static int64_t
run(struct load *load, const struct load_goal *goal)
{
	int err;

	load->goal = goal;
	load->stopping = false;
	load->started = load->messages = 0;
	err = goal->rate > 0 ? run_at_rate(load) : run_closed(load);
	return err < 0 ? err : load->messages;
}

static int
open_connection(struct load *load)
{
	struct connection *connection = &load->connections[load->count];
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = connection,
	};
	int err;

	err = channel_connect(&load->maker, 0, &connection->channel);
	if (err < 0)
		return err;
	connection->place = load->count * PLACES_APART % PERIOD;
	connection->begun = load->begun + load->count * load->slots;
	load->count++;
	err = channel_handshake(&connection->channel);
	if (err == 0 && epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD,
	    connection->channel.fd, &event) < 0)
		err = -errno;
	return err;
}

static void
free_load(struct load *load)
{
	size_t i;

	if (load == NULL)
		return;
	for (i = 0; i < load->count; i++)
		channel_close(&load->connections[i].channel);
	channel_forget(&load->maker);
	if (load->epoll_fd >= 0)
		close(load->epoll_fd);
	free(load->begun);
	free(load->buffer);
	free(load->pattern);
	free(load);
}

static int
new_load(const struct sockaddr_in *address, const struct load_options *options,
    struct load **result)
{
	struct load *load;
	int err = 0;

	load = calloc(1, sizeof(*load) +
	    options->connections * sizeof(struct connection));
	if (load == NULL)
		return -ENOMEM;
	load->options = *options;
	load->slots = options->depth > options->behind ? options->depth :
	    options->behind;
	load->pattern = make_pattern();
	load->buffer = malloc(CHUNK);
	load->begun = calloc(options->connections * load->slots,
	    sizeof(uint64_t));
	load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (load->pattern == NULL || load->buffer == NULL ||
	    load->begun == NULL)
		err = -ENOMEM;
	else if (load->epoll_fd < 0)
		err = -errno;
	else
		err = channel_prepare(&load->maker, address, options->tls,
		    options->resumes);
	while (err == 0 && load->count < options->connections)
		err = open_connection(load);
	if (err < 0)
		free_load(load);
	else
		*result = load;
	return err;
}

const struct load_kind load_messages = {
	.new = new_load,
	.run = run,
	.free = free_load,
};
