/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Bounds of what waits to be sent: for how long, and how much.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

static double
now(void)
{
	return aw_loop_time(aw_get_running_loop());
}

/* ----------------------------------------------------------------- how long */

/* What the peer gets after what had come before a RST. */
static ssize_t
receive_to_the_end(int fd)
{
	ssize_t n;

	while ((n = net_receive_once(fd, net_received,
	    sizeof(net_received))) > 0)
		continue;
	return n;
}

NET_TEST(a_peer_that_takes_nothing_is_given_up)
{
	const aw_connection_options options = { .write_timeout = 0.04 };
	double before = now();
	struct net_pair pair;

	net_tcp_pair(&pair, &options);
	net_write_large(&pair);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), AW_ESTALLED);
	ck_assert_double_ge(now() - before, 0.04);
	ck_assert_int_eq(aw_writer_drain(pair.writer), AW_ESTALLED);
	ck_assert_int_eq(receive_to_the_end(pair.peer), -ECONNRESET);
	net_pair_free(&pair);
}

NET_TEST(who_waits_to_write_is_told)
{
	const aw_connection_options options = { .write_timeout = 0.01 };
	struct net_call call;
	struct net_pair pair;
	aw_task *task;

	net_tcp_pair(&pair, &options);
	net_write_large(&pair);
	task = net_start(&call, &pair, net_drain);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(call.result, AW_ESTALLED);
	net_pair_free(&pair);
}

NET_TEST(closing_does_not_wait_for_ever_either)
{
	const aw_connection_options options = { .write_timeout = 0.01 };
	struct net_pair pair;

	net_unix_pair(&pair, &options);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), AW_ESTALLED);
	net_pair_free(&pair);
}

/* It takes some of it in each quarter of the time, for longer than that. */
NET_TEST(a_slow_peer_is_waited_for)
{
	const aw_connection_options options = { .write_timeout = 0.4 };
	double before = now();
	struct net_pair pair;
	size_t size = 0;
	ssize_t n;

	net_tcp_pair(&pair, &options);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	while ((n = recv(pair.peer, net_received, 4096, MSG_DONTWAIT)) != 0) {
		ck_assert(n > 0 || errno == EAGAIN);
		if (n > 0)
			size += (size_t)n;
		ck_assert_int_eq(aw_sleep(0.01), 0);
	}
	ck_assert_uint_eq(size, NET_LARGE);
	ck_assert_double_gt(now() - before, 0.5);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	net_pair_free(&pair);
}

/* There is nothing that it could take. */
NET_TEST(time_does_not_pass_while_nothing_is_queued)
{
	const aw_connection_options options = { .write_timeout = 0.001 };
	struct net_pair pair;

	net_tcp_pair(&pair, &options);
	aw_writer_write(pair.writer, "x", 1);
	ck_assert_int_eq(aw_sleep(0.01), 0);
	net_write_large(&pair);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair.writer), 0);
	aw_writer_abort(pair.writer);
	net_pair_free(&pair);
}

/* Whose bytes are more each time, of which none is taken. */
NET_TEST(more_to_send_is_no_progress)
{
	const aw_connection_options options = { .write_timeout = 0.05 };
	struct net_pair pair;

	net_unix_pair(&pair, &options);
	net_write_large(&pair);
	while (!aw_writer_is_closing(pair.writer)) {
		aw_writer_write(pair.writer, "x", 1);
		ck_assert_int_eq(aw_sleep(0.001), 0);
	}
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), AW_ESTALLED);
	net_pair_free(&pair);
}

/* ----------------------------------------------------------------- how much */

static struct {
	aw_output_limit *limit;
	aw_connection_options options;
} common;

static void
begin(size_t bytes)
{
	common.limit = aw_output_limit_new(bytes);
	ck_assert_ptr_nonnull(common.limit);
	common.options.output_limit = common.limit;
}

static void
end(void)
{
	ck_assert_uint_eq(aw_output_limit_used(common.limit), 0);
	aw_output_limit_free(common.limit);
}

NET_TEST(connections_share_a_limit)
{
	struct net_pair first, second;

	begin(NET_LARGE + NET_LARGE / 2);
	net_tcp_pair(&first, &common.options);
	net_tcp_pair(&second, &common.options);
	net_write_large(&first);
	ck_assert_uint_eq(aw_output_limit_used(common.limit),
	    aw_writer_get_write_buffer_size(first.writer));
	aw_writer_write(second.writer, net_received, NET_LARGE);
	ck_assert_int_eq(aw_writer_wait_closed(second.writer), -ENOBUFS);
	ck_assert_int_eq(receive_to_the_end(second.peer), -ECONNRESET);
	ck_assert_uint_eq(aw_output_limit_used(common.limit),
	    aw_writer_get_write_buffer_size(first.writer));
	/* The other one is none the worse for it. */
	aw_writer_close(first.writer);
	net_receive_large(&first);
	ck_assert_int_eq(aw_writer_wait_closed(first.writer), 0);
	net_pair_free(&first);
	net_pair_free(&second);
	end();
}

NET_TEST(what_the_kernel_takes_does_not_count)
{
	struct net_pair pair;

	begin(0);
	net_tcp_pair(&pair, &common.options);
	aw_writer_write(pair.writer, "x", 1);
	ck_assert_uint_eq(aw_output_limit_used(common.limit), 0);
	ck_assert(!aw_writer_is_closing(pair.writer));
	net_pair_free(&pair);
	end();
}

NET_TEST(what_is_sent_or_dropped_counts_no_more)
{
	struct net_pair sent, dropped;

	begin(4 * NET_LARGE);
	net_unix_pair(&sent, &common.options);
	net_unix_pair(&dropped, &common.options);
	net_write_large(&sent);
	net_write_large(&dropped);
	aw_writer_close(sent.writer);
	net_receive_large(&sent);
	ck_assert_int_eq(aw_writer_wait_closed(sent.writer), 0);
	ck_assert_uint_eq(aw_output_limit_used(common.limit),
	    aw_writer_get_write_buffer_size(dropped.writer));
	aw_writer_abort(dropped.writer);
	ck_assert_uint_eq(aw_output_limit_used(common.limit), 0);
	net_pair_free(&sent);
	net_pair_free(&dropped);
	end();
}

NET_TEST(pieces_count_together)
{
	struct iovec pieces[4];
	struct net_pair pair;

	begin(NET_LARGE);
	net_tcp_pair(&pair, &common.options);
	for (int i = 0; i < 4; i++) {
		pieces[i].iov_base = net_received;
		pieces[i].iov_len = NET_LARGE;
	}
	aw_writer_writelines(pair.writer, pieces, 4);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -ENOBUFS);
	net_pair_free(&pair);
	end();
}

NET_TEST(a_limit_changes_for_what_comes)
{
	struct net_pair pair;

	begin(0);
	aw_output_limit_set(common.limit, 4 * NET_LARGE);
	net_tcp_pair(&pair, &common.options);
	net_write_large(&pair);
	/* Below what there is: it stays, but there is no more. */
	aw_output_limit_set(common.limit, 1);
	net_turns(3);
	ck_assert_uint_gt(aw_output_limit_used(common.limit), 1);
	ck_assert_uint_eq(aw_output_limit_used(common.limit),
	    aw_writer_get_write_buffer_size(pair.writer));
	aw_writer_write(pair.writer, "x", 1);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -ENOBUFS);
	net_pair_free(&pair);
	end();
}

/* ------------------------------------------------- without memory for either */

NET_TEST(without_memory_nothing_is_counted)
{
	struct net_pair pair;
	int error;

	begin(4 * NET_LARGE);
	common.options.write_timeout = 100;
	for (unsigned n = 1;; n++) {
		net_tcp_pair(&pair, &common.options);
		fail_at(n, false);
		aw_writer_write(pair.writer, net_received, NET_LARGE);
		if (!fail_stop())
			break;
		error = aw_writer_wait_closed(pair.writer);
		ck_assert_msg(error < 0, "%s: %d", fail_name(), error);
		ck_assert_uint_eq(aw_output_limit_used(common.limit), 0);
		net_pair_free(&pair);
	}
	ck_assert_uint_gt(aw_output_limit_used(common.limit), 0);
	aw_writer_abort(pair.writer);
	net_pair_free(&pair);
	end();
}

START_TEST(without_memory_there_is_no_limit)
{
	fail_call("malloc", 1, 1, ENOMEM);
	common.limit = aw_output_limit_new(1);
	ck_assert(fail_stop());
	ck_assert_ptr_null(common.limit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_peer_that_takes_nothing_is_given_up,
		who_waits_to_write_is_told,
		closing_does_not_wait_for_ever_either,
		a_slow_peer_is_waited_for,
		time_does_not_pass_while_nothing_is_queued,
		more_to_send_is_no_progress,
		connections_share_a_limit,
		what_the_kernel_takes_does_not_count,
		what_is_sent_or_dropped_counts_no_more,
		pieces_count_together,
		a_limit_changes_for_what_comes,
		without_memory_nothing_is_counted,
		without_memory_there_is_no_limit,
	};

	return NET_MAIN("output_queue", tests);
}
