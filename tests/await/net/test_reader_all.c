/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reading all there is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/net.h"

static aw_reader *
new_reader(size_t limit)
{
	aw_reader *reader = aw_reader_new(aw_get_running_loop(), limit);

	ck_assert_ptr_nonnull(reader);
	return reader;
}

static void
feed(aw_reader *reader, const char *text)
{
	ck_assert_int_eq(aw_reader_feed_data(reader, text, strlen(text)), 0);
}

struct waiting {
	aw_reader *reader;
	char buffer[16];
	ssize_t n;
	bool ended;
};

static aw_task *
start(struct waiting *waiting, aw_reader *reader, aw_coroutine *run)
{
	aw_task *task;

	memset(waiting, 0, sizeof(*waiting));
	waiting->reader = reader;
	task = net_spawn(run, waiting);
	net_turns(2);
	ck_assert(!waiting->ended);
	return task;
}

static int
run_read_all(void *arg)
{
	struct waiting *waiting = arg;
	char *all;

	waiting->n = aw_reader_read_all(waiting->reader, 10, &all);
	if (waiting->n >= 0) {
		memcpy(waiting->buffer, all, (size_t)waiting->n + 1);
		free(all);
	}
	waiting->ended = true;
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
	struct waiting waiting;
	aw_reader *reader = new_reader(0);
	aw_task *task = start(&waiting, reader, run_read_all);

	feed(reader, "chunk");
	net_turns(3);
	ck_assert(!waiting.ended);
	feed(reader, "ed");
	aw_reader_feed_eof(reader);
	net_join(task);
	ck_assert_int_eq(waiting.n, 7);
	ck_assert_str_eq(waiting.buffer, "chunked");
	aw_reader_free(reader);
}

NET_TEST(read_all_has_a_bound)
{
	struct waiting waiting;
	aw_reader *reader = new_reader(0);
	aw_task *task = start(&waiting, reader, run_read_all);
	char buffer[16];

	feed(reader, "0123456789");
	net_turns(3);
	ck_assert(!waiting.ended);
	feed(reader, "x");
	net_join(task);
	ck_assert_int_eq(waiting.n, AW_ELIMIT);
	/* What came stays. */
	ck_assert_int_eq(aw_reader_read(reader, buffer, 16), 11);
	aw_reader_free(reader);
}

NET_TEST(read_all_that_is_cancelled_loses_nothing)
{
	struct waiting waiting;
	aw_reader *reader = new_reader(0);
	aw_task *task = start(&waiting, reader, run_read_all);
	char buffer[16];

	feed(reader, "abc");
	net_turns(3);
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(waiting.n, -ECANCELED);
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
