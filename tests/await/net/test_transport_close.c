/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How a connection is ended from this side: close, abort, write_eof.
 */
#include <errno.h>
#include <unistd.h>

#include "net/net.h"

NET_TEST(close_without_a_queue_ends_it_at_once)
{
	struct net_pair pair;
	char byte;

	net_tcp_pair(&pair, NULL);
	ck_assert(!aw_writer_is_closing(pair.writer));
	aw_writer_close(pair.writer);
	ck_assert(aw_writer_is_closing(pair.writer));
	ck_assert_int_eq(net_receive_once(pair.peer, &byte, 1), 0);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(close_sends_the_queue_first)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	ck_assert(aw_writer_is_closing(pair.writer));
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair.writer), 0);
	net_receive_large(&pair);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(close_twice_is_close)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	aw_writer_close(pair.writer);
	net_receive_large(&pair);
	aw_writer_close(pair.writer);
	net_pair_free(&pair);
}

NET_TEST(what_is_written_after_close_is_dropped)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	aw_writer_write(pair.writer, "late", 4);
	net_receive_large(&pair);
	aw_writer_write(pair.writer, "later", 5);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(close_ends_a_read_that_waits)
{
	struct net_pair pair;
	struct net_call read;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_start(&read, &pair, net_read);
	aw_writer_close(pair.writer);
	net_join(task);
	ck_assert_int_eq(read.result, 0);
	net_pair_free(&pair);
}

NET_TEST(close_ends_a_read_that_waits_even_while_there_is_a_queue)
{
	struct net_pair pair;
	struct net_call read;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	task = net_start(&read, &pair, net_read);
	aw_writer_close(pair.writer);
	net_join(task);
	ck_assert_int_eq(read.result, 0);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(after_close_the_reader_is_at_the_end)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "unread");
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	ck_assert(aw_reader_at_eof(pair.reader));
	net_pair_free(&pair);
}

NET_TEST(drain_after_close_says_that_the_connection_is_gone)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_writer_drain(pair.writer), -ECONNRESET);
	net_pair_free(&pair);
}

NET_TEST(wait_closed_waits_for_the_queue)
{
	struct net_pair pair;
	struct net_call calls[2];
	aw_task *tasks[2];

	net_unix_pair(&pair, NULL);
	tasks[0] = net_start(&calls[0], &pair, net_wait_closed);
	tasks[1] = net_start(&calls[1], &pair, net_wait_closed);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	net_turns(3);
	ck_assert(!calls[0].ended && !calls[1].ended);
	net_receive_large(&pair);
	net_join(tasks[0]);
	net_join(tasks[1]);
	ck_assert_int_eq(calls[0].result, 0);
	ck_assert_int_eq(calls[1].result, 0);
	net_pair_free(&pair);
}

NET_TEST(wait_closed_can_be_cancelled)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_start(&call, &pair, net_wait_closed);
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(call.result, -ECANCELED);
	ck_assert(!aw_writer_is_closing(pair.writer));
	net_pair_free(&pair);
}

NET_TEST(abort_sends_a_reset)
{
	struct net_pair pair;
	char byte;

	net_tcp_pair(&pair, NULL);
	aw_writer_abort(pair.writer);
	ck_assert_int_eq(net_receive_once(pair.peer, &byte, 1), -ECONNRESET);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(abort_drops_the_queue)
{
	struct net_pair pair;
	ssize_t n;
	size_t sum = 0;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_abort(pair.writer);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	while ((n = net_receive_once(pair.peer, net_received, NET_LARGE)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(n, -ECONNRESET);
	ck_assert_uint_lt(sum, NET_LARGE);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -ECONNABORTED);
	ck_assert_int_eq(aw_writer_drain(pair.writer), -ECONNABORTED);
	net_pair_free(&pair);
}

NET_TEST(abort_overtakes_close)
{
	struct net_pair pair;
	ssize_t n;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	aw_writer_abort(pair.writer);
	while ((n = net_receive_once(pair.peer, net_received, NET_LARGE)) > 0)
		continue;
	ck_assert_int_eq(n, -ECONNRESET);
	net_pair_free(&pair);
}

NET_TEST(abort_wakes_everybody)
{
	struct net_call read, drain, closed;
	struct net_pair pair;
	aw_task *tasks[3];
	int i;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	tasks[0] = net_start(&read, &pair, net_read);
	tasks[1] = net_start(&drain, &pair, net_drain);
	tasks[2] = net_start(&closed, &pair, net_wait_closed);
	aw_writer_abort(pair.writer);
	for (i = 0; i < 3; i++)
		net_join(tasks[i]);
	ck_assert_int_eq(read.result, -ECONNABORTED);
	ck_assert_int_eq(drain.result, -ECONNABORTED);
	ck_assert_int_eq(closed.result, -ECONNABORTED);
	net_pair_free(&pair);
}

NET_TEST(abort_after_the_end_changes_nothing)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	aw_writer_close(pair.writer);
	aw_writer_abort(pair.writer);
	aw_writer_abort(pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(write_eof_ends_one_direction)
{
	struct net_pair pair;
	char buffer[8];

	net_tcp_pair(&pair, NULL);
	aw_writer_write(pair.writer, "last", 4);
	aw_writer_write_eof(pair.writer);
	ck_assert_uint_eq(net_receive(pair.peer, buffer, sizeof(buffer)), 4);
	net_send_text(pair.peer, "answer");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 6), 6);
	ck_assert_mem_eq(buffer, "answer", 6);
	ck_assert(!aw_writer_is_closing(pair.writer));
	net_pair_free(&pair);
}

NET_TEST(write_eof_sends_the_queue_first)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_write_eof(pair.writer);
	net_receive_large(&pair);
	net_pair_free(&pair);
}

NET_TEST(what_is_written_after_write_eof_is_dropped)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_write_eof(pair.writer);
	aw_writer_write(pair.writer, "late", 4);
	aw_writer_write_eof(pair.writer);
	net_receive_large(&pair);
	aw_writer_write(pair.writer, "late", 4);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	ck_assert_int_eq(aw_writer_drain(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(close_after_write_eof_sends_the_queue_too)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_write_eof(pair.writer);
	aw_writer_close(pair.writer);
	net_receive_large(&pair);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(the_queue_goes_out_after_the_end_of_the_peer)
{
	struct net_pair pair;
	char byte;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	aw_writer_close(pair.writer);
	net_receive_large(&pair);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		close_without_a_queue_ends_it_at_once,
		close_sends_the_queue_first,
		close_twice_is_close,
		what_is_written_after_close_is_dropped,
		close_ends_a_read_that_waits,
		close_ends_a_read_that_waits_even_while_there_is_a_queue,
		after_close_the_reader_is_at_the_end,
		drain_after_close_says_that_the_connection_is_gone,
		wait_closed_waits_for_the_queue,
		wait_closed_can_be_cancelled,
		abort_sends_a_reset,
		abort_drops_the_queue,
		abort_overtakes_close,
		abort_wakes_everybody,
		abort_after_the_end_changes_nothing,
		write_eof_ends_one_direction,
		write_eof_sends_the_queue_first,
		what_is_written_after_write_eof_is_dropped,
		close_after_write_eof_sends_the_queue_too,
		the_queue_goes_out_after_the_end_of_the_peer,
	};

	return NET_MAIN("transport_close", tests);
}
