/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How a connection is lost to the peer, and who is told.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

NET_TEST(a_reset_is_an_error_of_read)
{
	struct net_pair pair;
	struct net_call read;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_start(&read, &pair, net_read);
	net_reset(pair.peer);
	pair.peer = -1;
	net_join(task);
	ck_assert_int_eq(read.result, -ECONNRESET);
	/* And of all that follow. */
	net_read(&read);
	ck_assert_int_eq(read.result, -ECONNRESET);
	ck_assert_int_eq(aw_writer_drain(pair.writer), -ECONNRESET);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -ECONNRESET);
	ck_assert(aw_writer_is_closing(pair.writer));
	net_pair_free(&pair);
}

NET_TEST(a_write_to_a_peer_that_has_gone_is_an_error_of_drain)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	close(pair.peer);
	pair.peer = -1;
	aw_writer_write(pair.writer, "x", 1);
	ck_assert(aw_writer_is_closing(pair.writer));
	aw_writer_write(pair.writer, "swallowed", 9);
	ck_assert_int_eq(aw_writer_drain(pair.writer), -EPIPE);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -EPIPE);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -EPIPE);
	net_pair_free(&pair);
}

NET_TEST(a_reset_while_the_queue_is_sent_wakes_everybody)
{
	struct net_call read, drain, closed;
	struct net_pair pair;
	aw_task *tasks[3];
	int i;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	tasks[0] = net_start(&read, &pair, net_read);
	tasks[1] = net_start(&drain, &pair, net_drain);
	tasks[2] = net_start(&closed, &pair, net_wait_closed);
	net_reset(pair.peer);
	pair.peer = -1;
	for (i = 0; i < 3; i++)
		net_join(tasks[i]);
	ck_assert_int_eq(read.result, -ECONNRESET);
	ck_assert_int_eq(drain.result, -ECONNRESET);
	ck_assert_int_eq(closed.result, -ECONNRESET);
	net_pair_free(&pair);
}

NET_TEST(a_queue_for_a_peer_that_has_gone_raises_no_signal)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	close(pair.peer);
	pair.peer = -1;
	/* SIGPIPE would end the process here. */
	ck_assert_int_eq(aw_writer_drain(pair.writer), -EPIPE);
	net_pair_free(&pair);
}

NET_TEST(close_does_not_wait_for_a_peer_that_has_gone)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_close(pair.writer);
	close(pair.peer);
	pair.peer = -1;
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -EPIPE);
	net_pair_free(&pair);
}

NET_TEST(the_first_error_is_the_one_that_is_told)
{
	struct net_pair pair;
	char byte;

	net_tcp_pair(&pair, NULL);
	net_reset(pair.peer);
	pair.peer = -1;
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -ECONNRESET);
	aw_writer_write(pair.writer, "x", 1);
	aw_writer_abort(pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), -ECONNRESET);
	net_pair_free(&pair);
}

/* The first output that has to wait makes the queue. */
NET_TEST(without_memory_for_a_queue_the_connection_is_lost)
{
	static const char data[NET_LARGE];
	struct net_pair pair;
	unsigned n = 0;
	bool failed;

	do {
		net_unix_pair(&pair, NULL);
		aw_writer_write(pair.writer, "x", 1);
		fail_call("malloc", ++n, 1, ENOMEM);
		aw_writer_write(pair.writer, data, sizeof(data));
		failed = fail_stop();
		ck_assert_int_eq(aw_writer_is_closing(pair.writer), failed);
		if (failed)
			ck_assert_int_eq(aw_writer_drain(pair.writer),
			    -ENOMEM);
		net_pair_free(&pair);
	} while (failed);
	/* The bufferevent, its two buffers, and a piece of one. */
	ck_assert_uint_ge(n, 4);
}

NET_TEST(what_never_queues_has_no_queue)
{
	aw_loop *loop = aw_get_running_loop();
	struct net_pair pair = { .peer = -1 };
	int fds[2], err;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	fail_call("malloc", 1, 1, ENOMEM);
	err = aw_open_connection_socket(loop, fds[0], NULL, &pair.reader,
	    &pair.writer);
	if (err == 0)
		aw_writer_write(pair.writer, "x", 1);
	ck_assert(!fail_stop());
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	ck_assert(!aw_writer_is_closing(pair.writer));
	pair.peer = fds[1];
	net_pair_free(&pair);
}

static volatile sig_atomic_t broken_pipes;

static void
on_broken_pipe(int signal)
{
	(void)signal;
	broken_pipes++;
}

static int
lose_peer(void *arg)
{
	struct net_pair pair;

	(void)arg;
	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	close(pair.peer);
	pair.peer = -1;
	ck_assert_int_eq(aw_writer_drain(pair.writer), -EPIPE);
	net_pair_free(&pair);
	return 0;
}

START_TEST(a_handler_for_broken_pipes_is_left_alone)
{
	struct sigaction action = { .sa_handler = on_broken_pipe }, before;

	ck_assert_int_eq(sigaction(SIGPIPE, &action, &before), 0);
	broken_pipes = 0;
	net_run(lose_peer);
	ck_assert_int_eq(broken_pipes, 1);
	ck_assert_int_eq(sigaction(SIGPIPE, &before, &action), 0);
	ck_assert(action.sa_handler == on_broken_pipe);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_reset_is_an_error_of_read,
		a_write_to_a_peer_that_has_gone_is_an_error_of_drain,
		a_reset_while_the_queue_is_sent_wakes_everybody,
		a_queue_for_a_peer_that_has_gone_raises_no_signal,
		close_does_not_wait_for_a_peer_that_has_gone,
		the_first_error_is_the_one_that_is_told,
		without_memory_for_a_queue_the_connection_is_lost,
		what_never_queues_has_no_queue,
		a_handler_for_broken_pipes_is_left_alone,
	};

	return NET_MAIN("transport_lost", tests);
}
