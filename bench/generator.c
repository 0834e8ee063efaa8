/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "generator.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "figures.h"
#include "server.h"

#define EVENTS 1024
#define BUFFER_SIZE (256 * 1024)
/*
 * A message starts at one of so many places of the pattern, by its number and
 * its connection's, so one that is late or another's is found out.
 */
#define STARTS 251
/* Batches of events between two looks at the clock. */
#define BATCHES 16
/* Milliseconds without an event after which the server is taken for stuck. */
#define STUCK 10000

struct connection {
	int fd;
	unsigned start;  /* of the message, in the pattern */
	size_t sent;
	size_t received;
};

struct generator {
	int epoll_fd;
	size_t message_size;
	char *pattern;
	char *buffer;
	int64_t messages;
	size_t under_way;
	bool stopping; /* no message is followed by another */
	size_t count;
	struct connection connections[];
};

static char *
make_pattern(size_t size)
{
	uint64_t state = 1;
	char *pattern = malloc(size);
	size_t i;

	for (i = 0; pattern != NULL && i < size; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		pattern[i] = (char)(state >> 56);
	}
	return pattern;
}

/* Sends as much of the message as the kernel takes. */
static int
send_rest(struct generator *generator, struct connection *connection)
{
	ssize_t n;

	n = send(connection->fd, generator->pattern + connection->start +
	    connection->sent, generator->message_size - connection->sent,
	    MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	connection->sent += (size_t)n;
	return 0;
}

static int
next_message(struct generator *generator, struct connection *connection)
{
	generator->under_way++;
	connection->start = (connection->start + 7) % STARTS;
	connection->sent = connection->received = 0;
	return send_rest(generator, connection);
}

/* Compares what came with what belongs there. */
static int
take(struct generator *generator, struct connection *connection, size_t size)
{
	if (connection->received + size > connection->sent ||
	    memcmp(generator->buffer, generator->pattern + connection->start +
	    connection->received, size) != 0)
		return -EBADMSG;
	connection->received += size;
	if (connection->received < generator->message_size)
		return 0;
	generator->messages++;
	generator->under_way--;
	return generator->stopping ? 0 : next_message(generator, connection);
}

/*
 * Events come once a change.  A receive that did not fill the buffer has
 * emptied the socket, so that there is another event when more comes.
 */
static int
receive(struct generator *generator, struct connection *connection)
{
	ssize_t n;
	int err = 0;

	do {
		n = recv(connection->fd, generator->buffer, BUFFER_SIZE, 0);
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n == 0)
			return -ECONNRESET;
		err = take(generator, connection, (size_t)n);
	} while (n == BUFFER_SIZE && err == 0);
	return err;
}

static int
handle(struct generator *generator, const struct epoll_event *event)
{
	struct connection *connection = event->data.ptr;
	int err = 0;

	if (connection->sent < generator->message_size)
		err = send_rest(generator, connection);
	if (err == 0 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
		err = receive(generator, connection);
	return err;
}

static int
run_batch(struct generator *generator)
{
	static struct epoll_event events[EVENTS];
	int count, err = 0, i;

	count = epoll_wait(generator->epoll_fd, events, EVENTS, STUCK);
	if (count == 0)
		return -ETIMEDOUT;
	for (i = 0; i < count && err == 0; i++)
		err = handle(generator, &events[i]);
	return err;
}

int64_t
generator_run(struct generator *generator, double seconds)
{
	double end = figures_clock() + seconds;
	int64_t before = generator->messages;
	unsigned batches = 0;
	int err = 0;
	size_t i;

	generator->stopping = false;
	for (i = 0; i < generator->count && err == 0; i++)
		err = next_message(generator, &generator->connections[i]);
	while (generator->under_way > 0 && err == 0) {
		err = run_batch(generator);
		if (++batches % BATCHES == 0 && figures_clock() >= end)
			generator->stopping = true;
	}
	return err < 0 ? err : generator->messages - before;
}

static int
open_connection(struct generator *generator, const struct sockaddr_in *address,
    struct connection *connection)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = connection,
	};

	connection->fd = server_connect(address);
	if (connection->fd < 0)
		return connection->fd;
	generator->count++;
	connection->start = (unsigned)(generator->count * 13 % STARTS);
	if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(generator->epoll_fd, EPOLL_CTL_ADD, connection->fd,
	    &event) < 0)
		return -errno;
	connection->sent = generator->message_size;
	return 0;
}

int
generator_new(const struct sockaddr_in *address, size_t connections,
    size_t message_size, struct generator **result)
{
	struct generator *generator;
	int err = 0;

	generator = calloc(1, sizeof(*generator) +
	    connections * sizeof(struct connection));
	if (generator == NULL)
		return -ENOMEM;
	generator->message_size = message_size;
	generator->pattern = make_pattern(message_size + STARTS);
	generator->buffer = malloc(BUFFER_SIZE);
	generator->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (generator->pattern == NULL || generator->buffer == NULL)
		err = -ENOMEM;
	else if (generator->epoll_fd < 0)
		err = -errno;
	while (err == 0 && generator->count < connections)
		err = open_connection(generator, address,
		    &generator->connections[generator->count]);
	if (err < 0)
		generator_free(generator);
	else
		*result = generator;
	return err;
}

void
generator_free(struct generator *generator)
{
	size_t i;

	if (generator == NULL)
		return;
	for (i = 0; i < generator->count; i++)
		close(generator->connections[i].fd);
	if (generator->epoll_fd >= 0)
		close(generator->epoll_fd);
	free(generator->buffer);
	free(generator->pattern);
	free(generator);
}
