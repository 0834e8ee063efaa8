/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echo_peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes after which it misbehaves. */
#define GOOD_BYTES 1000

static bool
write_all(int fd, const char *data, size_t size)
{
	ssize_t n;

	while (size > 0) {
		n = write(fd, data, size);
		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

/* Has poll(2) and read(2) wait until so many bytes are there. */
static int
wait_for_bytes(int fd, int count)
{
	return setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &count, sizeof(count));
}

/* Returns whether the connection goes on. */
static bool
answer(struct echo_peer *peer, unsigned i, char *data, size_t size)
{
	uint64_t before = peer->received[i];
	int fd = peer->clients[i];

	peer->received[i] += size;
	if (peer->kind == PEER_SILENT)
		return true;
	if (peer->kind == PEER_GATHERS && wait_for_bytes(fd, 1) < 0)
		return false;
	if (peer->received[i] <= GOOD_BYTES)
		return write_all(fd, data, size);
	if (peer->kind == PEER_CHANGES && before <= GOOD_BYTES)
		data[GOOD_BYTES - before] ^= 1;
	if (peer->kind == PEER_REPEATS && !write_all(fd, data, size))
		return false;
	return peer->kind != PEER_ENDS && write_all(fd, data, size);
}

static void
serve(struct echo_peer *peer, unsigned i)
{
	static char data[65536];
	ssize_t n = read(peer->clients[i], data, sizeof(data));

	if (n > 0 && answer(peer, i, data, (size_t)n))
		return;
	close(peer->clients[i]);
	peer->count--;
	peer->clients[i] = peer->clients[peer->count];
	peer->received[i] = peer->received[peer->count];
}

static void
take(struct echo_peer *peer)
{
	int fd = accept(peer->listener, NULL, NULL);

	if (fd < 0)
		return;
	peer->clients[peer->count] = fd;
	peer->received[peer->count] = 0;
	peer->count++;
	peer->accepted++;
}

static void *
run(void *arg)
{
	struct pollfd fds[ECHO_PEER_CLIENTS + 2];
	struct echo_peer *peer = arg;
	unsigned i, count;

	for (;;) {
		count = peer->count;
		fds[0] = (struct pollfd){ peer->stop[0], POLLIN, 0 };
		fds[1] = (struct pollfd){ peer->listener,
		    count < ECHO_PEER_CLIENTS ? POLLIN : 0, 0 };
		for (i = 0; i < count; i++)
			fds[i + 2] = (struct pollfd){ peer->clients[i], POLLIN,
			    0 };
		if (poll(fds, count + 2, -1) < 0)
			continue;
		if (fds[0].revents != 0)
			return NULL;
		/* From the last one on, as those that go are replaced by it. */
		for (i = count; i-- > 0;)
			if (fds[i + 2].revents != 0)
				serve(peer, i);
		if (fds[1].revents != 0)
			take(peer);
	}
}

void
echo_peer_start(struct echo_peer *peer, enum echo_peer_kind kind)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);

	*peer = (struct echo_peer){ .kind = kind };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(peer->listener, 0);
	ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	/* What it accepts has it from the listener. */
	if (kind == PEER_GATHERS)
		ck_assert_int_eq(wait_for_bytes(peer->listener, GOOD_BYTES), 0);
	ck_assert_int_eq(listen(peer->listener, 64), 0);
	ck_assert_int_eq(getsockname(peer->listener,
	    (struct sockaddr *)&address, &length), 0);
	peer->port = ntohs(address.sin_port);
	ck_assert_int_eq(pipe(peer->stop), 0);
	ck_assert_int_eq(pthread_create(&peer->thread, NULL, run, peer), 0);
}

void
echo_peer_end(struct echo_peer *peer)
{
	close(peer->stop[1]);
	pthread_join(peer->thread, NULL);
	for (unsigned i = 0; i < peer->count; i++)
		close(peer->clients[i]);
	close(peer->stop[0]);
	close(peer->listener);
}
