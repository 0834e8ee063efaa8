/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server on libevent's bufferevents, as they are meant to be used: what
 * has come in is moved to what goes out, and a peer that does not read is not
 * read from.  With PEER_TLS it is on those that have TLS, and its argument is
 * the file with the certificate and the key.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef PEER_TLS
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#define HIGH_WATER (64 * 1024)

#ifdef PEER_TLS
static SSL_CTX *context;

static int
prepare(int argc, char **argv)
{
	context = SSL_CTX_new(TLS_server_method());
	if (argc == 2 && context != NULL &&
	    SSL_CTX_use_certificate_chain_file(context, argv[1]) == 1 &&
	    SSL_CTX_use_PrivateKey_file(context, argv[1],
	    SSL_FILETYPE_PEM) == 1) {
		SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
		SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
		return 0;
	}
	ERR_print_errors_fp(stderr);
	return -1;
}

static struct bufferevent *
new_connection(struct event_base *base, evutil_socket_t fd)
{
	SSL *tls = SSL_new(context);

	return tls == NULL ? NULL : bufferevent_openssl_socket_new(base, fd,
	    tls, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
}

/* Says goodbye, which is not waited for. */
static void
end(struct bufferevent *connection)
{
	SSL *tls = bufferevent_openssl_get_ssl(connection);

	SSL_set_shutdown(tls, SSL_RECEIVED_SHUTDOWN);
	SSL_shutdown(tls);
	ERR_clear_error();
	bufferevent_free(connection);
}
#else
static int
prepare(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 0;
}

static struct bufferevent *
new_connection(struct event_base *base, evutil_socket_t fd)
{
	return bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
}

static void
end(struct bufferevent *connection)
{
	bufferevent_free(connection);
}
#endif

static void
on_read(struct bufferevent *connection, void *arg)
{
	struct evbuffer *output = bufferevent_get_output(connection);

	(void)arg;
	evbuffer_add_buffer(output, bufferevent_get_input(connection));
	if (evbuffer_get_length(output) > HIGH_WATER)
		bufferevent_disable(connection, EV_READ);
}

static void
on_written(struct bufferevent *connection, void *arg)
{
	(void)arg;
	bufferevent_enable(connection, EV_READ);
}

static void
on_last_written(struct bufferevent *connection, void *arg)
{
	(void)arg;
	end(connection);
}

static void
on_event(struct bufferevent *connection, short what, void *arg)
{
	(void)arg;
	if ((what & BEV_EVENT_CONNECTED) != 0)
		return;
	if ((what & BEV_EVENT_EOF) != 0 &&
	    evbuffer_get_length(bufferevent_get_output(connection)) > 0)
		bufferevent_setcb(connection, NULL, on_last_written, on_event,
		    NULL);
	else
		end(connection);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int length, void *arg)
{
	struct bufferevent *connection;
	int on = 1;

	(void)address, (void)length, (void)arg;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	connection = new_connection(evconnlistener_get_base(listener), fd);
	if (connection == NULL) {
		evutil_closesocket(fd);
		return;
	}
	bufferevent_setcb(connection, on_read, on_written, on_event, NULL);
	bufferevent_enable(connection, EV_READ | EV_WRITE);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	struct event_base *base = event_base_new();
	struct evconnlistener *listener = NULL;

	signal(SIGPIPE, SIG_IGN);
	if (prepare(argc, argv) < 0)
		return EXIT_FAILURE;
	if (base != NULL)
		listener = evconnlistener_new_bind(base, on_accept, NULL,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 4096,
		    (struct sockaddr *)&address, sizeof(address));
	if (listener == NULL) {
		fprintf(stderr, "bufferevent-echo: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	getsockname(evconnlistener_get_fd(listener),
	    (struct sockaddr *)&address, &length);
	printf("127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	event_base_dispatch(base);
	return EXIT_SUCCESS;
}
