/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Another protocol in the middle of a connection.
 */
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "net/recorder.h"

/* Hands the connection over in the middle of what it is told. */
static void
hand_over(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "data") == 0)
		aw_transport_set_protocol(recorder->transport,
		    &recorder_pulling, recorder->arg);
}

static bool
is_set(void *arg)
{
	return *(bool *)arg;
}

static void
make_noise(aw_transport *transport, void *arg)
{
	(void)transport;
	*(bool *)arg = true;
}

NET_TEST(another_protocol_takes_over)
{
	struct recorder first = { .keep = true }, second = { .keep = false };
	int peer = recorder_pair(&first, &recorder_protocol, NULL);
	aw_transport *transport = first.transport;
	void *arg;

	ck_assert_ptr_eq(aw_transport_get_protocol(transport, &arg),
	    &recorder_protocol);
	ck_assert_ptr_eq(arg, &first);
	net_send_text(peer, "one");
	recorder_wait_data(&first, 3);
	aw_transport_set_protocol(transport, &recorder_plain, &second);
	ck_assert_ptr_eq(aw_transport_get_protocol(transport, NULL),
	    &recorder_plain);
	aw_transport_set_protocol(transport, &recorder_protocol, &second);
	net_send_text(peer, "three");
	recorder_wait_data(&second, 5);
	close(peer);
	recorder_wait(&second, "lost");
	ck_assert_trace(&first, "made data");
	ck_assert_trace(&second, "data eof lost");
}

NET_TEST(another_protocol_may_take_over_within_data_received)
{
	struct recorder second = { .keep = true };
	struct recorder first = { .on_word = hand_over, .arg = &second };
	int peer = recorder_pair(&first, &recorder_protocol, NULL);
	aw_transport *transport = first.transport;
	char buffer[8];

	net_send_text(peer, "one");
	recorder_wait_data(&first, 3);
	net_send_text(peer, "two");
	recorder_wait(&second, "readable");
	ck_assert_int_eq(aw_transport_receive(transport, buffer, 8), 3);
	aw_transport_abort(transport);
	recorder_wait(&second, "lost");
	ck_assert_trace(&first, "made data");
	ck_assert_trace(&second, "readable lost");
	close(peer);
}

NET_TEST(a_stream_may_become_a_protocol)
{
	static const aw_protocol first = { .readable = make_noise };
	struct recorder recorder = { .keep = true };
	struct net_pair pair;
	aw_transport *transport;
	bool readable = false;
	char byte;

	net_unix_pair(&pair, NULL);
	transport = aw_writer_transport(pair.writer);
	net_send_text(pair.peer, "ab");
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	aw_transport_set_protocol(transport, &first, &readable);
	net_wait_until(is_set, &readable);
	aw_transport_set_protocol(transport, &recorder_protocol, &recorder);
	recorder_wait_data(&recorder, 1);
	ck_assert_int_eq(recorder.data[0], 'b');
	aw_writer_close(pair.writer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "data lost");
	net_pair_free(&pair);
}

NET_TEST(a_stream_may_be_itself_again)
{
	struct recorder recorder = { .keep = true };
	const aw_protocol *stream;
	struct net_pair pair;
	char byte;
	void *arg;

	net_unix_pair(&pair, NULL);
	stream = aw_transport_get_protocol(aw_writer_transport(pair.writer),
	    &arg);
	aw_transport_set_protocol(aw_writer_transport(pair.writer),
	    &recorder_protocol, &recorder);
	net_send_text(pair.peer, "x");
	recorder_wait_data(&recorder, 1);
	aw_transport_set_protocol(aw_writer_transport(pair.writer), stream,
	    arg);
	net_send_text(pair.peer, "y");
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	ck_assert_int_eq(byte, 'y');
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		another_protocol_takes_over,
		another_protocol_may_take_over_within_data_received,
		a_stream_may_become_a_protocol,
		a_stream_may_be_itself_again,
	};

	return NET_MAIN("protocol_switch", tests);
}
