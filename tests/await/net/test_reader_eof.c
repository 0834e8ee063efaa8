/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The end of the stream, as the peer or feed_eof brings it.
 */
#include <errno.h>
#include <unistd.h>

#include "net/net.h"

NET_TEST(the_end_of_the_stream_is_0_again_and_again)
{
	struct net_pair pair;
	char buffer[16];
	int i;

	net_tcp_pair(&pair, NULL);
	net_send_text(pair.peer, "end");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, sizeof(buffer)),
	    3);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(aw_reader_read(pair.reader, buffer,
		    sizeof(buffer)), 0);
	net_pair_free(&pair);
}

NET_TEST(read_waits_for_the_end_too)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	close(pair.peer);
	pair.peer = -1;
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	net_pair_free(&pair);
}

NET_TEST(at_eof_is_true_once_everything_has_been_read)
{
	struct net_pair pair;
	const void *lent;
	char byte;

	net_unix_pair(&pair, NULL);
	ck_assert(!aw_reader_at_eof(pair.reader));
	net_send_text(pair.peer, "ab");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_peek(pair.reader, &lent), 2);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	ck_assert(!aw_reader_at_eof(pair.reader));
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	/* The end itself has not been met. */
	ck_assert(!aw_reader_at_eof(pair.reader));
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	ck_assert(aw_reader_at_eof(pair.reader));
	net_pair_free(&pair);
}

/* After feed_eof: first what the peer had sent, then the end. */
static void
check_feed_eof(struct net_pair *pair)
{
	char buffer[16];

	net_send_text(pair->peer, "first");
	ck_assert_int_eq(aw_reader_read(pair->reader, buffer, 2), 2);
	aw_reader_feed_eof(pair->reader);
	ck_assert_int_eq(aw_reader_readexactly(pair->reader, buffer, 3), 3);
	ck_assert_mem_eq(buffer, "rst", 3);
	ck_assert_int_eq(aw_reader_read(pair->reader, buffer, 1), 0);
	ck_assert(aw_reader_at_eof(pair->reader));
	/* The peer is not told, and the other direction goes on. */
	ck_assert_int_eq(recv(pair->peer, buffer, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(send(pair->peer, "x", 1, MSG_NOSIGNAL), 1);
	aw_writer_write(pair->writer, "ok", 2);
	ck_assert_uint_eq(net_receive(pair->peer, buffer, 2), 2);
	ck_assert_int_eq(aw_reader_read(pair->reader, buffer, 1), 0);
}

NET_TEST(feed_eof_delivers_what_was_received)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	check_feed_eof(&pair);
	net_pair_free(&pair);
}

NET_TEST(feed_eof_is_the_same_on_a_unix_socket)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	check_feed_eof(&pair);
	net_pair_free(&pair);
}

NET_TEST(feed_eof_ends_a_read_that_waits)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	aw_reader_feed_eof(pair.reader);
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	aw_reader_feed_eof(pair.reader);
	net_pair_free(&pair);
}

NET_TEST(feed_eof_delivers_a_lot_that_was_received)
{
	static unsigned char data[NET_LARGE];
	struct net_pair pair;
	ssize_t sent, n;
	size_t sum = 0;

	net_fill(data, sizeof(data), 0);
	net_tcp_pair(&pair, NULL);
	sent = send(pair.peer, data, sizeof(data), 0);
	ck_assert_int_gt(sent, 3000);
	/* On loopback it has all been received by the time send returns. */
	aw_reader_feed_eof(pair.reader);
	while ((n = aw_reader_read(pair.reader, net_received + sum, 1000)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(n, 0);
	net_check(net_received, sum, 0);
	ck_assert_uint_gt(sum, 1000);
	net_pair_free(&pair);
}

NET_TEST(feed_eof_after_the_end_changes_nothing)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	aw_writer_close(pair.writer);
	aw_reader_feed_eof(pair.reader);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_end_of_the_stream_is_0_again_and_again,
		read_waits_for_the_end_too,
		at_eof_is_true_once_everything_has_been_read,
		feed_eof_delivers_what_was_received,
		feed_eof_is_the_same_on_a_unix_socket,
		feed_eof_ends_a_read_that_waits,
		feed_eof_delivers_a_lot_that_was_received,
		feed_eof_after_the_end_changes_nothing,
	};

	return NET_MAIN("reader_eof", tests);
}
