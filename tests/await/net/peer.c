/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "net/connection.h"
#include "net/net.h"

/* Bytes; the kernel doubles it and has a least of its own. */
#define SMALL_BUFFER 4096

unsigned char net_received[NET_LARGE + 1];

static void
set_small_buffers(int fd)
{
	int size = SMALL_BUFFER;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)), 0);
}

void
net_adopt(struct net_pair *pair, aw_loop *loop, int fd,
    const aw_connection_options *options)
{
	struct aw_connection *connection;

	ck_assert_int_eq(aw_connection_new(loop, fd, NULL, options,
	    &connection), 0);
	pair->reader = &connection->reader;
	pair->writer = &connection->writer;
	pair->peer = -1;
}

void
net_adopt_peer(struct net_pair *pair, struct net_pair *peer)
{
	net_adopt(peer, aw_get_running_loop(), pair->peer, NULL);
	pair->peer = -1;
}

void
net_unix_pair(struct net_pair *pair, const aw_connection_options *options)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
	set_small_buffers(fds[0]);
	set_small_buffers(fds[1]);
	net_adopt(pair, aw_get_running_loop(), fds[0], options);
	pair->peer = fds[1];
}

void
net_tcp_pair(struct net_pair *pair, const aw_connection_options *options)
{
	uint16_t port;
	int listener = net_listen(1, &port), peer, fd;

	set_small_buffers(listener);
	peer = net_connect(port);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(listener);
	net_adopt(pair, aw_get_running_loop(), fd, options);
	pair->peer = peer;
}

void
net_pair_free(struct net_pair *pair)
{
	aw_writer_free(pair->writer);
	if (pair->peer >= 0)
		close(pair->peer);
}

static struct sockaddr_in
loopback(uint16_t port)
{
	struct sockaddr_in address;

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	return address;
}

uint16_t
net_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address,
	    &length), 0);
	/* The port lies at the same place in both families. */
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

aw_reader *
net_open_reader(int fd)
{
	aw_reader *reader;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(aw_open_read_pipe(aw_get_running_loop(), fd, NULL,
	    &reader), 0);
	return reader;
}

aw_writer *
net_open_writer(int fd)
{
	aw_writer *writer;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(aw_open_write_pipe(aw_get_running_loop(), fd, NULL,
	    &writer), 0);
	return writer;
}

bool
net_has_ipv6(void)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool bound;

	address.sin6_addr = in6addr_loopback;
	bound = fd >= 0 &&
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	if (fd >= 0)
		close(fd);
	return bound;
}

int
net_listen(int backlog, uint16_t *port)
{
	struct sockaddr_in address = loopback(0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, backlog), 0);
	*port = net_port(fd);
	return fd;
}

int
net_connect(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	set_small_buffers(fd);
	/* The kernel itself answers on loopback, at once. */
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

void
net_send(int fd, const void *data, size_t size)
{
	const char *at = data;
	ssize_t n;

	while (size > 0) {
		n = send(fd, at, size, MSG_NOSIGNAL);
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		} else if (errno != EAGAIN || aw_wait_writable(fd) < 0) {
			ck_abort_msg("send: %s", strerror(errno));
		}
	}
}

void
net_send_text(int fd, const char *text)
{
	net_send(fd, text, strlen(text));
}

ssize_t
net_receive_once(int fd, void *buffer, size_t size)
{
	ssize_t n;

	while ((n = recv(fd, buffer, size, 0)) < 0 && errno == EAGAIN)
		if (aw_wait_readable(fd) < 0)
			ck_abort_msg("cancelled while waiting for the peer");
	return n < 0 ? -errno : n;
}

size_t
net_receive(int fd, void *buffer, size_t size)
{
	size_t done = 0;
	ssize_t n = 1;

	while (done < size && n > 0) {
		n = net_receive_once(fd, (char *)buffer + done, size - done);
		if (n < 0)
			ck_abort_msg("recv: %s", aw_strerror((int)n));
		done += (size_t)n;
	}
	return done;
}

void
net_check_echo(int fd, const char *text)
{
	char buffer[64];

	net_send_text(fd, text);
	ck_assert_uint_eq(net_receive(fd, buffer, strlen(text)), strlen(text));
	ck_assert_mem_eq(buffer, text, strlen(text));
}

void
net_reset(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger)), 0);
	close(fd);
}

/* Does not repeat within what a test sends, nor at any power of two. */
static unsigned char
byte_at(size_t offset)
{
	return (unsigned char)(offset ^ offset >> 8 ^ offset >> 16) * 167 + 13;
}

void
net_fill(unsigned char *data, size_t size, size_t offset)
{
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = byte_at(offset + i);
}

void
net_check(const unsigned char *data, size_t size, size_t offset)
{
	size_t i;

	/* Check takes note of each assertion, which is too slow for bytes. */
	for (i = 0; i < size; i++)
		if (data[i] != byte_at(offset + i))
			ck_abort_msg("byte %zu is %u, not %u", offset + i,
			    data[i], byte_at(offset + i));
}

void
net_write_large(struct net_pair *pair)
{
	static unsigned char data[NET_LARGE];

	net_fill(data, NET_LARGE, 0);
	aw_writer_write(pair->writer, data, NET_LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair->writer),
	    NET_LARGE / 2);
}

void
net_receive_large(struct net_pair *pair)
{
	ck_assert_uint_eq(net_receive(pair->peer, net_received, NET_LARGE + 1),
	    NET_LARGE);
	net_check(net_received, NET_LARGE, 0);
}

int
net_read_large(void *reader)
{
	ck_assert_int_eq(aw_reader_readexactly(reader, net_received,
	    NET_LARGE), NET_LARGE);
	net_check(net_received, NET_LARGE, 0);
	return 0;
}
