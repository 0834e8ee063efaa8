/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reference that others are measured by: an echo server on bare epoll, with
 * nothing that it could do without.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"

#define EVENTS 1024
#define BUFFER_SIZE (64 * 1024)

struct options {
	int64_t port;
};

static const struct option_row rows[] = {
	{ .name = "port", .letter = 'p', .argument = "N",
	    .help = "listen on this port of 127.0.0.1; 0, the default, lets "
	    "the kernel choose",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, port),
	    .lowest = "0", .highest = "65535" },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "epoll-echo",
	.operands = "",
	.about = "Echoes on bare epoll, until it is killed; prints its "
	    "address.\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

struct connection {
	int fd;
	/* What the kernel did not take; until it has, nothing is received. */
	char *queue;
	size_t queue_start, queue_end;
};

static int epoll_fd;
static int listen_fd;

static bool
watch(int fd, void *what, int operation, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(epoll_fd, operation, fd, &event) == 0;
}

static void
end(struct connection *connection)
{
	close(connection->fd);
	free(connection->queue);
	free(connection);
}

static void
accept_all(void)
{
	struct connection *connection;
	int fd, on = 1;

	for (;;) {
		fd = accept4(listen_fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		connection = calloc(1, sizeof(*connection));
		if (connection == NULL) {
			close(fd);
			return;
		}
		connection->fd = fd;
		if (!watch(fd, connection, EPOLL_CTL_ADD, EPOLLIN))
			end(connection);
	}
}

/* Sends what the kernel takes; -1 if the connection is lost. */
static ssize_t
send_some(struct connection *connection, const char *data, size_t size)
{
	ssize_t n = send(connection->fd, data, size, MSG_NOSIGNAL);

	return n < 0 && errno == EAGAIN ? 0 : n;
}

static bool
queue(struct connection *connection, const char *data, size_t size)
{
	connection->queue = malloc(size);
	if (connection->queue == NULL)
		return false;
	memcpy(connection->queue, data, size);
	connection->queue_start = 0;
	connection->queue_end = size;
	return watch(connection->fd, connection, EPOLL_CTL_MOD, EPOLLOUT);
}

static bool
flush(struct connection *connection)
{
	ssize_t n;

	n = send_some(connection, connection->queue + connection->queue_start,
	    connection->queue_end - connection->queue_start);
	if (n < 0)
		return false;
	connection->queue_start += (size_t)n;
	if (connection->queue_start < connection->queue_end)
		return true;
	free(connection->queue);
	connection->queue = NULL;
	return watch(connection->fd, connection, EPOLL_CTL_MOD, EPOLLIN);
}

/* Returns whether the connection goes on. */
static bool
echo(struct connection *connection)
{
	static char buffer[BUFFER_SIZE];
	ssize_t n, sent;

	if (connection->queue != NULL)
		return flush(connection);
	n = recv(connection->fd, buffer, sizeof(buffer), 0);
	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	sent = send_some(connection, buffer, (size_t)n);
	if (sent < 0)
		return false;
	return sent == n ||
	    queue(connection, buffer + sent, (size_t)(n - sent));
}

static void
serve(void)
{
	static struct epoll_event events[EVENTS];
	int count, i;

	for (;;) {
		count = epoll_wait(epoll_fd, events, EVENTS, -1);
		for (i = 0; i < count; i++) {
			if (events[i].data.ptr == &listen_fd)
				accept_all();
			else if (!echo(events[i].data.ptr))
				end(events[i].data.ptr);
		}
	}
}

static int
start(const struct options *options)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)options->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int on = 1;

	listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (listen_fd < 0 || epoll_fd < 0)
		return -errno;
	setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listen_fd, (struct sockaddr *)&address, length) < 0 ||
	    listen(listen_fd, SOMAXCONN) < 0 ||
	    getsockname(listen_fd, (struct sockaddr *)&address, &length) < 0 ||
	    !watch(listen_fd, &listen_fd, EPOLL_CTL_ADD, EPOLLIN))
		return -errno;
	printf("127.0.0.1:%u\n", ntohs(address.sin_port));
	return fflush(stdout) == 0 ? 0 : -errno;
}

int
main(int argc, char **argv)
{
	struct options options = { .port = 0 };
	int err, status;

	if (command_parse(&command, argc, argv, &options, &status) < 0)
		return status;
	err = start(&options);
	if (err < 0)
		return command_fail(&command, "127.0.0.1:%d: %s",
		    (int)options.port, strerror(-err));
	serve();
}
