/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net.h"
#include "net/recorder.h"

#define SMALL_BUFFER 4096

void
recorder_note(struct recorder *recorder, const char *word)
{
	size_t used = strlen(recorder->trace);

	/* Without Check, which takes memory: it may be what fails. */
	if (used + strlen(word) + 2 <= sizeof(recorder->trace)) {
		if (used > 0)
			strcat(recorder->trace, " ");
		strcat(recorder->trace, word);
	}
	if (recorder->on_word != NULL)
		recorder->on_word(recorder, word);
}

static void
on_made(aw_transport *transport, void *arg)
{
	struct recorder *recorder = arg;

	recorder->transport = transport;
	recorder_note(recorder, "made");
}

static void
keep(struct recorder *recorder, const void *data, size_t size)
{
	size_t room = sizeof(recorder->data) - recorder->size;

	if (recorder->size < sizeof(recorder->data))
		memcpy(recorder->data + recorder->size, data,
		    size < room ? size : room);
	recorder->size += size;
}

static void
on_data(aw_transport *transport, const void *data, size_t size, void *arg)
{
	(void)transport;
	keep(arg, data, size);
	recorder_note(arg, "data");
}

static bool
on_eof(aw_transport *transport, void *arg)
{
	struct recorder *recorder = arg;

	(void)transport;
	recorder_note(recorder, "eof");
	return recorder->keep;
}

static void
on_lost(aw_transport *transport, int error, void *arg)
{
	struct recorder *recorder = arg;

	(void)transport;
	recorder->error = error;
	recorder->transport = NULL;
	recorder_note(recorder, "lost");
}

static void
on_pause(aw_transport *transport, void *arg)
{
	(void)transport;
	recorder_note(arg, "pause");
}

static void
on_resume(aw_transport *transport, void *arg)
{
	(void)transport;
	recorder_note(arg, "resume");
}

static void *
on_get_buffer(aw_transport *transport, size_t *size, void *arg)
{
	struct recorder *recorder = arg;

	(void)transport;
	recorder_note(recorder, "get");
	*size = recorder->room;
	return recorder->buffer;
}

static void
on_updated(aw_transport *transport, size_t size, void *arg)
{
	struct recorder *recorder = arg;

	(void)transport;
	keep(recorder, recorder->buffer, size);
	recorder_note(recorder, "updated");
}

static void
on_readable(aw_transport *transport, void *arg)
{
	(void)transport;
	recorder_note(arg, "readable");
}

#define COMMON \
	.connection_made = on_made, \
	.eof_received = on_eof, \
	.connection_lost = on_lost, \
	.pause_writing = on_pause, \
	.resume_writing = on_resume

const aw_protocol recorder_protocol = { COMMON, .data_received = on_data };
const aw_protocol recorder_buffered = {
	COMMON, .get_buffer = on_get_buffer, .buffer_updated = on_updated,
};
const aw_protocol recorder_pulling = { COMMON, .readable = on_readable };
const aw_protocol recorder_plain = {
	.connection_made = on_made,
	.connection_lost = on_lost,
};

struct expectation {
	struct recorder *recorder;
	const char *word;
	size_t size;
};

static bool
ends_with_word(void *arg)
{
	struct expectation *expected = arg;
	const char *trace = expected->recorder->trace;
	size_t length = strlen(trace), size = strlen(expected->word);

	return length >= size &&
	    strcmp(trace + length - size, expected->word) == 0;
}

void
recorder_wait(struct recorder *recorder, const char *word)
{
	struct expectation expected = { .recorder = recorder, .word = word };

	net_wait_until(ends_with_word, &expected);
}

static bool
has_bytes(void *arg)
{
	struct expectation *expected = arg;

	return expected->recorder->size >= expected->size;
}

void
recorder_wait_data(struct recorder *recorder, size_t size)
{
	struct expectation expected = { .recorder = recorder, .size = size };

	net_wait_until(has_bytes, &expected);
}

int
recorder_pair(struct recorder *recorder, const aw_protocol *protocol,
    const aw_connection_options *options)
{
	int fds[2], size = SMALL_BUFFER;
	aw_transport *transport;

	ck_assert_int_eq(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
	ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    protocol, recorder, fds[0], options, &transport), 0);
	ck_assert_str_eq(recorder->trace, "");
	net_turns(1);
	ck_assert_ptr_eq(recorder->transport, transport);
	return fds[1];
}

void
recorder_end(struct recorder *recorder, int peer)
{
	if (recorder->transport != NULL) {
		aw_transport_abort(recorder->transport);
		recorder_wait(recorder, "lost");
	}
	close(peer);
}
