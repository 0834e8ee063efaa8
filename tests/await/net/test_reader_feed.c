/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Readers that the program feeds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "net/reading.h"

NET_TEST(what_is_fed_is_read)
{
	aw_reader *reader = new_reader(0);
	char buffer[16];

	feed(reader, "hello ");
	feed(reader, "");
	feed(reader, "world");
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 11);
	ck_assert_mem_eq(buffer, "hello world", 11);
	aw_reader_free(reader);
}

NET_TEST(the_end_is_fed)
{
	aw_reader *reader = new_reader(0);
	char buffer[16];

	feed(reader, "last");
	aw_reader_feed_eof(reader);
	aw_reader_feed_eof(reader);
	ck_assert(!aw_reader_at_eof(reader));
	ck_assert_int_eq(aw_reader_feed_data(reader, "x", 1), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 4);
	ck_assert(aw_reader_at_eof(reader));
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 0);
	ck_assert(aw_reader_at_eof(reader));
	aw_reader_free(reader);
}

static int
run_read(void *arg)
{
	struct reading *reading = arg;

	reading->n = aw_reader_read(reading->reader, reading->text, 16);
	reading->ended = true;
	return 0;
}

static int
run_readexactly(void *arg)
{
	struct reading *reading = arg;

	reading->n = aw_reader_readexactly(reading->reader, reading->text, 6);
	reading->ended = true;
	return 0;
}

static int
run_readline(void *arg)
{
	struct reading *reading = arg;
	const char *line = NULL;
	ssize_t n = aw_reader_readline(reading->reader, &line);

	return end_reading(reading, n, line);
}

static int
run_peek(void *arg)
{
	struct reading *reading = arg;
	const void *data = NULL;
	ssize_t n = aw_reader_peek(reading->reader, &data);

	return end_reading(reading, n, data);
}

NET_TEST(feeding_wakes_who_waits)
{
	static aw_coroutine *const calls[] = {
		run_read, run_readexactly, run_readline, run_peek,
	};
	struct reading reading;
	aw_reader *reader;
	aw_task *task;
	size_t i;

	for (i = 0; i < 4; i++) {
		reader = new_reader(0);
		task = start_reading(&reading, reader, calls[i]);
		feed(reader, "bytes\n");
		net_join(task);
		ck_assert_int_eq(reading.n, 6);
		ck_assert_mem_eq(reading.text, "bytes\n", 6);
		aw_reader_free(reader);
	}
}

NET_TEST(what_is_fed_in_pieces_is_put_together)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_readline);

	feed(reader, "by");
	net_turns(3);
	ck_assert(!reading.ended);
	feed(reader, "tes\nmore");
	net_join(task);
	ck_assert_int_eq(reading.n, 6);
	task = net_spawn(run_readexactly, &reading);
	net_turns(3);
	feed(reader, "!!!");
	net_join(task);
	ck_assert_int_eq(reading.n, 6);
	ck_assert_mem_eq(reading.text, "more!!", 6);
	aw_reader_free(reader);
}

NET_TEST(the_end_wakes_who_waits)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read);

	aw_reader_feed_eof(reader);
	net_join(task);
	ck_assert_int_eq(reading.n, 0);
	aw_reader_free(reader);
}

NET_TEST(an_error_comes_before_data)
{
	aw_reader *reader = new_reader(0);
	const char *line;
	char buffer[4], *all;
	const void *data;

	ck_assert_int_eq(aw_reader_error(reader), 0);
	feed(reader, "line\n");
	aw_reader_set_error(reader, -EPROTO);
	ck_assert_int_eq(aw_reader_error(reader), -EPROTO);
	ck_assert_int_eq(aw_reader_read(reader, buffer, 4), -EPROTO);
	ck_assert_int_eq(aw_reader_readexactly(reader, buffer, 4), -EPROTO);
	ck_assert_int_eq(aw_reader_readline(reader, &line), -EPROTO);
	ck_assert_int_eq(aw_reader_readuntil(reader, "e", 1, &line), -EPROTO);
	ck_assert_int_eq(aw_reader_peek(reader, &data), -EPROTO);
	ck_assert_int_eq(aw_reader_read_all(reader, 0, &all), -EPROTO);
	aw_reader_free(reader);
}

NET_TEST(an_error_wakes_who_waits)
{
	static aw_coroutine *const calls[] = {
		run_read, run_readexactly, run_readline, run_peek,
	};
	struct reading reading;
	aw_reader *reader;
	aw_task *task;
	size_t i;

	for (i = 0; i < 4; i++) {
		reader = new_reader(0);
		task = start_reading(&reading, reader, calls[i]);
		aw_reader_set_error(reader, -EPROTO);
		net_join(task);
		ck_assert_int_eq(reading.n, -EPROTO);
		aw_reader_free(reader);
	}
}

NET_TEST(an_error_after_the_waiter_was_cancelled_is_kept)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read);

	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(reading.n, -ECANCELED);
	aw_reader_set_error(reader, -EPROTO);
	ck_assert_int_eq(aw_reader_error(reader), -EPROTO);
	aw_reader_free(reader);
}

NET_TEST(the_limit_holds_for_what_is_fed)
{
	aw_reader *reader = new_reader(3);
	const char *line;
	char buffer[8];

	feed(reader, "long\n");
	ck_assert_int_eq(aw_reader_readline(reader, &line), AW_ELIMIT);
	feed(reader, "abc\nrest");
	ck_assert_int_eq(aw_reader_readline(reader, &line), 4);
	ck_assert_int_eq(aw_reader_readuntil(reader, "x", 1, &line), AW_ELIMIT);
	/* No limit for these. */
	ck_assert_int_eq(aw_reader_readexactly(reader, buffer, 4), 4);
	aw_reader_free(reader);
}

NET_TEST(one_at_a_time_waits)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read);
	char byte;

	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), -EBUSY);
	aw_reader_feed_eof(reader);
	net_join(task);
	aw_reader_free(reader);
}

NET_TEST(without_memory_nothing_is_fed)
{
	aw_reader *reader = new_reader(0);
	char byte;
	int err;

	feed(reader, "x");
	fail_call("malloc", 1, 1, ENOMEM);
	err = aw_reader_feed_data(reader, net_received, NET_LARGE);
	ck_assert(fail_stop());
	ck_assert_int_eq(err, -ENOMEM);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	aw_reader_free(reader);
	fail_call("calloc", 1, 1, ENOMEM);
	reader = aw_reader_new(aw_get_running_loop(), 0);
	ck_assert(fail_stop());
	ck_assert_ptr_null(reader);
}

NET_TEST(what_a_socket_brought_comes_before_what_is_fed)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "socket ");
	feed(pair.reader, "program");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 14), 14);
	ck_assert_mem_eq(buffer, "socket program", 14);
	/* And it goes on. */
	net_send_text(pair.peer, "!");
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 16), 1);
	net_pair_free(&pair);
}

NET_TEST(feeding_wakes_who_waits_for_a_socket)
{
	struct net_pair pair;
	struct reading reading;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start_reading(&reading, pair.reader, run_readexactly);
	feed(pair.reader, "abc");
	net_turns(3);
	net_send_text(pair.peer, "def");
	net_join(task);
	ck_assert_int_eq(reading.n, 6);
	ck_assert_mem_eq(reading.text, "abcdef", 6);
	net_pair_free(&pair);
}

NET_TEST(after_the_end_nothing_is_fed)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 0);
	ck_assert_int_eq(aw_reader_feed_data(pair.reader, "x", 1),
	    AW_EINVALIDSTATE);
	net_pair_free(&pair);
	net_unix_pair(&pair, NULL);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_reader_feed_data(pair.reader, "x", 1),
	    AW_EINVALIDSTATE);
	net_pair_free(&pair);
}

NET_TEST(the_readers_error_is_that_of_drain)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	ck_assert_int_eq(aw_writer_drain(pair.writer), 0);
	aw_reader_set_error(pair.reader, -EPROTO);
	ck_assert_int_eq(aw_writer_drain(pair.writer), -EPROTO);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		what_is_fed_is_read,
		the_end_is_fed,
		feeding_wakes_who_waits,
		what_is_fed_in_pieces_is_put_together,
		the_end_wakes_who_waits,
		an_error_comes_before_data,
		an_error_wakes_who_waits,
		an_error_after_the_waiter_was_cancelled_is_kept,
		the_limit_holds_for_what_is_fed,
		one_at_a_time_waits,
		without_memory_nothing_is_fed,
		what_a_socket_brought_comes_before_what_is_fed,
		feeding_wakes_who_waits_for_a_socket,
		after_the_end_nothing_is_fed,
		the_readers_error_is_that_of_drain,
	};

	return NET_MAIN("reader_feed", tests);
}
