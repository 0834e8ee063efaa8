/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reading all there is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/reading.h"

static int
run_read_all(void *arg)
{
	struct reading *reading = arg;
	char *all;

	reading->n = aw_reader_read_all(reading->reader, 10, &all);
	if (reading->n >= 0) {
		memcpy(reading->text, all, (size_t)reading->n + 1);
		free(all);
	}
	reading->ended = true;
	return 0;
}

NET_TEST(all_is_read_to_the_end)
{
	aw_reader *reader = new_reader(2);
	char *all;

	feed(reader, "more than ");
	feed(reader, "the limit");
	aw_reader_feed_eof(reader);
	ck_assert_int_eq(aw_reader_read_all(reader, 0, &all), 19);
	ck_assert_str_eq(all, "more than the limit");
	free(all);
	/* Then there is nothing, which is a text too. */
	ck_assert_int_eq(aw_reader_read_all(reader, 0, &all), 0);
	ck_assert_str_eq(all, "");
	free(all);
	ck_assert(aw_reader_at_eof(reader));
	aw_reader_free(reader);
}

NET_TEST(read_all_waits_for_the_end)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read_all);

	feed(reader, "chunk");
	net_turns(3);
	ck_assert(!reading.ended);
	feed(reader, "ed");
	aw_reader_feed_eof(reader);
	net_join(task);
	ck_assert_int_eq(reading.n, 7);
	ck_assert_str_eq(reading.text, "chunked");
	aw_reader_free(reader);
}

NET_TEST(read_all_has_a_bound)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read_all);
	char buffer[16];

	feed(reader, "0123456789");
	net_turns(3);
	ck_assert(!reading.ended);
	feed(reader, "x");
	net_join(task);
	ck_assert_int_eq(reading.n, AW_ELIMIT);
	/* What came stays. */
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 11);
	aw_reader_free(reader);
}

NET_TEST(read_all_that_is_cancelled_loses_nothing)
{
	struct reading reading;
	aw_reader *reader = new_reader(0);
	aw_task *task = start_reading(&reading, reader, run_read_all);
	char buffer[16];

	feed(reader, "abc");
	net_turns(3);
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(reading.n, -ECANCELED);
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 3);
	aw_reader_free(reader);
}

NET_TEST(read_all_of_a_socket)
{
	struct net_pair pair, peer;
	unsigned char *all;
	const void *data;

	net_unix_pair(&pair, NULL);
	net_adopt_peer(&pair, &peer);
	net_fill(net_received, NET_LARGE, 0);
	aw_writer_write(peer.writer, net_received, NET_LARGE);
	aw_writer_write_eof(peer.writer);
	/* What is lent before comes as well. */
	ck_assert_int_gt(aw_reader_peek(pair.reader, &data), 0);
	ck_assert_int_eq(aw_reader_read_all(pair.reader, NET_LARGE,
	    (char **)&all), NET_LARGE);
	net_check(all, NET_LARGE, 0);
	free(all);
	net_pair_free(&peer);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		all_is_read_to_the_end,
		read_all_waits_for_the_end,
		read_all_has_a_bound,
		read_all_that_is_cancelled_loses_nothing,
		read_all_of_a_socket,
	};

	return NET_MAIN("reader_all", tests);
}
