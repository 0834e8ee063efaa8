/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections that come, echo one message and go.
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
#define MOST_SIZE ((size_t)64 * 1024)
/*
 * A port of an address is not free again for a minute, so connections come from
 * many addresses, from 127.1.0.1 on.
 */
#define FIRST_SOURCE 0x7f010001
#define SOURCES 200

struct client {
	struct channel channel;
	bool sent;       /* after the handshake, if there is one */
	char first;      /* the message's first byte, by its number */
	size_t received;
	uint64_t begun;
};

struct load {
	struct load_options options;
	struct channel_maker maker;
	int epoll_fd;
	char *message;
	char *buffer;
	uint32_t number; /* of all connections so far */
	/* Of this run. */
	const struct load_goal *goal;
	int64_t started, done;
	double end;
	struct client clients[];
};

/* Sends the message, unless the handshake has still to go on. */
static int
send_message(struct load *load, struct client *client)
{
	size_t size = load->options.size;
	ssize_t n;

	load->message[0] = client->first;
	n = channel_send(&client->channel, load->message, size);
	if (n < 0)
		return (int)n;
	client->sent = channel_is_open(&client->channel);
	/* A new connection's buffer has room for all of it. */
	return client->sent && (size_t)n < size ? -EMSGSIZE : 0;
}

static int
begin(struct load *load, struct client *client)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	int err;

	client->begun = figures_nanoseconds();
	client->received = 0;
	client->first = (char)load->number;
	err = channel_connect(&load->maker,
	    FIRST_SOURCE + load->number % SOURCES, &client->channel);
	if (err < 0)
		return err;
	load->number++;
	load->started++;
	err = send_message(load, client);
	if (err == 0 && epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD,
	    client->channel.fd, &event) < 0)
		err = -errno;
	return err;
}

static bool
is_over(const struct load *load)
{
	return (load->goal->messages > 0 &&
	    load->started >= load->goal->messages) ||
	    figures_clock() >= load->end;
}

static int
receive(struct load *load, struct client *client)
{
	size_t left = load->options.size - client->received;
	ssize_t n;

	n = channel_receive(&client->channel, load->buffer, left, left);
	if (n <= 0)
		return (int)n;
	load->message[0] = client->first;
	if (memcmp(load->buffer, load->message + client->received,
	    (size_t)n) != 0)
		return -EBADMSG;
	client->received += (size_t)n;
	if (client->received < load->options.size)
		return 0;
	channel_close(&client->channel);
	histogram_add(load->goal->latencies,
	    (int64_t)(figures_nanoseconds() - client->begun));
	load->done++;
	return is_over(load) ? 0 : begin(load, client);
}

/* What has come is the handshake's, or the echo. */
static int
handle(struct load *load, struct client *client)
{
	return client->sent ? receive(load, client) :
	    send_message(load, client);
}

static int
run_batch(struct load *load)
{
	static struct epoll_event events[EVENTS];
	int count, err = 0, i;

	count = epoll_wait(load->epoll_fd, events, EVENTS, LOAD_STUCK);
	if (count == 0)
		return -ETIMEDOUT;
	for (i = 0; i < count && err == 0; i++)
		err = handle(load, events[i].data.ptr);
	return err;
}

static int64_t
run(struct load *load, const struct load_goal *goal)
{
	int err = 0;
	size_t i;

	load->goal = goal;
	load->started = load->done = 0;
	load->end = figures_clock() + goal->seconds;
	for (i = 0; i < load->options.connections && err == 0 &&
	    (i == 0 || !is_over(load)); i++)
		err = begin(load, &load->clients[i]);
	while (load->done < load->started && err == 0)
		err = run_batch(load);
	return err < 0 ? err : load->done;
}

static void
free_load(struct load *load)
{
	size_t i;

	if (load == NULL)
		return;
	for (i = 0; i < load->options.connections; i++)
		if (load->clients[i].channel.fd >= 0)
			channel_close(&load->clients[i].channel);
	channel_forget(&load->maker);
	if (load->epoll_fd >= 0)
		close(load->epoll_fd);
	free(load->buffer);
	free(load->message);
	free(load);
}

static int
new_load(const struct sockaddr_in *address, const struct load_options *options,
    struct load **result)
{
	struct load *load;
	int err;
	size_t i;

	if (options->size > MOST_SIZE)
		return -EMSGSIZE;
	load = calloc(1, sizeof(*load) +
	    options->connections * sizeof(struct client));
	if (load == NULL)
		return -ENOMEM;
	load->options = *options;
	for (i = 0; i < options->connections; i++)
		load->clients[i].channel.fd = -1;
	load->message = calloc(1, options->size);
	load->buffer = malloc(options->size);
	load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (load->message == NULL || load->buffer == NULL ||
	    load->epoll_fd < 0)
		err = -ENOMEM;
	else
		err = channel_prepare(&load->maker, address, options->tls,
		    options->resumes);
	if (err < 0)
		free_load(load);
	else
		*result = load;
	return err;
}

const struct load_kind load_connections = {
	.new = new_load,
	.run = run,
	.free = free_load,
};
