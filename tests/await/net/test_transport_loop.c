/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What connections cost the loop, and what they leave to others.
 */
#include <errno.h>
#include <unistd.h>

#include "net/net.h"

/* Answers each byte until the end. */
static int
echo_bytes(void *arg)
{
	struct net_pair *pair = arg;
	ssize_t n;
	char byte;

	while ((n = aw_reader_read(pair->reader, &byte, 1)) > 0)
		aw_writer_write(pair->writer, &byte, 1);
	return (int)n;
}

NET_TEST(a_conversation_adds_its_read_event_once)
{
	struct net_pair pair;
	char byte, answer;
	unsigned before;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_spawn(echo_bytes, &pair);
	net_send(pair.peer, "x", 1);
	net_receive(pair.peer, &byte, 1);
	before = net_events_added;
	for (byte = 0; byte < 100; byte++) {
		net_send(pair.peer, &byte, 1);
		/* Not by a wait for the descriptor, which adds an event. */
		while (recv(pair.peer, &answer, 1, 0) != 1)
			net_turns(1);
		ck_assert_int_eq(answer, byte);
	}
	ck_assert_uint_eq(net_events_added - before, 0);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(net_join(task), 0);
	net_pair_free(&pair);
}

/* How often the loop polls in 50 ms in which there is nothing to do. */
static unsigned
polls_at_rest(void)
{
	unsigned before;

	/* What is under way shall be over. */
	net_turns(3);
	before = net_polls;
	ck_assert_int_eq(aw_sleep(0.05), 0);
	return net_polls - before;
}

NET_TEST(data_that_nobody_reads_does_not_keep_the_loop_busy)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	net_send(pair.peer, "ab", 2);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	/* This arms the event, and leaves a byte behind. */
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	net_send_text(pair.peer, "more");
	ck_assert_uint_le(polls_at_rest(), 5);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	ck_assert_int_eq(byte, 'm');
	net_pair_free(&pair);
}

NET_TEST(reading_goes_on_after_it_rested)
{
	struct net_pair pair;
	char buffer[8];
	int i;

	net_unix_pair(&pair, NULL);
	for (i = 0; i < 3; i++) {
		net_send_text(pair.peer, "one");
		ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 3),
		    3);
		net_send_text(pair.peer, "two");
		net_turns(3);
		ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 3),
		    3);
		ck_assert_mem_eq(buffer, "two", 3);
	}
	net_pair_free(&pair);
}

NET_TEST(the_end_of_the_stream_does_not_keep_the_loop_busy)
{
	struct net_pair pair;
	char byte;

	net_tcp_pair(&pair, NULL);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	ck_assert_uint_le(polls_at_rest(), 5);
	net_reset(pair.peer);
	pair.peer = -1;
	ck_assert_uint_le(polls_at_rest(), 5);
	net_pair_free(&pair);
}

NET_TEST(a_queue_that_the_peer_does_not_read_does_not_keep_the_loop_busy)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	ck_assert_uint_le(polls_at_rest(), 20);
	net_pair_free(&pair);
}

struct ticker {
	unsigned ticks;
	bool stop;
};

static int
tick(void *arg)
{
	struct ticker *ticker = arg;

	while (!ticker->stop && aw_sleep(0) == 0)
		ticker->ticks++;
	return 0;
}

NET_TEST(a_peer_that_floods_does_not_starve_the_others)
{
	struct ticker ticker = { 0, false };
	struct net_pair pair;
	aw_task *task;
	size_t n = 0;
	ssize_t sent;
	unsigned reads;

	net_tcp_pair(&pair, NULL);
	sent = send(pair.peer, net_received, NET_LARGE, 0);
	ck_assert_int_ge(sent, 1000);
	task = net_spawn(tick, &ticker);
	/* There is always more to read, and no call here waits for time. */
	for (reads = 0; n + 10 < (size_t)sent; reads++)
		n += (size_t)aw_reader_read(pair.reader, net_received,
		    10);
	ck_assert_uint_ge(reads, 100);
	ck_assert_uint_ge(ticker.ticks, reads - 2);
	ticker.stop = true;
	net_join(task);
	net_pair_free(&pair);
}

static int
flood(void *arg)
{
	struct net_pair *pair = arg;
	int err = 0;

	while (err == 0) {
		aw_writer_write(pair->writer, net_received, 100000);
		err = aw_writer_drain(pair->writer);
	}
	return err;
}

static int
swallow(void *arg)
{
	struct net_pair *pair = arg;
	static char sink[65536];
	ssize_t n;

	do {
		n = aw_reader_read(pair->reader, sink, sizeof(sink));
	} while (n > 0);
	return (int)n;
}

NET_TEST(a_timer_is_served_while_connections_flood)
{
	struct net_pair pair, peer;
	aw_task *writer, *reader;

	net_unix_pair(&pair, NULL);
	net_adopt_peer(&pair, &peer);
	writer = net_spawn(flood, &pair);
	reader = net_spawn(swallow, &peer);
	/* If it is not, this never returns. */
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert(aw_cancel(writer));
	ck_assert(aw_cancel(reader));
	ck_assert_int_eq(net_join(writer), -ECANCELED);
	ck_assert_int_eq(net_join(reader), -ECANCELED);
	aw_writer_abort(pair.writer);
	net_pair_free(&pair);
	net_pair_free(&peer);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_conversation_adds_its_read_event_once,
		data_that_nobody_reads_does_not_keep_the_loop_busy,
		reading_goes_on_after_it_rested,
		the_end_of_the_stream_does_not_keep_the_loop_busy,
		a_queue_that_the_peer_does_not_read_does_not_keep_the_loop_busy,
		a_peer_that_floods_does_not_starve_the_others,
		a_timer_is_served_while_connections_flood,
	};

	return NET_MAIN("transport_loop", tests);
}
