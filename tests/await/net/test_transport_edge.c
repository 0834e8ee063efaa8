/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A stream is told once of what arrives: what must not be left lying then.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"

static char text[64];

/* Reads in pieces of at most so many bytes until the end, or the error. */
static ssize_t
read_all(aw_reader *reader, size_t piece)
{
	size_t length = 0;
	ssize_t n;

	memset(text, 0, sizeof(text));
	do {
		n = aw_reader_read(reader, text + length, piece);
		if (n > 0)
			length += (size_t)n;
	} while (n > 0);
	return n;
}

NET_TEST(the_end_behind_a_short_read_is_seen)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	/* It waits, so that one event tells of both. */
	task = net_start(&call, &pair, net_read);
	net_send_text(pair.peer, "ab");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(call.result, 1);
	ck_assert_int_eq(read_all(pair.reader, 32), 0);
	ck_assert_str_eq(text, "b");
	net_pair_free(&pair);
}

NET_TEST(what_a_full_read_leaves_is_read)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	net_send_text(pair.peer, "0123456789");
	ck_assert_int_eq(net_join(task), 0);
	net_turns(3);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(read_all(pair.reader, 3), 0);
	ck_assert_str_eq(text, "123456789");
	net_pair_free(&pair);
}

/* A receive stops short of TCP's urgent data, and again behind it. */
NET_TEST(bytes_behind_urgent_data_are_read)
{
	struct net_pair pair;
	struct net_call call;
	char bytes[3];
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	ck_assert_int_eq(send(pair.peer, "abU", 3, MSG_OOB), 3);
	net_send_text(pair.peer, "cd");
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, bytes, 3), 3);
	ck_assert_mem_eq(bytes, "bcd", 3);
	net_pair_free(&pair);
}

NET_TEST(what_came_while_nobody_read_is_read)
{
	struct net_pair pair;
	struct net_call call;
	char bytes[4];
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	net_send_text(pair.peer, "a");
	ck_assert_int_eq(net_join(task), 0);
	net_send_text(pair.peer, "bc");
	net_turns(3);
	net_send_text(pair.peer, "de");
	net_turns(3);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, bytes, 4), 4);
	ck_assert_mem_eq(bytes, "bcde", 4);
	net_pair_free(&pair);
}

NET_TEST(what_came_while_reading_was_paused_is_read)
{
	struct net_pair pair;
	struct net_call call;
	aw_transport *transport;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	transport = aw_writer_transport(pair.writer);
	task = net_start(&call, &pair, net_read);
	net_send_text(pair.peer, "ab");
	ck_assert_int_eq(net_join(task), 0);
	/* The read was full, so there may be more. */
	aw_transport_pause_reading(transport);
	task = net_start(&call, &pair, net_read);
	net_turns(5);
	ck_assert(!call.ended);
	aw_transport_resume_reading(transport);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(call.result, 1);
	net_pair_free(&pair);
}

static int
count_turns(void *arg)
{
	unsigned *turns = arg;

	while (aw_sleep(0) == 0)
		(*turns)++;
	return 0;
}

NET_TEST(others_have_their_turn_between_full_reads)
{
	struct net_pair pair;
	unsigned turns = 0;
	aw_task *counter;
	char byte;
	int i;

	net_tcp_pair(&pair, NULL);
	net_send_text(pair.peer, "0123456789");
	counter = net_spawn(count_turns, &turns);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	/* All but the first one wait for a turn, in which it begins. */
	ck_assert_uint_ge(turns, 8);
	aw_cancel(counter);
	ck_assert_int_eq(net_join(counter), 0);
	net_pair_free(&pair);
}

NET_TEST(a_read_that_lets_others_go_first_can_be_cancelled)
{
	struct net_pair pair;
	struct net_call call = { .pair = &pair };
	char byte;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	net_send_text(pair.peer, "ab");
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	task = net_spawn(net_read, &call);
	net_turns(1);
	ck_assert(!call.ended);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(call.result, -ECANCELED);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	ck_assert_int_eq(byte, 'b');
	net_pair_free(&pair);
}

NET_TEST(a_reset_while_nobody_reads_is_told_to_the_next_read)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;
	char byte;

	net_tcp_pair(&pair, NULL);
	task = net_start(&call, &pair, net_read);
	net_send_text(pair.peer, "a");
	ck_assert_int_eq(net_join(task), 0);
	net_reset(pair.peer);
	pair.peer = -1;
	net_turns(5);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -ECONNRESET);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_end_behind_a_short_read_is_seen,
		what_a_full_read_leaves_is_read,
		bytes_behind_urgent_data_are_read,
		what_came_while_nobody_read_is_read,
		what_came_while_reading_was_paused_is_read,
		others_have_their_turn_between_full_reads,
		a_read_that_lets_others_go_first_can_be_cancelled,
		a_reset_while_nobody_reads_is_told_to_the_next_read,
	};

	return NET_MAIN("transport_edge", tests);
}
