/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reference that others with TLS are measured by: an echo server of OpenSSL
 * on bare epoll, with nothing that it could do without.  Its argument is the
 * file with the certificate and the key.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 1024
/* Of a record, so that each is read and written at once. */
#define BUFFER_SIZE (16 * 1024)

struct connection {
	int fd;
	SSL *tls;
	uint32_t events; /* that it waits for */
	/* What the kernel did not take; until it has, nothing is read. */
	char *queue;
	size_t queue_start, queue_end;
};

static int epoll_fd;
static int listen_fd;
static SSL_CTX *context;

static bool
watch(int fd, void *what, int operation, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(epoll_fd, operation, fd, &event) == 0;
}

static void
end(struct connection *connection)
{
	SSL_free(connection->tls);
	close(connection->fd);
	free(connection->queue);
	free(connection);
}

static bool
begin(int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL) {
		close(fd);
		return false;
	}
	connection->fd = fd;
	connection->events = EPOLLIN;
	connection->tls = SSL_new(context);
	if (connection->tls == NULL || SSL_set_fd(connection->tls, fd) != 1 ||
	    !watch(fd, connection, EPOLL_CTL_ADD, EPOLLIN)) {
		end(connection);
		return false;
	}
	SSL_set_accept_state(connection->tls);
	return true;
}

static void
accept_all(void)
{
	int fd, on = 1;

	do {
		fd = accept4(listen_fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
			    sizeof(on));
	} while (fd >= 0 && begin(fd));
}

/*
 * What OpenSSL, which could not go on, waits for; whichever it is, reading and
 * writing may each need either.  Returns whether the connection goes on.
 */
static bool
wait_for(struct connection *connection, int result)
{
	uint32_t events;

	switch (SSL_get_error(connection->tls, result)) {
	case SSL_ERROR_WANT_READ:
		events = EPOLLIN;
		break;
	case SSL_ERROR_WANT_WRITE:
		events = EPOLLOUT;
		break;
	case SSL_ERROR_ZERO_RETURN:
		SSL_shutdown(connection->tls);
		return false;
	default:
		/* What is left there would be taken for the next one's. */
		ERR_clear_error();
		return false;
	}
	if (events == connection->events)
		return true;
	connection->events = events;
	return watch(connection->fd, connection, EPOLL_CTL_MOD, events);
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
	return true;
}

/* Returns whether the connection goes on; an empty queue becomes NULL. */
static bool
flush(struct connection *connection)
{
	int n;

	while (connection->queue_start < connection->queue_end) {
		n = SSL_write(connection->tls,
		    connection->queue + connection->queue_start,
		    (int)(connection->queue_end - connection->queue_start));
		if (n <= 0)
			return wait_for(connection, n);
		connection->queue_start += (size_t)n;
	}
	free(connection->queue);
	connection->queue = NULL;
	return true;
}

/* Writes what can be, and queues the rest; returns as flush does. */
static bool
send_back(struct connection *connection, const char *data, int size)
{
	int n = SSL_write(connection->tls, data, size);

	if (n == size)
		return true;
	/* Why it could not, flush finds out. */
	if (n < 0)
		n = 0;
	return queue(connection, data + n, (size_t)(size - n)) &&
	    flush(connection);
}

/* The first read shakes hands.  Returns whether the connection goes on. */
static bool
echo(struct connection *connection)
{
	static char buffer[BUFFER_SIZE];
	int n;

	if (connection->queue != NULL && !flush(connection))
		return false;
	while (connection->queue == NULL) {
		n = SSL_read(connection->tls, buffer, sizeof(buffer));
		if (n <= 0)
			return wait_for(connection, n);
		if (!send_back(connection, buffer, n))
			return false;
		/* Nothing has come that epoll would not tell of again. */
		if (!SSL_has_pending(connection->tls) &&
		    connection->events == EPOLLIN)
			break;
	}
	return true;
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

/* Tickets are what sessions are resumed by, so no session need be kept. */
static bool
make_context(const char *path)
{
	context = SSL_CTX_new(TLS_server_method());
	if (context == NULL ||
	    SSL_CTX_use_certificate_chain_file(context, path) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1)
		return false;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* A record's head and its body in one read. */
	SSL_CTX_set_read_ahead(context, 1);
	return true;
}

static int
start(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);

	listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (listen_fd < 0 || epoll_fd < 0 ||
	    bind(listen_fd, (struct sockaddr *)&address, length) < 0 ||
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
	int err;

	signal(SIGPIPE, SIG_IGN);
	if (argc != 2) {
		fputs("usage: tls-epoll-echo PEM\n", stderr);
		return 2;
	}
	if (!make_context(argv[1])) {
		ERR_print_errors_fp(stderr);
		return EXIT_FAILURE;
	}
	err = start();
	if (err < 0) {
		fprintf(stderr, "tls-epoll-echo: %s\n", strerror(-err));
		return EXIT_FAILURE;
	}
	serve();
}
