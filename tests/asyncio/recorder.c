/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "recorder.h"

struct connection it;
char received[MUCH + 1];

const aw_protocol recorder = { RECORDER, .data_received = data };

void
note(const char *format, ...)
{
	va_list arguments;

	printf("- ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

void
made(aw_transport *transport, void *arg)
{
	(void)arg;
	it.transport = transport;
	note("made");
}

void
data(aw_transport *transport, const void *bytes, size_t size, void *arg)
{
	(void)transport, (void)arg;
	note("received %.*s", (int)size, (const char *)bytes);
}

bool
end_of_data(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("end");
	return it.keep_open;
}

void
lost(aw_transport *transport, int error, void *arg)
{
	(void)transport, (void)arg;
	note("lost %s", spell(error));
	aw_event_set(it.lost);
}

void
paused(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("pause writing");
}

void
resumed(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	note("resume writing");
}

void
prepare(void)
{
	it.lost = aw_event_new();
	it.keep_open = false;
	it.peer = -1;
}

void
connect_to(const aw_protocol *protocol)
{
	int fds[2];

	prepare();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0 ||
	    aw_create_connection_socket(aw_get_running_loop(), protocol, NULL,
	    fds[0], NULL, &it.transport) < 0)
		abort();
	it.peer = fds[1];
	/* connection_made has been called then. */
	turns(1);
}

size_t
receive(size_t size)
{
	return receive_from(it.peer, received, size);
}

void
send_text(const char *text)
{
	if (send(it.peer, text, strlen(text), 0) < 0)
		note("peer can't send");
}

void
write_text(const char *text)
{
	aw_transport_write(it.transport, text, strlen(text));
}

void
write_much(void)
{
	static char much[MUCH];

	memset(much, 'x', sizeof(much));
	aw_transport_write(it.transport, much, sizeof(much));
}

void
close_peer(void)
{
	close(it.peer);
	it.peer = -1;
}

int
end_connection(void)
{
	(void)!aw_event_wait(it.lost);
	aw_event_free(it.lost);
	if (it.peer >= 0)
		close(it.peer);
	return 0;
}

int
close_and_end(void)
{
	aw_transport_close(it.transport);
	return end_connection();
}
