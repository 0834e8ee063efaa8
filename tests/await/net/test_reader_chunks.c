/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Readers whose bytes come in pieces of any size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"

/* A call that waits while the reader is fed these pieces, then the end. */
struct chunks {
	const char *pieces[5];
	bool no_end;
	aw_reader *reader;
	aw_coroutine *run;
	const char *separator;
	size_t size;      /* of readexactly */
	ssize_t n;
	char text[64];    /* what it gave */
};

static int
feed_all(void *arg)
{
	struct chunks *chunks = arg;
	size_t i;

	for (i = 0; i < 5 && chunks->pieces[i] != NULL; i++)
		ck_assert_int_eq(aw_reader_feed_data(chunks->reader,
		    chunks->pieces[i], strlen(chunks->pieces[i])), 0);
	if (!chunks->no_end)
		aw_reader_feed_eof(chunks->reader);
	return 0;
}

static int
keep(struct chunks *chunks, ssize_t n, const char *data)
{
	chunks->n = n;
	if (n > 0)
		memcpy(chunks->text, data, (size_t)n);
	return 0;
}

static int
run_readline(void *arg)
{
	struct chunks *chunks = arg;
	const char *data;
	ssize_t n = aw_reader_readline(chunks->reader, &data);

	return keep(chunks, n, data);
}

static int
run_readuntil(void *arg)
{
	struct chunks *chunks = arg;
	const char *data;
	ssize_t n = aw_reader_readuntil(chunks->reader, chunks->separator,
	    strlen(chunks->separator), &data);

	return keep(chunks, n, data);
}

static int
run_readexactly(void *arg)
{
	struct chunks *chunks = arg;

	chunks->n = aw_reader_readexactly(chunks->reader, chunks->text,
	    chunks->size);
	return 0;
}

static int
run_read(void *arg)
{
	struct chunks *chunks = arg;

	chunks->n = aw_reader_read(chunks->reader, chunks->text,
	    sizeof(chunks->text));
	return 0;
}

/* Feeds first, or has the call wait before that. */
static void
run_chunks(struct chunks *chunks, size_t limit, bool wait)
{
	aw_task *task = NULL;

	chunks->reader = aw_reader_new(aw_get_running_loop(), limit);
	ck_assert_ptr_nonnull(chunks->reader);
	memset(chunks->text, 0, sizeof(chunks->text));
	if (wait) {
		task = net_spawn(chunks->run, chunks);
		net_turns(2);
	}
	feed_all(chunks);
	if (wait)
		net_join(task);
	else
		chunks->run(chunks);
}

/* What is left in the reader, which goes. */
static void
check_rest(struct chunks *chunks, const char *expected)
{
	char *rest;

	aw_reader_feed_eof(chunks->reader);
	ck_assert_int_eq(aw_reader_read_all(chunks->reader, 0, &rest),
	    strlen(expected));
	ck_assert_str_eq(rest, expected);
	free(rest);
	aw_reader_free(chunks->reader);
}

NET_TEST(a_line_is_put_together_and_the_rest_stays)
{
	struct chunks chunks = {
		.pieces = { "chunk1 ", "chunk2 ", "chunk3 ", "\n chunk4" },
		.run = run_readline,
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 0, i == 1);
		ck_assert_int_eq(chunks.n, 22);
		ck_assert_str_eq(chunks.text, "chunk1 chunk2 chunk3 \n");
		check_rest(&chunks, " chunk4");
	}
}

NET_TEST(a_long_line_in_pieces_is_dropped_with_its_end)
{
	struct chunks chunks = {
		.pieces = { "chunk1", "chunk2", "chunk3\n" },
		.run = run_readline,
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 7, i == 1);
		ck_assert_int_eq(chunks.n, AW_ELIMIT);
		check_rest(&chunks, "");
	}
}

NET_TEST(the_line_after_a_long_one_stays)
{
	struct chunks chunks = {
		.pieces = { "chunk1", "chunk2\n", "chunk3\n" },
		.run = run_readline,
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 7, i == 1);
		ck_assert_int_eq(chunks.n, AW_ELIMIT);
		check_rest(&chunks, "chunk3\n");
	}
}

NET_TEST(the_limit_is_met_to_the_byte)
{
	struct chunks chunks = {
		.pieces = { "1234567\n" }, .run = run_readline,
	};

	run_chunks(&chunks, 7, false);
	ck_assert_int_eq(chunks.n, 8);
	check_rest(&chunks, "");
	chunks.pieces[0] = "12345678\n";
	run_chunks(&chunks, 7, false);
	ck_assert_int_eq(chunks.n, AW_ELIMIT);
	check_rest(&chunks, "");
	chunks.pieces[0] = "12345678";
	chunks.no_end = true;
	run_chunks(&chunks, 7, false);
	ck_assert_int_eq(chunks.n, AW_ELIMIT);
	check_rest(&chunks, "");
}

NET_TEST(a_line_that_the_end_cuts_off)
{
	struct chunks chunks = { .pieces = { "some data" }, .run = run_readline };
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 0, i == 1);
		ck_assert_int_eq(chunks.n, 9);
		ck_assert_str_eq(chunks.text, "some data");
		check_rest(&chunks, "");
	}
}

NET_TEST(no_line_before_the_end)
{
	struct chunks chunks = { .run = run_readline };
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 0, i == 1);
		ck_assert_int_eq(chunks.n, 0);
		check_rest(&chunks, "");
	}
}

NET_TEST(separators_that_begin_again_within_themselves)
{
	static const struct {
		const char *pieces[5];
		const char *expected, *rest;
	} cases[] = {
		{ { "QWEaa", "XYaa", "a" }, "QWEaaXYaaa", "" },
		{ { "QWEaa", "XYa", "aa" }, "QWEaaXYaaa", "" },
		{ { "aaa" }, "aaa", "" },
		{ { "Xaaa" }, "Xaaa", "" },
		{ { "XXX", "a", "a", "a" }, "XXXaaa", "" },
		{ { "aa", "Xaaaa", "a" }, "aaXaaa", "aa" },
	};
	struct chunks chunks = { .run = run_readuntil, .separator = "aaa" };
	size_t i;

	for (i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(chunks.pieces, cases[i / 2].pieces,
		    sizeof(chunks.pieces));
		run_chunks(&chunks, 0, i % 2 == 1);
		ck_assert_str_eq(chunks.text, cases[i / 2].expected);
		ck_assert_int_eq(chunks.n, strlen(cases[i / 2].expected));
		check_rest(&chunks, cases[i / 2].rest);
	}
}

NET_TEST(a_separator_that_the_end_cuts_off)
{
	struct chunks chunks = {
		.pieces = { "some dataAA" }, .run = run_readuntil,
		.separator = "AAA",
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 0, i == 1);
		ck_assert_int_eq(chunks.n, AW_EINCOMPLETE);
		ck_assert_uint_eq(aw_reader_partial(chunks.reader), 11);
		check_rest(&chunks, "");
	}
}

NET_TEST(a_separator_beyond_the_limit_leaves_everything)
{
	struct chunks chunks = {
		.pieces = { "some dataAA" }, .run = run_readuntil,
		.separator = "AAA", .no_end = true,
	};

	run_chunks(&chunks, 3, false);
	ck_assert_int_eq(chunks.n, AW_ELIMIT);
	ck_assert_int_eq(aw_reader_feed_data(chunks.reader, "A", 1), 0);
	run_readuntil(&chunks);
	ck_assert_int_eq(chunks.n, AW_ELIMIT);
	check_rest(&chunks, "some dataAAA");
}

NET_TEST(so_many_bytes_are_put_together_and_the_rest_stays)
{
	struct chunks chunks = {
		.pieces = { "data\n", "data\n", "data\n" },
		.run = run_readexactly, .size = 10,
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 3, i == 1);
		ck_assert_int_eq(chunks.n, 10);
		ck_assert_mem_eq(chunks.text, "data\ndata\n", 10);
		check_rest(&chunks, "data\n");
	}
}

NET_TEST(no_bytes_at_all_are_had_at_once)
{
	struct chunks chunks = {
		.pieces = { "data" }, .run = run_readexactly, .no_end = true,
	};

	run_chunks(&chunks, 0, false);
	ck_assert_int_eq(chunks.n, 0);
	check_rest(&chunks, "data");
}

NET_TEST(fewer_bytes_than_that_are_incomplete)
{
	struct chunks chunks = {
		.pieces = { "da", "ta" }, .run = run_readexactly, .size = 8,
	};
	int i;

	for (i = 0; i < 2; i++) {
		run_chunks(&chunks, 0, i == 1);
		ck_assert_int_eq(chunks.n, AW_EINCOMPLETE);
		ck_assert_uint_eq(aw_reader_partial(chunks.reader), 4);
		ck_assert_mem_eq(chunks.text, "data", 4);
		check_rest(&chunks, "");
	}
}

NET_TEST(read_stops_neither_at_lines_nor_at_the_limit)
{
	struct chunks chunks = {
		.pieces = { "line1\n", "line2" }, .run = run_read,
	};

	run_chunks(&chunks, 3, false);
	ck_assert_int_eq(chunks.n, 11);
	ck_assert_mem_eq(chunks.text, "line1\nline2", 11);
	check_rest(&chunks, "");
}

NET_TEST(an_error_in_the_middle_ends_it)
{
	struct chunks chunks = {
		.pieces = { "line\n" }, .run = run_readexactly, .size = 2,
		.no_end = true,
	};
	const char *line;

	run_chunks(&chunks, 0, false);
	ck_assert_int_eq(chunks.n, 2);
	aw_reader_set_error(chunks.reader, -EPROTO);
	run_readexactly(&chunks);
	ck_assert_int_eq(chunks.n, -EPROTO);
	ck_assert_int_eq(aw_reader_readline(chunks.reader, &line), -EPROTO);
	aw_reader_free(chunks.reader);
}

NET_TEST(all_of_a_pipe_beyond_the_limit)
{
	aw_connection_options options = { .limit = 1 };
	aw_reader *reader;
	char *all;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(aw_open_read_pipe(aw_get_running_loop(), ends[0],
	    &options, &reader), 0);
	ck_assert_int_eq(write(ends[1], "data", 4), 4);
	close(ends[1]);
	ck_assert_int_eq(aw_reader_read_all(reader, 0, &all), 4);
	ck_assert_str_eq(all, "data");
	free(all);
	aw_reader_free(reader);
}

NET_TEST(close_with_bytes_that_nobody_read)
{
	struct net_pair pair;
	const char *line;

	net_tcp_pair(&pair, NULL);
	net_send_text(pair.peer, "line\nunread");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 5);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), 0);
	ck_assert_int_eq(aw_reader_error(pair.reader), 0);
	net_pair_free(&pair);
}

NET_TEST(who_only_writes_and_drains_learns_of_the_end)
{
	struct net_pair pair;
	int err = 0, i;

	net_tcp_pair(&pair, NULL);
	close(pair.peer);
	pair.peer = -1;
	for (i = 0; i < 1000000 && err == 0; i++) {
		aw_writer_write(pair.writer, "foo\n", 4);
		err = aw_writer_drain(pair.writer);
	}
	ck_assert_msg(err == -ECONNRESET || err == -EPIPE, "it was %d", err);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_line_is_put_together_and_the_rest_stays,
		a_long_line_in_pieces_is_dropped_with_its_end,
		the_line_after_a_long_one_stays,
		the_limit_is_met_to_the_byte,
		a_line_that_the_end_cuts_off,
		no_line_before_the_end,
		separators_that_begin_again_within_themselves,
		a_separator_that_the_end_cuts_off,
		a_separator_beyond_the_limit_leaves_everything,
		so_many_bytes_are_put_together_and_the_rest_stays,
		no_bytes_at_all_are_had_at_once,
		fewer_bytes_than_that_are_incomplete,
		read_stops_neither_at_lines_nor_at_the_limit,
		an_error_in_the_middle_ends_it,
		all_of_a_pipe_beyond_the_limit,
		close_with_bytes_that_nobody_read,
		who_only_writes_and_drains_learns_of_the_end,
	};

	return NET_MAIN("reader_chunks", tests);
}
