/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tcp_socket.h"

#include "entries.h"
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define WORKERS 4
#define CLIENTS 200

static struct sockaddr_in loopback;
static struct sockaddr_in6 every6;

static void
setup(void)
{
	loopback.sin_family = AF_INET;
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	loopback.sin_port = 0;
	every6.sin6_family = AF_INET6;
}

static int
open_sockets(int *fds, size_t count)
{
	return tcp_listen((struct sockaddr *)&loopback, sizeof(loopback), 128,
	    fds, count, 0);
}

static in_port_t
port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length),
	    0);
	return address.sin_port;
}

static void
close_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

START_TEST(one_port_for_all)
{
	int fds[WORKERS];

	setup();
	ck_assert_int_eq(open_sockets(fds, WORKERS), 0);
	ck_assert_uint_ne(port_of(fds[0]), 0);
	for (size_t i = 1; i < WORKERS; i++)
		ck_assert_uint_eq(port_of(fds[i]), port_of(fds[0]));
	close_all(fds, WORKERS);
}
END_TEST

START_TEST(connections_are_spread)
{
	int fds[WORKERS], clients[CLIENTS];
	size_t accepted[WORKERS] = { 0 }, all = 0;

	setup();
	ck_assert_int_eq(open_sockets(fds, WORKERS), 0);
	loopback.sin_port = port_of(fds[0]);
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM, 0);
		ck_assert_int_eq(connect(clients[i],
		    (struct sockaddr *)&loopback, sizeof(loopback)), 0);
	}
	for (size_t i = 0; i < WORKERS; i++) {
		int fd;

		while ((fd = accept(fds[i], NULL, NULL)) >= 0) {
			accepted[i]++;
			close(fd);
		}
		ck_assert_int_eq(errno, EAGAIN);
		/* None at all would be a chance of 4 in 10^25. */
		ck_assert_uint_gt(accepted[i], 0);
		all += accepted[i];
	}
	ck_assert_uint_eq(all, CLIENTS);
	close_all(clients, CLIENTS);
	close_all(fds, WORKERS);
}
END_TEST

START_TEST(port_of_another)
{
	int fds[WORKERS], others[WORKERS];
	unsigned before;

	setup();
	ck_assert_int_eq(open_sockets(fds, WORKERS), 0);
	loopback.sin_port = port_of(fds[0]);
	before = count_descriptors();
	ck_assert_int_eq(open_sockets(others, WORKERS), -EADDRINUSE);
	ck_assert_int_eq(open_sockets(others, 1), -EADDRINUSE);
	ck_assert_uint_eq(count_descriptors(), before);
	close_all(fds, WORKERS);
}
END_TEST

/* A restart must not wait for connections of the last run to time out. */
START_TEST(port_with_old_connections)
{
	int fds[2], client, server;
	struct pollfd poll_fd;

	setup();
	ck_assert_int_eq(open_sockets(fds, 1), 0);
	loopback.sin_port = port_of(fds[0]);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&loopback,
	    sizeof(loopback)), 0);
	server = accept(fds[0], NULL, NULL);
	ck_assert_int_ge(server, 0);
	/* The end that closes first keeps the port for a minute. */
	close(server);
	poll_fd = (struct pollfd){ .fd = client, .events = POLLIN };
	ck_assert_int_eq(poll(&poll_fd, 1, 10000), 1);
	close(client);
	close(fds[0]);
	ck_assert_int_eq(open_sockets(fds, 2), 0);
	close_all(fds, 2);
}
END_TEST

START_TEST(ipv6_beside_ipv4)
{
	struct sockaddr_in every4 = { .sin_family = AF_INET };
	int fds6[2], fds4[2], err = -EADDRINUSE;

	setup();
	/* Another process may have the port in IPv4, but not each time. */
	for (int i = 0; i < 20 && err == -EADDRINUSE; i++) {
		if (tcp_listen((struct sockaddr *)&every6, sizeof(every6), 128,
		    fds6, 2, 0) == -EAFNOSUPPORT)
			return;
		every4.sin_port = port_of(fds6[0]);
		err = tcp_listen((struct sockaddr *)&every4, sizeof(every4),
		    128, fds4, 2, 0);
		close_all(fds6, 2);
	}
	ck_assert_int_eq(err, 0);
	close_all(fds4, 2);
}
END_TEST

START_TEST(absent_address)
{
	unsigned before = count_descriptors();
	int fds[1];

	setup();
	loopback.sin_addr.s_addr = htonl(0xcb007107); /* 203.0.113.7 */
	ck_assert_int_eq(open_sockets(fds, 1), -EADDRNOTAVAIL);
	ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* As after a restart with more workers, while others keep the first ones. */
START_TEST(others_join_those_that_are_there)
{
	int fds[WORKERS];
	unsigned before;

	setup();
	ck_assert_int_eq(open_sockets(fds, 2), 0);
	loopback.sin_port = port_of(fds[0]);
	ck_assert_int_eq(tcp_listen((struct sockaddr *)&loopback,
	    sizeof(loopback), 128, fds, WORKERS, 2), 0);
	for (size_t i = 0; i < WORKERS; i++)
		ck_assert_uint_eq(port_of(fds[i]), loopback.sin_port);
	close(fds[3]);
	close(fds[2]);
	/* What was there stays, if the others fail. */
	loopback.sin_addr.s_addr = htonl(0xcb007107); /* 203.0.113.7 */
	before = count_descriptors();
	ck_assert_int_eq(tcp_listen((struct sockaddr *)&loopback,
	    sizeof(loopback), 128, fds, WORKERS, 2), -EADDRNOTAVAIL);
	ck_assert_uint_eq(count_descriptors(), before);
	close_all(fds, 2);
}
END_TEST

/* The longest queue, of a socket that listens. */
static unsigned
backlog_of(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length),
	    0);
	return info.tcpi_sacked;
}

START_TEST(those_that_are_there_get_the_backlog)
{
	int fds[3];

	setup();
	ck_assert_int_eq(open_sockets(fds, 2), 0);
	loopback.sin_port = port_of(fds[0]);
	ck_assert_int_eq(tcp_listen((struct sockaddr *)&loopback,
	    sizeof(loopback), 7, fds, 3, 2), 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(backlog_of(fds[i]), 7);
	close_all(fds, 3);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { one_port_for_all,
	    connections_are_spread, port_of_another,
	    port_with_old_connections, ipv6_beside_ipv4, absent_address,
	    others_join_those_that_are_there,
	    those_that_are_there_get_the_backlog };

	return UNIT_RUN("tcp_socket", tests);
}
