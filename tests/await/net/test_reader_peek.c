/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * peek and consume, and the receive buffer that all readers share.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* Peeks, and finds the text. */
static void
check_peek(struct net_pair *pair, const char *text)
{
	const void *lent;

	ck_assert_int_eq(aw_reader_peek(pair->reader, &lent), strlen(text));
	ck_assert_mem_eq(lent, text, strlen(text));
}

NET_TEST(peek_lends_what_has_come)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	check_peek(&pair, "hello");
	aw_reader_consume(pair.reader, 5);
	net_send_text(pair.peer, "again");
	check_peek(&pair, "again");
	net_pair_free(&pair);
}

NET_TEST(what_is_not_consumed_comes_again)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	check_peek(&pair, "hello");
	check_peek(&pair, "hello");
	aw_reader_consume(pair.reader, 2);
	check_peek(&pair, "llo");
	aw_reader_consume(pair.reader, 0);
	check_peek(&pair, "llo");
	net_pair_free(&pair);
}

NET_TEST(peek_copies_nothing_while_one_connection_is_busy)
{
	struct net_pair pair;
	const void *first, *second;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one");
	ck_assert_int_eq(aw_reader_peek(pair.reader, &first), 3);
	aw_reader_consume(pair.reader, 3);
	net_send_text(pair.peer, "two");
	ck_assert_int_eq(aw_reader_peek(pair.reader, &second), 3);
	ck_assert_ptr_eq(first, second);
	net_pair_free(&pair);
}

NET_TEST(consume_takes_no_more_than_there_is)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	check_peek(&pair, "hello");
	aw_reader_consume(pair.reader, 100);
	aw_reader_consume(pair.reader, 1);
	net_send_text(pair.peer, "next");
	check_peek(&pair, "next");
	net_pair_free(&pair);
}

NET_TEST(peek_at_the_end_of_the_stream_gives_0)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "end");
	shutdown(pair.peer, SHUT_WR);
	check_peek(&pair, "end");
	ck_assert(!aw_reader_at_eof(pair.reader));
	aw_reader_consume(pair.reader, 3);
	check_peek(&pair, "");
	check_peek(&pair, "");
	ck_assert(aw_reader_at_eof(pair.reader));
	net_pair_free(&pair);
}

static int
peek(void *arg)
{
	const void *lent;

	return (int)aw_reader_peek(arg, &lent);
}

NET_TEST(peek_waits_for_data)
{
	struct net_pair pair;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_spawn(peek, pair.reader);
	net_turns(3);
	ck_assert(!aw_future_done(task));
	net_send_text(pair.peer, "late");
	ck_assert_int_eq(net_join(task), 4);
	check_peek(&pair, "late");
	net_pair_free(&pair);
}

NET_TEST(a_peek_that_is_cancelled_takes_nothing)
{
	struct net_pair pair;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_spawn(peek, pair.reader);
	net_turns(2);
	net_send_text(pair.peer, "data");
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	check_peek(&pair, "data");
	net_pair_free(&pair);
}

NET_TEST(a_reset_ends_a_peek_that_waits)
{
	struct net_pair pair;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = net_spawn(peek, pair.reader);
	net_turns(2);
	net_reset(pair.peer);
	pair.peer = -1;
	ck_assert_int_eq(net_join(task), -ECONNRESET);
	net_pair_free(&pair);
}

NET_TEST(close_ends_a_peek_that_waits)
{
	struct net_pair pair;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = net_spawn(peek, pair.reader);
	net_turns(2);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(net_join(task), 0);
	net_pair_free(&pair);
}

NET_TEST(what_one_reader_left_survives_what_another_receives)
{
	struct net_pair one, two;

	net_unix_pair(&one, NULL);
	net_unix_pair(&two, NULL);
	net_send_text(one.peer, "first stream");
	net_send_text(two.peer, "second stream");
	check_peek(&one, "first stream");
	aw_reader_consume(one.reader, 6);
	check_peek(&two, "second stream");
	aw_reader_consume(two.reader, 7);
	check_peek(&one, "stream");
	check_peek(&two, "stream");
	net_pair_free(&one);
	net_pair_free(&two);
}

NET_TEST(read_takes_what_peek_left)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	check_peek(&pair, "hello");
	aw_reader_consume(pair.reader, 1);
	net_send_text(pair.peer, " world");
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 16), 4);
	ck_assert_mem_eq(buffer, "ello", 4);
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 16), 6);
	ck_assert_mem_eq(buffer, " world", 6);
	net_pair_free(&pair);
}

NET_TEST(readexactly_goes_on_from_what_peek_left)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	check_peek(&pair, "hello");
	aw_reader_consume(pair.reader, 2);
	net_send_text(pair.peer, " world");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 7), 7);
	ck_assert_mem_eq(buffer, "llo wor", 7);
	check_peek(&pair, "ld");
	net_pair_free(&pair);
}

NET_TEST(readline_goes_on_from_what_peek_left)
{
	struct net_pair pair;
	const char *line;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\ntw");
	check_peek(&pair, "one\ntw");
	aw_reader_consume(pair.reader, 1);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 3);
	ck_assert_mem_eq(line, "ne\n", 3);
	check_peek(&pair, "tw");
	net_send_text(pair.peer, "o\nthree");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 4);
	ck_assert_mem_eq(line, "two\n", 4);
	check_peek(&pair, "three");
	net_pair_free(&pair);
}

static char long_line[20001];

static int
send_rest_of_line(void *arg)
{
	net_send(*(int *)arg, long_line + 3000, sizeof(long_line) - 3000);
	return 0;
}

NET_TEST(a_long_line_goes_on_from_what_peek_left)
{
	struct net_pair pair;
	const char *line;
	const void *lent;
	aw_task *task;

	memset(long_line, 'x', 20000);
	long_line[20000] = '\n';
	net_tcp_pair(&pair, NULL);
	net_send(pair.peer, long_line, 3000);
	ck_assert_int_gt(aw_reader_peek(pair.reader, &lent), 0);
	task = net_spawn(send_rest_of_line, &pair.peer);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 20001);
	ck_assert_mem_eq(line, long_line, 20001);
	net_join(task);
	net_pair_free(&pair);
}

NET_TEST(a_line_that_is_too_long_is_dropped_from_what_peek_left)
{
	aw_connection_options options = { .limit = 3 };
	struct net_pair pair;
	const char *line;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "12345\nab\n");
	check_peek(&pair, "12345\nab\n");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), AW_ELIMIT);
	check_peek(&pair, "ab\n");
	net_pair_free(&pair);
}

NET_TEST(a_reader_that_is_freed_takes_its_loan_along)
{
	struct net_pair one, two;

	net_unix_pair(&one, NULL);
	net_unix_pair(&two, NULL);
	net_send_text(one.peer, "lent");
	check_peek(&one, "lent");
	net_pair_free(&one);
	net_send_text(two.peer, "next");
	check_peek(&two, "next");
	net_pair_free(&two);
}

NET_TEST(what_was_lent_is_still_there_after_close)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "data");
	check_peek(&pair, "data");
	aw_writer_close(pair.writer);
	check_peek(&pair, "data");
	aw_reader_consume(pair.reader, 4);
	check_peek(&pair, "");
	net_pair_free(&pair);
}

NET_TEST(without_memory_for_what_one_left_that_one_has_the_error)
{
	struct net_pair one, two;
	const void *lent;
	ssize_t n;

	net_unix_pair(&one, NULL);
	net_unix_pair(&two, NULL);
	net_send_text(one.peer, "one");
	net_send_text(two.peer, "two");
	check_peek(&one, "one");
	fail_call("malloc", 1, 1, ENOMEM);
	n = aw_reader_peek(two.reader, &lent);
	ck_assert(fail_stop());
	ck_assert_int_eq(n, 3);
	check_peek(&two, "two");
	/* Its stream has a hole, so there is no going on. */
	ck_assert_int_eq(aw_reader_peek(one.reader, &lent), -ENOMEM);
	net_send_text(one.peer, "more");
	ck_assert_int_eq(aw_reader_peek(one.reader, &lent), -ENOMEM);
	net_pair_free(&one);
	net_pair_free(&two);
}

NET_TEST(without_memory_for_a_line_it_is_still_there)
{
	struct net_pair pair;
	const char *line;
	ssize_t n;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "one\ntwo");
	check_peek(&pair, "one\ntwo");
	fail_call("malloc", 1, 1, ENOMEM);
	n = aw_reader_readline(pair.reader, &line);
	ck_assert(fail_stop());
	ck_assert_int_eq(n, -ENOMEM);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 4);
	ck_assert_mem_eq(line, "one\n", 4);
	check_peek(&pair, "two");
	net_pair_free(&pair);
}

/*
 * Several streams at once, each read in all the ways that there are, in an
 * order that is always the same.
 */
#define STREAMS 5
#define STREAM_SIZE 20000

struct stream {
	struct net_pair pair;
	size_t sent, received;
	uint32_t random;
};

static uint32_t
next_random(struct stream *stream)
{
	stream->random = stream->random * 1664525 + 1013904223;
	return stream->random >> 8;
}

static int
send_stream(void *arg)
{
	struct stream *stream = arg;
	unsigned char data[2000];
	size_t size;

	while (stream->sent < STREAM_SIZE) {
		size = next_random(stream) % sizeof(data) + 1;
		if (size > STREAM_SIZE - stream->sent)
			size = STREAM_SIZE - stream->sent;
		net_fill(data, size, stream->sent);
		net_send(stream->pair.peer, data, size);
		stream->sent += size;
		net_turns(next_random(stream) % 3);
	}
	shutdown(stream->pair.peer, SHUT_WR);
	return 0;
}

/* One call on the reader, some way or other; 0 at the end. */
static size_t
receive_some(struct stream *stream, unsigned char *buffer, size_t size)
{
	aw_reader *reader = stream->pair.reader;
	const void *lent = buffer;
	const char *found;
	ssize_t n;

	switch (next_random(stream) % 4) {
	case 0:
		n = aw_reader_read(reader, buffer, size);
		break;
	case 1:
		n = aw_reader_readexactly(reader, buffer, size);
		break;
	case 2:
		n = aw_reader_readuntil(reader, "\x10", 1, &found);
		lent = found;
		break;
	default:
		n = aw_reader_peek(reader, &lent);
		if (n > (ssize_t)size)
			n = (ssize_t)size;
		net_check(lent, (size_t)n, stream->received);
		aw_reader_consume(reader, (size_t)n);
		return (size_t)n;
	}
	if (n == AW_EINCOMPLETE)
		n = (ssize_t)aw_reader_partial(reader);
	net_check(lent, (size_t)n, stream->received);
	return (size_t)n;
}

static int
receive_stream(void *arg)
{
	struct stream *stream = arg;
	unsigned char buffer[300];
	size_t n;

	do {
		n = receive_some(stream, buffer,
		    next_random(stream) % sizeof(buffer) + 1);
		stream->received += n;
		net_turns(next_random(stream) % 2);
	} while (n > 0);
	return 0;
}

NET_TEST(streams_that_share_the_receive_buffer_are_not_mixed)
{
	static struct stream streams[STREAMS];
	aw_task *tasks[STREAMS * 2];
	unsigned i;

	for (i = 0; i < STREAMS; i++) {
		net_unix_pair(&streams[i].pair, NULL);
		streams[i].random = i;
		tasks[i * 2] = net_spawn(send_stream, &streams[i]);
		tasks[i * 2 + 1] = net_spawn(receive_stream, &streams[i]);
	}
	for (i = 0; i < STREAMS * 2; i++)
		ck_assert_int_eq(net_join(tasks[i]), 0);
	for (i = 0; i < STREAMS; i++) {
		ck_assert_uint_eq(streams[i].received, STREAM_SIZE);
		net_pair_free(&streams[i].pair);
	}
}

int
main(void)
{
	const TTest *const tests[] = {
		peek_lends_what_has_come,
		what_is_not_consumed_comes_again,
		peek_copies_nothing_while_one_connection_is_busy,
		consume_takes_no_more_than_there_is,
		peek_at_the_end_of_the_stream_gives_0,
		peek_waits_for_data,
		a_peek_that_is_cancelled_takes_nothing,
		a_reset_ends_a_peek_that_waits,
		close_ends_a_peek_that_waits,
		what_one_reader_left_survives_what_another_receives,
		read_takes_what_peek_left,
		readexactly_goes_on_from_what_peek_left,
		readline_goes_on_from_what_peek_left,
		a_long_line_goes_on_from_what_peek_left,
		a_line_that_is_too_long_is_dropped_from_what_peek_left,
		a_reader_that_is_freed_takes_its_loan_along,
		what_was_lent_is_still_there_after_close,
		without_memory_for_what_one_left_that_one_has_the_error,
		without_memory_for_a_line_it_is_still_there,
		streams_that_share_the_receive_buffer_are_not_mixed,
	};

	return NET_MAIN("reader_peek", tests);
}
