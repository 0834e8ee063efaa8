/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Protocols that say where to receive to, and those that receive themselves.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "net/recorder.h"

static unsigned char buffer[1024];

NET_TEST(bytes_go_to_the_protocols_buffer)
{
	struct recorder recorder = { .room = 1024, .buffer = buffer };
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "hello");
	recorder_wait(&recorder, "updated");
	ck_assert_mem_eq(buffer, "hello", 5);
	ck_assert_uint_eq(recorder.size, 5);
	close(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made get updated get eof lost");
}

NET_TEST(no_more_than_its_room_is_received)
{
	struct recorder recorder = { .room = 3, .buffer = buffer };
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "hello");
	recorder_wait_data(&recorder, 5);
	ck_assert_trace(&recorder, "made get updated get updated");
	ck_assert_mem_eq(recorder.data, "hello", 5);
	recorder_end(&recorder, peer);
}

NET_TEST(a_lot_comes_in_order)
{
	static unsigned char data[2 * sizeof(((struct recorder *)0)->data)];
	struct recorder recorder = { .room = 1000, .buffer = buffer };
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_fill(data, sizeof(data), 0);
	net_send(peer, data, sizeof(data));
	recorder_wait_data(&recorder, sizeof(data));
	net_check(recorder.data, sizeof(recorder.data), 0);
	recorder_end(&recorder, peer);
}

NET_TEST(no_buffer_is_an_error)
{
	struct recorder recorder = { .room = 10 };
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "x");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made get lost");
	ck_assert_int_eq(recorder.error, -ENOBUFS);
	close(peer);
}

NET_TEST(an_empty_buffer_is_an_error)
{
	struct recorder recorder = { .buffer = buffer };
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "x");
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -ENOBUFS);
	close(peer);
}

static void
act_at_get(struct recorder *recorder, const char *word)
{
	void (*act)(aw_transport *) = recorder->arg;

	if (strcmp(word, "get") == 0)
		act(recorder->transport);
}

NET_TEST(get_buffer_may_abort)
{
	struct recorder recorder = {
		.room = 10, .buffer = buffer, .on_word = act_at_get,
		.arg = aw_transport_abort,
	};
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "x");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made get lost");
	close(peer);
}

NET_TEST(get_buffer_may_pause_reading)
{
	struct recorder recorder = {
		.room = 10, .buffer = buffer, .on_word = act_at_get,
		.arg = aw_transport_pause_reading,
	};
	int peer = recorder_pair(&recorder, &recorder_buffered, NULL);

	net_send_text(peer, "x");
	recorder_wait(&recorder, "get");
	net_turns(5);
	ck_assert_trace(&recorder, "made get");
	recorder.on_word = NULL;
	aw_transport_resume_reading(recorder.transport);
	recorder_wait(&recorder, "updated");
	recorder_end(&recorder, peer);
}

NET_TEST(a_protocol_may_become_a_buffered_one)
{
	struct recorder first = { .keep = true };
	struct recorder second = { .room = 10, .buffer = buffer };
	int peer = recorder_pair(&first, &recorder_protocol, NULL);
	aw_transport *transport = first.transport;

	net_send_text(peer, "one");
	recorder_wait_data(&first, 3);
	aw_transport_set_protocol(transport, &recorder_buffered, &second);
	net_send_text(peer, "two");
	recorder_wait_data(&second, 3);
	ck_assert_mem_eq(second.data, "two", 3);
	close(peer);
	recorder_wait(&second, "lost");
}

NET_TEST(readable_is_told_once_until_something_is_received)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_pulling, NULL);
	aw_transport *transport = recorder.transport;
	char data[8];
	unsigned polls;

	net_turns(3);
	ck_assert_trace(&recorder, "made");
	ck_assert_int_eq(aw_transport_receive(transport, data, 8), -EAGAIN);
	net_send_text(peer, "hello");
	recorder_wait(&recorder, "readable");
	net_send_text(peer, "again");
	net_turns(5);
	ck_assert_trace(&recorder, "readable");
	/* What is not received does not keep the loop busy. */
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 3);
	ck_assert_int_eq(aw_transport_receive(transport, data, 8), 8);
	recorder_wait(&recorder, "readable");
	ck_assert_int_eq(aw_transport_receive(transport, data, 8), 2);
	net_turns(3);
	ck_assert_trace(&recorder, "readable");
	recorder_end(&recorder, peer);
}

static void
receive_at_once(struct recorder *recorder, const char *word)
{
	char data[8];

	if (strcmp(word, "readable") == 0)
		ck_assert_int_eq(aw_transport_receive(recorder->transport,
		    data, 8), 0);
}

NET_TEST(nothing_is_readable_after_the_end)
{
	struct recorder recorder = { .keep = true,
	    .on_word = receive_at_once };
	int peer = recorder_pair(&recorder, &recorder_pulling, NULL);

	shutdown(peer, SHUT_WR);
	recorder_wait(&recorder, "readable");
	net_turns(3);
	ck_assert_trace(&recorder, "made readable");
	recorder_end(&recorder, peer);
}

NET_TEST(the_end_is_received_too)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_pulling, NULL);
	char data[8];

	shutdown(peer, SHUT_WR);
	recorder_wait(&recorder, "readable");
	ck_assert_int_eq(aw_transport_receive(recorder.transport, data, 8), 0);
	net_turns(3);
	ck_assert_trace(&recorder, "made readable");
	aw_transport_write(recorder.transport, "answer", 6);
	ck_assert_uint_eq(net_receive(peer, data, 6), 6);
	recorder_end(&recorder, peer);
}

NET_TEST(an_error_is_received_and_told)
{
	struct recorder recorder = { .keep = true };
	aw_transport *transport;
	uint16_t port;
	char data[8];
	int listener = net_listen(1, &port), peer, fd;

	peer = net_connect(port);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_pulling, &recorder, fd, NULL, &transport), 0);
	net_turns(2);
	net_reset(peer);
	recorder_wait(&recorder, "readable");
	ck_assert_int_eq(aw_transport_receive(transport, data, 8), -ECONNRESET);
	ck_assert_trace(&recorder, "made readable");
	ck_assert_int_eq(aw_transport_receive(transport, data, 8), -ECONNRESET);
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -ECONNRESET);
	close(listener);
}

NET_TEST(without_memory_to_watch_a_pull_the_connection_is_lost)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_pulling, NULL);
	char data[8];

	net_send_text(peer, "ab");
	recorder_wait(&recorder, "readable");
	net_turns(2);
	ck_assert_int_eq(aw_transport_get_extra_info(recorder.transport,
	    "socket", &net_refusal.fd, sizeof(int)), sizeof(int));
	net_refusal.times = 1;
	ck_assert_int_eq(aw_transport_receive(recorder.transport, data, 1), 1);
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -ENOMEM);
	close(peer);
}

/* Reads a stream while the loop's buffer is lent to the protocol. */
static void
peek_within_data(struct recorder *recorder, const char *word)
{
	const void *data;

	if (strcmp(word, "data") != 0)
		return;
	ck_assert_int_eq(aw_reader_peek(recorder->arg, &data), 5);
	ck_assert_mem_eq(data, "other", 5);
}

static void
look_at_data(aw_transport *transport, const void *data, size_t size, void *arg)
{
	struct recorder *recorder = arg;

	(void)transport;
	recorder_note(recorder, "data");
	ck_assert_uint_eq(size, 5);
	ck_assert_mem_eq(data, "first", 5);
}

NET_TEST(what_is_lent_to_data_received_stays)
{
	static const aw_protocol looking = { .data_received = look_at_data };
	struct recorder recorder = { .on_word = peek_within_data };
	int peer = recorder_pair(&recorder, &recorder_plain, NULL);
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	recorder.arg = pair.reader;
	aw_transport_set_protocol(recorder.transport, &looking, &recorder);
	net_send_text(pair.peer, "other");
	net_send_text(peer, "first");
	recorder_wait(&recorder, "data");
	/* And the stream still has what it lent then. */
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	ck_assert_int_eq(byte, 'o');
	net_pair_free(&pair);
	aw_transport_abort(recorder.transport);
	net_turns(2);
	close(peer);
}

NET_TEST(what_a_stream_lent_survives_a_protocol)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	struct net_pair pair;
	const void *data;
	char text[8];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "stream");
	ck_assert_int_eq(aw_reader_peek(pair.reader, &data), 6);
	net_send_text(peer, "protocol");
	recorder_wait_data(&recorder, 8);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, text, 6), 6);
	ck_assert_mem_eq(text, "stream", 6);
	net_pair_free(&pair);
	recorder_end(&recorder, peer);
}

int
main(void)
{
	const TTest *const tests[] = {
		bytes_go_to_the_protocols_buffer,
		no_more_than_its_room_is_received,
		a_lot_comes_in_order,
		no_buffer_is_an_error,
		an_empty_buffer_is_an_error,
		get_buffer_may_abort,
		get_buffer_may_pause_reading,
		a_protocol_may_become_a_buffered_one,
		readable_is_told_once_until_something_is_received,
		nothing_is_readable_after_the_end,
		the_end_is_received_too,
		an_error_is_received_and_told,
		without_memory_to_watch_a_pull_the_connection_is_lost,
		what_is_lent_to_data_received_stays,
		what_a_stream_lent_survives_a_protocol,
	};

	return NET_MAIN("protocol_buffered", tests);
}
