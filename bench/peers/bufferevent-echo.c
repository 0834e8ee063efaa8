/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server on libevent's bufferevents, as they are meant to be used: what
 * has come in is moved to what goes out, and a peer that does not read is not
 * read from.
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

#define HIGH_WATER (64 * 1024)

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
	bufferevent_free(connection);
}

static void
on_event(struct bufferevent *connection, short what, void *arg)
{
	(void)arg;
	if ((what & BEV_EVENT_EOF) != 0 &&
	    evbuffer_get_length(bufferevent_get_output(connection)) > 0)
		bufferevent_setcb(connection, NULL, on_last_written, on_event,
		    NULL);
	else
		bufferevent_free(connection);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int length, void *arg)
{
	struct bufferevent *connection;
	int on = 1;

	(void)address, (void)length, (void)arg;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	connection = bufferevent_socket_new(evconnlistener_get_base(listener),
	    fd, BEV_OPT_CLOSE_ON_FREE);
	if (connection == NULL) {
		evutil_closesocket(fd);
		return;
	}
	bufferevent_setcb(connection, on_read, on_written, on_event, NULL);
	bufferevent_enable(connection, EV_READ | EV_WRITE);
}

int
main(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	struct event_base *base = event_base_new();
	struct evconnlistener *listener = NULL;

	signal(SIGPIPE, SIG_IGN);
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
