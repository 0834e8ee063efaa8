/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * read, readexactly, and what every call on a reader has in common.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

#define LARGE (300 * 1024)

static unsigned char data[LARGE], received[LARGE];

/* A task that reads exactly some bytes, or at most if not exactly. */
struct call {
	aw_reader *reader;
	size_t size;
	bool exactly;
	ssize_t result;
	char buffer[64];
	bool ended;
};

static int
run(void *arg)
{
	struct call *call = arg;

	call->result = call->exactly ?
	    aw_reader_readexactly(call->reader, call->buffer, call->size) :
	    aw_reader_read(call->reader, call->buffer, call->size);
	call->ended = true;
	return 0;
}

/* Starts the task and has it wait. */
static aw_task *
start(struct call *call, aw_reader *reader, size_t size, bool exactly)
{
	aw_task *task;

	memset(call, 0, sizeof(*call));
	call->reader = reader;
	call->size = size;
	call->exactly = exactly;
	task = net_spawn(run, call);
	net_turns(2);
	ck_assert(!call->ended);
	return task;
}

static int
set_flag(void *arg)
{
	*(bool *)arg = true;
	return 0;
}

NET_TEST(read_gives_what_has_come)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, sizeof(buffer)),
	    5);
	ck_assert_mem_eq(buffer, "hello", 5);
	net_pair_free(&pair);
}

NET_TEST(read_gives_no_more_than_was_asked_for)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "hello");
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 3), 3);
	ck_assert_mem_eq(buffer, "hel", 3);
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, sizeof(buffer)),
	    2);
	ck_assert_mem_eq(buffer, "lo", 2);
	net_pair_free(&pair);
}

NET_TEST(read_of_nothing_does_not_wait)
{
	struct net_pair pair;
	bool others_ran = false;
	aw_task *other;

	net_unix_pair(&pair, NULL);
	other = net_spawn(set_flag, &others_ran);
	ck_assert_int_eq(aw_reader_read(pair.reader, NULL, 0), 0);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, NULL, 0), 0);
	ck_assert(!others_ran);
	net_join(other);
	net_pair_free(&pair);
}

NET_TEST(read_waits_for_the_first_byte)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 10, false);
	net_send(pair.peer, "x", 1);
	net_join(task);
	ck_assert_int_eq(call.result, 1);
	ck_assert_int_eq(call.buffer[0], 'x');
	net_pair_free(&pair);
}

NET_TEST(readexactly_gathers_what_comes_in_pieces)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 6, true);
	net_send_text(pair.peer, "ab");
	net_turns(3);
	net_send_text(pair.peer, "cd");
	net_turns(3);
	ck_assert(!call.ended);
	net_send_text(pair.peer, "efgh");
	net_join(task);
	ck_assert_int_eq(call.result, 6);
	ck_assert_mem_eq(call.buffer, "abcdef", 6);
	ck_assert_int_eq(aw_reader_read(pair.reader, call.buffer, 10), 2);
	ck_assert_mem_eq(call.buffer, "gh", 2);
	net_pair_free(&pair);
}

static int
send_large(void *arg)
{
	net_send(*(int *)arg, data, LARGE);
	return 0;
}

NET_TEST(readexactly_of_much_data)
{
	struct net_pair pair;
	aw_task *task;

	net_fill(data, LARGE, 0);
	net_tcp_pair(&pair, NULL);
	task = net_spawn(send_large, &pair.peer);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, received, LARGE),
	    LARGE);
	net_check(received, LARGE, 0);
	net_join(task);
	net_pair_free(&pair);
}

NET_TEST(readexactly_at_the_end_is_incomplete_with_the_part)
{
	struct net_pair pair;
	char buffer[16];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "part");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 5),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair.reader), 4);
	ck_assert_mem_eq(buffer, "part", 4);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 5),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair.reader), 0);
	net_pair_free(&pair);
}

NET_TEST(readexactly_of_the_last_bytes_succeeds)
{
	struct net_pair pair;
	char buffer[4];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "last");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 4), 4);
	net_pair_free(&pair);
}

NET_TEST(a_read_that_is_cancelled_takes_nothing)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;
	char buffer[8];

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 8, false);
	/* It has been woken, or is about to be, when the cancel comes. */
	net_send_text(pair.peer, "data");
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(call.result, -ECANCELED);
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 8), 4);
	ck_assert_mem_eq(buffer, "data", 4);
	net_pair_free(&pair);
}

NET_TEST(readexactly_that_is_cancelled_loses_nothing)
{
	struct net_pair pair;
	struct call call;
	char buffer[8];
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 8, true);
	net_send_text(pair.peer, "abcd");
	net_turns(3);
	net_send_text(pair.peer, "ef");
	net_turns(3);
	aw_cancel(task);
	net_join(task);
	ck_assert_int_eq(call.result, -ECANCELED);
	net_send_text(pair.peer, "gh");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 8), 8);
	ck_assert_mem_eq(buffer, "abcdefgh", 8);
	net_pair_free(&pair);
}

NET_TEST(without_memory_to_put_back_the_stream_is_over)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;
	char byte;

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 8, true);
	net_send_text(pair.peer, "abcd");
	net_turns(3);
	aw_cancel(task);
	fail_call("malloc", 1, 1, ENOMEM);
	net_turns(2);
	ck_assert(fail_stop());
	net_join(task);
	ck_assert_int_eq(call.result, -ECANCELED);
	/* Bytes that are missing must not go unnoticed. */
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -ENOMEM);
	net_pair_free(&pair);
}

/* A read that must have ended by a deadline of a millisecond. */
static ssize_t
read_within_a_moment(struct call *call)
{
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	run(call);
	return aw_timeout_exit(timeout, (int)call->result);
}

NET_TEST(a_timeout_ends_a_read)
{
	struct net_pair pair;
	struct call call = { .size = 1 };

	net_unix_pair(&pair, NULL);
	call.reader = pair.reader;
	ck_assert_int_eq(read_within_a_moment(&call), -ETIMEDOUT);
	net_send(pair.peer, "x", 1);
	ck_assert_int_eq(aw_reader_read(pair.reader, call.buffer, 1), 1);
	net_pair_free(&pair);
}

NET_TEST(a_timeout_of_readexactly_loses_nothing)
{
	struct net_pair pair;
	struct call call = { .size = 6, .exactly = true };
	char buffer[6];

	net_unix_pair(&pair, NULL);
	call.reader = pair.reader;
	net_send_text(pair.peer, "abc");
	ck_assert_int_eq(read_within_a_moment(&call), -ETIMEDOUT);
	ck_assert_int_eq(read_within_a_moment(&call), -ETIMEDOUT);
	net_send_text(pair.peer, "def");
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, buffer, 6), 6);
	ck_assert_mem_eq(buffer, "abcdef", 6);
	net_pair_free(&pair);
}

NET_TEST(a_timeout_is_not_met_by_a_read_that_succeeds)
{
	struct net_pair pair;
	aw_timeout *timeout;
	char byte;
	int n;

	net_unix_pair(&pair, NULL);
	net_send(pair.peer, "x", 1);
	ck_assert_int_eq(aw_timeout_enter(10, &timeout), 0);
	n = (int)aw_reader_read(pair.reader, &byte, 1);
	ck_assert_int_eq(aw_timeout_exit(timeout, n), 1);
	net_pair_free(&pair);
}

NET_TEST(a_second_task_may_not_wait)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;
	const char *line;
	const void *lent;
	char byte;

	net_unix_pair(&pair, NULL);
	task = start(&call, pair.reader, 2, true);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -EBUSY);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, &byte, 1), -EBUSY);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), -EBUSY);
	ck_assert_int_eq(aw_reader_peek(pair.reader, &lent), -EBUSY);
	net_send_text(pair.peer, "ab");
	net_join(task);
	ck_assert_int_eq(call.result, 2);
	ck_assert_mem_eq(call.buffer, "ab", 2);
	net_pair_free(&pair);
}

NET_TEST(after_the_first_was_cancelled_another_may_wait)
{
	struct net_pair pair;
	struct call first, second;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	task = start(&first, pair.reader, 1, false);
	aw_cancel(task);
	net_join(task);
	task = start(&second, pair.reader, 1, false);
	net_send(pair.peer, "x", 1);
	net_join(task);
	ck_assert_int_eq(second.result, 1);
	net_pair_free(&pair);
}

NET_TEST(a_stored_error_comes_before_data)
{
	struct net_pair pair;
	const char *line;
	const void *lent;
	char byte;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "line\nmore\n");
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), 5);
	close(pair.peer);
	pair.peer = -1;
	aw_writer_write(pair.writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), -EPIPE);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, &byte, 1), -EPIPE);
	ck_assert_int_eq(aw_reader_peek(pair.reader, &lent), -EPIPE);
	ck_assert_int_eq(aw_reader_readline(pair.reader, &line), -EPIPE);
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, "m", 1, &line),
	    -EPIPE);
	net_pair_free(&pair);
}

NET_TEST(a_reset_in_the_middle_of_readexactly_is_its_error)
{
	struct net_pair pair;
	struct call call;
	aw_task *task;

	net_tcp_pair(&pair, NULL);
	task = start(&call, pair.reader, 8, true);
	net_send_text(pair.peer, "half");
	net_turns(3);
	net_reset(pair.peer);
	pair.peer = -1;
	net_join(task);
	ck_assert_int_eq(call.result, -ECONNRESET);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		read_gives_what_has_come,
		read_gives_no_more_than_was_asked_for,
		read_of_nothing_does_not_wait,
		read_waits_for_the_first_byte,
		readexactly_gathers_what_comes_in_pieces,
		readexactly_of_much_data,
		readexactly_at_the_end_is_incomplete_with_the_part,
		readexactly_of_the_last_bytes_succeeds,
		a_read_that_is_cancelled_takes_nothing,
		readexactly_that_is_cancelled_loses_nothing,
		without_memory_to_put_back_the_stream_is_over,
		a_timeout_ends_a_read,
		a_timeout_of_readexactly_loses_nothing,
		a_timeout_is_not_met_by_a_read_that_succeeds,
		a_second_task_may_not_wait,
		after_the_first_was_cancelled_another_may_wait,
		a_stored_error_comes_before_data,
		a_reset_in_the_middle_of_readexactly_is_its_error,
	};

	return NET_MAIN("reader", tests);
}
