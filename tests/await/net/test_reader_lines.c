/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * readline: ends, limits, cancellations.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/reading.h"

#define LARGE (200 * 1024)

static char data[LARGE];

NET_TEST(readline_gives_the_line_with_its_end)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\n");
	check_line(&pair, "one\n");
	net_pair_free(&pair);
}

NET_TEST(lines_that_come_together_are_told_apart)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\n\nthree\nfour");
	check_line(&pair, "one\n");
	check_line(&pair, "\n");
	check_line(&pair, "three\n");
	check_rest(&pair, "four");
	net_pair_free(&pair);
}

NET_TEST(a_line_that_comes_in_pieces_is_put_together)
{
	struct net_pair pair;
	struct reading reading;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start_readuntil(&reading, pair.reader, "\n");
	net_send_text(pair.peer, "on");
	net_turns(3);
	net_send_text(pair.peer, "e");
	net_turns(3);
	ck_assert(!reading.ended);
	net_send_text(pair.peer, "\ntwo\n");
	net_join(task);
	ck_assert_int_eq(reading.n, 4);
	ck_assert_str_eq(reading.text, "one\n");
	check_line(&pair, "two\n");
	net_pair_free(&pair);
}

NET_TEST(the_last_line_need_not_have_an_end)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\nlast");
	shutdown(pair.peer, SHUT_WR);
	check_line(&pair, "one\n");
	check_line(&pair, "last");
	ck_assert(aw_reader_at_eof(pair.reader));
	check_line(&pair, "");
	check_line(&pair, "");
	net_pair_free(&pair);
}

NET_TEST(readline_waits_for_the_end_of_the_stream)
{
	struct net_pair pair;
	struct reading reading;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "part");
	task = start_readuntil(&reading, pair.reader, "\n");
	shutdown(pair.peer, SHUT_WR);
	net_join(task);
	ck_assert_int_eq(reading.n, AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair.reader), 4);
	net_pair_free(&pair);
}

NET_TEST(a_line_with_zero_bytes_is_a_line)
{
	struct net_pair pair;
	const char *line;

	net_unix_pair(&pair, NULL);
	net_send(pair.peer, "a\0b\0\n", 5);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 5);
	ck_assert_mem_eq(line, "a\0b\0\n", 5);
	net_pair_free(&pair);
}

NET_TEST(a_line_may_be_as_long_as_the_limit)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "12345\n");
	check_line(&pair, "12345\n");
	net_pair_free(&pair);
}

NET_TEST(a_line_beyond_the_limit_is_dropped_to_its_end)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;
	const char *line;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "123456\nnext\n");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), AW_ELIMIT);
	check_line(&pair, "next\n");
	net_pair_free(&pair);
}

NET_TEST(a_line_beyond_the_limit_is_dropped_as_far_as_it_came)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;
	const char *line;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "123456");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), AW_ELIMIT);
	/* What comes of it later is a line by itself. */
	net_send_text(pair.peer, "789\nnext\n");
	check_line(&pair, "789\n");
	check_line(&pair, "next\n");
	net_pair_free(&pair);
}

/* A task that sends a line of so many bytes and its end. */
struct long_line {
	int fd;
	size_t size;
};

static int
send_long_line(void *arg)
{
	struct long_line *line = arg;

	memset(data, 'x', line->size);
	data[line->size] = '\n';
	net_send(line->fd, data, line->size + 1);
	return 0;
}

/* Sends a line and reads it; what readline says. */
static ssize_t
read_long_line(struct net_pair *pair, size_t size)
{
	struct long_line line = { pair->peer, size };
	aw_task *task = net_spawn(send_long_line, &line);
	const char *found;
	ssize_t n = aw_reader_readline(pair->reader, &found);

	if (n > 0)
		ck_assert_mem_eq(found, data, n);
	aw_cancel(task);
	(void)!net_join(task);
	return n;
}

NET_TEST(the_default_limit_is_64_kib)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	ck_assert_int_eq(read_long_line(&pair, 65536), 65537);
	ck_assert_int_eq(read_long_line(&pair, 65537), AW_ELIMIT);
	net_pair_free(&pair);
}

NET_TEST(a_large_limit_allows_long_lines)
{
	aw_connection_options options = { .limit = LARGE };
	struct net_pair pair;

	net_unix_pair(&pair, &options);
	ck_assert_int_eq(read_long_line(&pair, LARGE - 1), LARGE);
	ck_assert_int_eq(read_long_line(&pair, 3), 4);
	net_pair_free(&pair);
}

NET_TEST(a_readline_that_is_cancelled_loses_nothing)
{
	struct net_pair pair;
	struct reading reading;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start_readuntil(&reading, pair.reader, "\n");
	net_send_text(pair.peer, "on");
	net_turns(3);
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(reading.n, -ECANCELED);
	net_send_text(pair.peer, "e\n");
	check_line(&pair, "one\n");
	net_pair_free(&pair);
}

NET_TEST(a_timeout_of_readline_loses_nothing)
{
	struct net_pair pair;
	aw_timeout *timeout;
	const char *line;
	ssize_t n;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "on");
	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	n = aw_reader_readline(pair.reader, &line);
	ck_assert_int_eq(aw_timeout_exit(timeout, (int)n), -ETIMEDOUT);
	net_send_text(pair.peer, "e\n");
	check_line(&pair, "one\n");
	net_pair_free(&pair);
}

NET_TEST(lines_and_reads_may_be_mixed)
{
	struct net_pair pair;
	char buffer[8];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "4 bytes\nabcdnext\nrest");
	check_line(&pair, "4 bytes\n");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 4), 4);
	ck_assert_mem_eq(buffer, "abcd", 4);
	check_line(&pair, "next\n");
	check_rest(&pair, "rest");
	net_pair_free(&pair);
}

NET_TEST(a_line_stays_valid_while_others_receive)
{
	struct net_pair one, two;
	const char *first, *second;
	const void *lent;

	net_unix_pair(&one, NULL);
	net_unix_pair(&two, NULL);
	net_send_text(one.peer, "first\n");
	net_send_text(two.peer, "second\n");
	/* Both come by way of the loop's one receive buffer. */
	ck_assert_int_eq(aw_reader_peek(one.reader, &lent), 6);
	ck_assert_int_eq(aw_reader_readline(one.reader, &first), 6);
	ck_assert_int_eq(aw_reader_peek(two.reader, &lent), 7);
	ck_assert_int_eq(aw_reader_readline(two.reader, &second), 7);
	net_turns(2);
	ck_assert_mem_eq(first, "first\n", 6);
	ck_assert_mem_eq(second, "second\n", 7);
	net_pair_free(&one);
	net_pair_free(&two);
}

NET_TEST(lines_that_are_there_are_given_without_waiting)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\ntwo\n");
	check_line(&pair, "one\n");
	/* Delivered only by a call that waits. */
	aw_cancel(aw_current_task());
	check_line(&pair, "two\n");
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	aw_task_uncancel(aw_current_task());
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		readline_gives_the_line_with_its_end,
		lines_that_come_together_are_told_apart,
		a_line_that_comes_in_pieces_is_put_together,
		the_last_line_need_not_have_an_end,
		readline_waits_for_the_end_of_the_stream,
		a_line_with_zero_bytes_is_a_line,
		a_line_may_be_as_long_as_the_limit,
		a_line_beyond_the_limit_is_dropped_to_its_end,
		a_line_beyond_the_limit_is_dropped_as_far_as_it_came,
		the_default_limit_is_64_kib,
		a_large_limit_allows_long_lines,
		a_readline_that_is_cancelled_loses_nothing,
		a_timeout_of_readline_loses_nothing,
		lines_and_reads_may_be_mixed,
		a_line_stays_valid_while_others_receive,
		lines_that_are_there_are_given_without_waiting,
	};

	return NET_MAIN("reader_lines", tests);
}
