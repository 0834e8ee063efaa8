/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server on bare io_uring, with what its users recommend: one ring with
 * deferred task work, a multishot accept, a multishot receive a connection into
 * buffers that the kernel takes from a ring, and system calls only to wait.
 */
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RING_ENTRIES 4096
#define BUFFERS 1024 /* a power of two */
#define BUFFER_SIZE (64 * 1024)
#define GROUP 0

/* A buffer that has been received and is being sent, in order. */
struct piece {
	struct piece *next;
	uint32_t size;
	uint32_t sent;
};

struct connection {
	int fd;
	bool receiving; /* a receive is in the ring */
	bool ended;     /* the peer has sent its last byte, or is gone */
	struct piece *first, **last;
};

static struct io_uring ring;
static struct io_uring_buf_ring *buffer_ring;
static char *buffers;
static struct piece pieces[BUFFERS];
static int listen_fd;
/* Connections whose receive has to be asked for again with new buffers. */
static unsigned free_buffers = BUFFERS;
static struct connection **starved;
static size_t starved_count, starved_capacity;

/* What a completion is about lies in the low bits of its data. */
enum { ACCEPT, RECEIVE, SEND, KINDS = 7 };

static void
fail(const char *what, int error)
{
	fprintf(stderr, "uring-echo: %s: %s\n", what, strerror(error));
	exit(1);
}

static struct io_uring_sqe *
entry(struct connection *connection, unsigned kind)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	if (sqe == NULL) {
		io_uring_submit(&ring);
		sqe = io_uring_get_sqe(&ring);
	}
	if (sqe == NULL)
		fail("the ring is full", ENOBUFS);
	io_uring_sqe_set_data64(sqe, (uintptr_t)connection | kind);
	return sqe;
}

static void
ask_accept(void)
{
	struct io_uring_sqe *sqe = entry(NULL, ACCEPT);

	io_uring_prep_multishot_accept(sqe, listen_fd, NULL, NULL, 0);
	io_uring_sqe_set_data64(sqe, ACCEPT);
}

static void
ask_receive(struct connection *connection)
{
	struct io_uring_sqe *sqe = entry(connection, RECEIVE);

	io_uring_prep_recv_multishot(sqe, connection->fd, NULL, 0, 0);
	io_uring_sqe_set_data64(sqe, (uintptr_t)connection | RECEIVE);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = GROUP;
	connection->receiving = true;
}

static void
ask_send(struct connection *connection)
{
	struct piece *piece = connection->first;
	struct io_uring_sqe *sqe = entry(connection, SEND);
	size_t number = (size_t)(piece - pieces);

	io_uring_prep_send(sqe, connection->fd,
	    buffers + number * BUFFER_SIZE + piece->sent,
	    piece->size - piece->sent, MSG_NOSIGNAL);
	io_uring_sqe_set_data64(sqe, (uintptr_t)connection | SEND);
}

static void
give_buffer(size_t number)
{
	io_uring_buf_ring_add(buffer_ring, buffers + number * BUFFER_SIZE,
	    BUFFER_SIZE, (unsigned short)number, BUFFERS - 1, 0);
	io_uring_buf_ring_advance(buffer_ring, 1);
	free_buffers++;
	if (starved_count > 0)
		ask_receive(starved[--starved_count]);
}

static void
starve(struct connection *connection)
{
	if (starved_count == starved_capacity) {
		starved_capacity = starved_capacity * 2 + 64;
		starved = realloc(starved,
		    starved_capacity * sizeof(struct connection *));
		if (starved == NULL)
			fail("realloc", ENOMEM);
	}
	starved[starved_count++] = connection;
}

static void
end_if_done(struct connection *connection)
{
	if (!connection->ended || connection->receiving ||
	    connection->first != NULL)
		return;
	close(connection->fd);
	free(connection);
}

static void
on_accept(const struct io_uring_cqe *cqe)
{
	struct connection *connection;
	int on = 1;

	if (!(cqe->flags & IORING_CQE_F_MORE))
		ask_accept();
	if (cqe->res < 0)
		return;
	connection = calloc(1, sizeof(*connection));
	if (connection == NULL)
		fail("calloc", ENOMEM);
	connection->fd = cqe->res;
	connection->last = &connection->first;
	setsockopt(cqe->res, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	ask_receive(connection);
}

static void
on_receive(struct connection *connection, const struct io_uring_cqe *cqe)
{
	struct piece *piece;
	bool idle = connection->first == NULL;

	connection->receiving = (cqe->flags & IORING_CQE_F_MORE) != 0;
	if (cqe->res > 0) {
		piece = &pieces[cqe->flags >> IORING_CQE_BUFFER_SHIFT];
		free_buffers--;
		piece->next = NULL;
		piece->size = (uint32_t)cqe->res;
		piece->sent = 0;
		*connection->last = piece;
		connection->last = &piece->next;
		if (idle)
			ask_send(connection);
		if (!connection->receiving)
			ask_receive(connection);
	} else if (cqe->res == -ENOBUFS) {
		if (free_buffers > 0)
			ask_receive(connection);
		else
			starve(connection);
		connection->receiving = true;
	} else {
		connection->ended = true;
		end_if_done(connection);
	}
}

static void
on_send(struct connection *connection, const struct io_uring_cqe *cqe)
{
	struct piece *piece = connection->first;

	if (cqe->res < 0) {
		/* The peer is gone; what it was to get goes too. */
		shutdown(connection->fd, SHUT_RDWR);
		piece->sent = piece->size;
	} else {
		piece->sent += (uint32_t)cqe->res;
	}
	if (piece->sent == piece->size) {
		connection->first = piece->next;
		if (connection->first == NULL)
			connection->last = &connection->first;
		give_buffer((size_t)(piece - pieces));
	}
	if (connection->first != NULL)
		ask_send(connection);
	else
		end_if_done(connection);
}

static void
handle(const struct io_uring_cqe *cqe)
{
	uint64_t data = io_uring_cqe_get_data64(cqe);
	struct connection *connection =
	    (struct connection *)(uintptr_t)(data & ~(uint64_t)KINDS);

	switch (data & KINDS) {
	case ACCEPT:
		on_accept(cqe);
		break;
	case RECEIVE:
		on_receive(connection, cqe);
		break;
	default:
		on_send(connection, cqe);
		break;
	}
}

static void
set_up_ring(void)
{
	struct io_uring_params parameters = {
		.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER |
		    IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = RING_ENTRIES * 8,
	};
	struct io_uring_buf_reg registration = {
		.ring_entries = BUFFERS,
		.bgid = GROUP,
	};
	size_t i;
	int err;

	err = io_uring_queue_init_params(RING_ENTRIES, &ring, &parameters);
	if (err < 0)
		fail("io_uring_setup", -err);
	buffer_ring = mmap(NULL, BUFFERS * sizeof(struct io_uring_buf),
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	buffers = mmap(NULL, (size_t)BUFFERS * BUFFER_SIZE,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer_ring == MAP_FAILED || buffers == MAP_FAILED)
		fail("mmap", errno);
	registration.ring_addr = (uintptr_t)buffer_ring;
	err = io_uring_register_buf_ring(&ring, &registration, 0);
	if (err < 0)
		fail("io_uring_register", -err);
	io_uring_buf_ring_init(buffer_ring);
	for (i = 0; i < BUFFERS; i++)
		io_uring_buf_ring_add(buffer_ring, buffers + i * BUFFER_SIZE,
		    BUFFER_SIZE, (unsigned short)i, BUFFERS - 1, (int)i);
	io_uring_buf_ring_advance(buffer_ring, BUFFERS);
}

static void
listen_on_loopback(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int on = 1;

	listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listen_fd, (struct sockaddr *)&address, length) < 0 ||
	    listen(listen_fd, 4096) < 0 ||
	    getsockname(listen_fd, (struct sockaddr *)&address, &length) < 0)
		fail("listen", errno);
	printf("127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
}

int
main(void)
{
	struct io_uring_cqe *cqe;
	unsigned head, count;
	int err;

	set_up_ring();
	listen_on_loopback();
	ask_accept();
	for (;;) {
		err = io_uring_submit_and_wait(&ring, 1);
		if (err < 0 && err != -EINTR)
			fail("io_uring_enter", -err);
		count = 0;
		io_uring_for_each_cqe(&ring, head, cqe) {
			handle(cqe);
			count++;
		}
		io_uring_cq_advance(&ring, count);
	}
}
