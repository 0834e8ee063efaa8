/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How bytes go out and come in, and what that costs the loop.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

#define LARGE (1024 * 1024)

static unsigned char data[LARGE], received[LARGE + 1];

/* Sends a pattern that is too large for the kernel, from an offset of it. */
static void
write_large(struct net_pair *pair)
{
	net_fill(data, LARGE, 0);
	aw_writer_write(pair->writer, data, LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair->writer),
	    LARGE / 2);
}

/* A task that drains, and what came of it. */
struct drain {
	aw_writer *writer;
	int result;
	size_t queued; /* when it returned */
	bool ended;
};

static int
run_drain(void *arg)
{
	struct drain *drain = arg;

	drain->result = aw_writer_drain(drain->writer);
	drain->queued = aw_writer_get_write_buffer_size(drain->writer);
	drain->ended = true;
	return 0;
}

static int
set_flag(void *arg)
{
	*(bool *)arg = true;
	return 0;
}

NET_TEST(a_write_goes_out_at_once)
{
	struct net_pair pair;
	char buffer[8];

	net_unix_pair(&pair, NULL);
	aw_writer_write(pair.writer, "hello", 5);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	ck_assert_int_eq(recv(pair.peer, buffer, sizeof(buffer), 0), 5);
	ck_assert_mem_eq(buffer, "hello", 5);
	net_pair_free(&pair);
}

NET_TEST(writing_nothing_sends_nothing)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	aw_writer_write(pair.writer, NULL, 0);
	ck_assert_int_eq(recv(pair.peer, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	net_pair_free(&pair);
}

NET_TEST(what_the_kernel_does_not_take_is_queued)
{
	struct net_pair pair;
	ssize_t n;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	n = recv(pair.peer, received, LARGE, 0);
	ck_assert_int_gt(n, 0);
	/* Nothing of the queue has been sent before the loop polls. */
	while (recv(pair.peer, received + n, 1, 0) == 1)
		n++;
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer),
	    LARGE - (size_t)n);
	net_receive(pair.peer, received + n, LARGE - (size_t)n);
	net_check(received, LARGE, 0);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer), 0);
	net_pair_free(&pair);
}

NET_TEST(a_large_write_arrives_whole_over_tcp)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	write_large(&pair);
	ck_assert_uint_eq(net_receive(pair.peer, received, LARGE), LARGE);
	net_check(received, LARGE, 0);
	net_pair_free(&pair);
}

NET_TEST(a_later_write_stays_behind_the_queue)
{
	struct net_pair pair;
	size_t queued;
	ssize_t n = 0;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	queued = aw_writer_get_write_buffer_size(pair.writer);
	/* The kernel has room again, but the queue comes first. */
	while (recv(pair.peer, received + n, 1, 0) == 1)
		n++;
	aw_writer_write(pair.writer, "!", 1);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer),
	    queued + 1);
	net_receive(pair.peer, received + n, LARGE + 1 - (size_t)n);
	net_check(received, LARGE, 0);
	ck_assert_int_eq(received[LARGE], '!');
	net_pair_free(&pair);
}

NET_TEST(writes_go_out_at_once_again_after_the_queue)
{
	struct net_pair pair;
	char byte;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	net_receive(pair.peer, received, LARGE);
	aw_writer_write(pair.writer, "!", 1);
	ck_assert_int_eq(recv(pair.peer, &byte, 1, 0), 1);
	ck_assert_int_eq(byte, '!');
	net_pair_free(&pair);
}

/* The first call is answered so, the next one is not. */
static void
check_hesitation(const char *call, int error)
{
	struct net_pair pair;
	char buffer[8];

	net_unix_pair(&pair, NULL);
	fail_call(call, 1, 1, error);
	aw_writer_write(pair.writer, "hello", 5);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(pair.writer),
	    strcmp(call, "send") == 0 ? 5 : 0);
	ck_assert_int_eq(net_receive(pair.peer, buffer, 5), 5);
	net_send_text(pair.peer, "world");
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, 5), 5);
	ck_assert_mem_eq(buffer, "world", 5);
	ck_assert(fail_stop());
	net_pair_free(&pair);
}

NET_TEST(a_send_that_is_interrupted_is_queued)
{
	check_hesitation("send", EINTR);
}

NET_TEST(a_send_that_would_block_is_queued)
{
	check_hesitation("send", EAGAIN);
}

NET_TEST(drain_does_not_suspend_below_the_high_water_mark)
{
	aw_connection_options options = { .high_water = LARGE };
	struct net_pair pair;
	bool others_ran = false;
	aw_task *other;

	net_unix_pair(&pair, &options);
	other = net_spawn(set_flag, &others_ran);
	ck_assert_int_eq(aw_writer_drain(pair.writer), 0);
	write_large(&pair);
	ck_assert_int_eq(aw_writer_drain(pair.writer), 0);
	ck_assert(!others_ran);
	ck_assert_int_eq(net_join(other), 0);
	net_pair_free(&pair);
}

NET_TEST(drain_waits_above_high_water_until_low_water)
{
	aw_connection_options options = {
		.high_water = 500000, .low_water = 300000
	};
	struct drain drain = { .ended = false };
	struct net_pair pair;
	size_t n = 0;
	aw_task *task;

	net_unix_pair(&pair, &options);
	write_large(&pair);
	drain.writer = pair.writer;
	task = net_spawn(run_drain, &drain);
	while (!drain.ended) {
		n += net_receive(pair.peer, received + n, 1000);
		net_turns(2);
		ck_assert(drain.ended ||
		    aw_writer_get_write_buffer_size(pair.writer) > 300000);
	}
	ck_assert_int_eq(drain.result, 0);
	ck_assert_uint_le(drain.queued, 300000);
	ck_assert_uint_gt(drain.queued, 250000);
	net_receive(pair.peer, received + n, LARGE - n);
	net_check(received, LARGE, 0);
	net_join(task);
	net_pair_free(&pair);
}

NET_TEST(the_default_marks_are_64_and_16_kib)
{
	struct drain drain = { .ended = false };
	struct net_pair pair;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	net_receive(pair.peer, received, LARGE - 70 * 1024);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(pair.writer),
	    16 * 1024);
	drain.writer = pair.writer;
	if (aw_writer_get_write_buffer_size(pair.writer) <= 64 * 1024)
		aw_writer_write(pair.writer, data, 64 * 1024);
	task = net_spawn(run_drain, &drain);
	while (!drain.ended) {
		net_receive(pair.peer, received, 1000);
		net_turns(2);
	}
	ck_assert_uint_le(drain.queued, 16 * 1024);
	ck_assert_uint_gt(drain.queued, 4 * 1024);
	net_join(task);
	net_pair_free(&pair);
}

NET_TEST(all_who_drain_are_woken)
{
	struct drain drains[3];
	struct net_pair pair;
	aw_task *tasks[3];
	int i;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	for (i = 0; i < 3; i++) {
		drains[i] = (struct drain){ .writer = pair.writer };
		tasks[i] = net_spawn(run_drain, &drains[i]);
	}
	net_turns(1);
	net_receive(pair.peer, received, LARGE);
	for (i = 0; i < 3; i++) {
		net_join(tasks[i]);
		ck_assert_int_eq(drains[i].result, 0);
	}
	net_pair_free(&pair);
}

NET_TEST(a_drain_that_is_cancelled_leaves_the_others)
{
	struct drain drains[2];
	struct net_pair pair;
	aw_task *tasks[2];
	int i;

	net_unix_pair(&pair, NULL);
	write_large(&pair);
	for (i = 0; i < 2; i++) {
		drains[i] = (struct drain){ .writer = pair.writer };
		tasks[i] = net_spawn(run_drain, &drains[i]);
	}
	net_turns(1);
	ck_assert(aw_cancel(tasks[0]));
	net_join(tasks[0]);
	ck_assert_int_eq(drains[0].result, -ECANCELED);
	ck_assert(!drains[1].ended);
	net_receive(pair.peer, received, LARGE);
	net_check(received, LARGE, 0);
	net_join(tasks[1]);
	ck_assert_int_eq(drains[1].result, 0);
	net_pair_free(&pair);
}

NET_TEST(data_that_is_there_already_is_read_without_waiting)
{
	struct net_pair pair;
	bool others_ran = false;
	aw_task *other;
	char buffer[8];

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "early");
	other = net_spawn(set_flag, &others_ran);
	ck_assert_int_eq(aw_reader_read(pair.reader, buffer, sizeof(buffer)),
	    5);
	ck_assert(!others_ran);
	net_join(other);
	net_pair_free(&pair);
}

START_TEST(outside_of_a_task_nothing_waits)
{
	aw_loop *loop = aw_loop_new(NULL);
	struct net_pair pair;
	int fds[2];
	char byte;

	ck_assert_ptr_nonnull(loop);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	net_adopt(&pair, loop, fds[0], NULL);
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), AW_ENOTASK);
	ck_assert_int_eq(aw_writer_drain(pair.writer), 0);
	aw_writer_write(pair.writer, data, LARGE);
	ck_assert_int_eq(aw_writer_drain(pair.writer), AW_ENOTASK);
	ck_assert_int_eq(aw_writer_wait_closed(pair.writer), AW_ENOTASK);
	aw_writer_abort(pair.writer);
	aw_writer_free(pair.writer);
	close(fds[1]);
	aw_loop_close(loop);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_write_goes_out_at_once,
		writing_nothing_sends_nothing,
		what_the_kernel_does_not_take_is_queued,
		a_large_write_arrives_whole_over_tcp,
		a_later_write_stays_behind_the_queue,
		writes_go_out_at_once_again_after_the_queue,
		a_send_that_is_interrupted_is_queued,
		a_send_that_would_block_is_queued,
		drain_does_not_suspend_below_the_high_water_mark,
		drain_waits_above_high_water_until_low_water,
		the_default_marks_are_64_and_16_kib,
		all_who_drain_are_woken,
		a_drain_that_is_cancelled_leaves_the_others,
		data_that_is_there_already_is_read_without_waiting,
		outside_of_a_task_nothing_waits,
	};

	return NET_MAIN("transport", tests);
}
