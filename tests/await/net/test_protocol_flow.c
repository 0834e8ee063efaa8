/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Flow control between a transport and its protocol.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "net/recorder.h"

NET_TEST(the_default_marks)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	size_t high, low;

	aw_transport_get_write_buffer_limits(recorder.transport, &high, &low);
	ck_assert_uint_eq(high, 64 * 1024);
	ck_assert_uint_eq(low, 16 * 1024);
	recorder_end(&recorder, peer);
}

NET_TEST(marks_of_options_and_of_the_call)
{
	aw_connection_options options = { .high_water = 1000, .low_water = 10 };
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, &options);
	size_t high, low;

	aw_transport_get_write_buffer_limits(recorder.transport, &high, &low);
	ck_assert_uint_eq(high, 1000);
	ck_assert_uint_eq(low, 10);
	aw_transport_set_write_buffer_limits(recorder.transport, 400, 0);
	aw_transport_get_write_buffer_limits(recorder.transport, &high, &low);
	ck_assert_uint_eq(high, 400);
	ck_assert_uint_eq(low, 100);
	aw_transport_set_write_buffer_limits(recorder.transport, 0, 20);
	aw_transport_get_write_buffer_limits(recorder.transport, &high, NULL);
	ck_assert_uint_eq(high, 64 * 1024);
	aw_transport_get_write_buffer_limits(recorder.transport, NULL, &low);
	ck_assert_uint_eq(low, 20);
	/* Low is at most high. */
	aw_transport_set_write_buffer_limits(recorder.transport, 30, 40);
	aw_transport_get_write_buffer_limits(recorder.transport, &high, &low);
	ck_assert_uint_eq(high, 30);
	ck_assert_uint_eq(low, 30);
	recorder_end(&recorder, peer);
}

NET_TEST(writing_is_paused_once_and_resumed_once)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport *transport = recorder.transport;

	ck_assert_trace(&recorder, "made");
	aw_transport_write(transport, "small", 5);
	ck_assert_trace(&recorder, "");
	aw_transport_write(transport, net_received, NET_LARGE - 5);
	ck_assert_trace(&recorder, "pause");
	aw_transport_write(transport, "more", 4);
	ck_assert_trace(&recorder, "");
	net_receive(peer, net_received, NET_LARGE);
	recorder_wait(&recorder, "resume");
	ck_assert_trace(&recorder, "resume");
	aw_transport_write(transport, net_received, NET_LARGE);
	ck_assert_trace(&recorder, "pause");
	aw_transport_abort(transport);
	/* The last word has connection_lost. */
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "lost");
	close(peer);
}

NET_TEST(below_the_mark_nothing_is_paused)
{
	aw_connection_options options = { .high_water = NET_LARGE };
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, &options);

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	ck_assert_uint_gt(aw_transport_get_write_buffer_size(
	    recorder.transport), 0);
	ck_assert_trace(&recorder, "made");
	/* A mark that is set below what is queued pauses at once. */
	aw_transport_set_write_buffer_limits(recorder.transport, 1000, 0);
	ck_assert_trace(&recorder, "pause");
	net_receive(peer, net_received, NET_LARGE);
	recorder_wait(&recorder, "resume");
	recorder_end(&recorder, peer);
}

/* Writes as much again as soon as there is room, the first time. */
static void
write_again(struct recorder *recorder, const char *word)
{
	unsigned *left = recorder->arg;

	if (strcmp(word, "resume") == 0 && *left > 0) {
		--*left;
		aw_transport_write(recorder->transport, net_received,
		    NET_LARGE);
	}
}

NET_TEST(resume_writing_may_write)
{
	unsigned left = 2;
	struct recorder recorder = { .on_word = write_again, .arg = &left };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	static unsigned char data[3 * NET_LARGE];

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	aw_transport_write_eof(recorder.transport);
	/* Which is after the end. */
	ck_assert_uint_eq(net_receive(peer, data, sizeof(data)), NET_LARGE);
	ck_assert_uint_eq(left, 1);
	recorder_end(&recorder, peer);

	memset(&recorder, 0, sizeof(recorder));
	recorder.on_word = write_again;
	recorder.arg = &left;
	left = 2;
	peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	ck_assert_uint_eq(net_receive(peer, data, sizeof(data)), sizeof(data));
	recorder_wait(&recorder, "resume");
	ck_assert_trace(&recorder,
	    "made pause resume pause resume pause resume");
	recorder_end(&recorder, peer);
}

static void
abort_when_resumed(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "resume") == 0)
		aw_transport_abort(recorder->transport);
}

NET_TEST(resume_writing_may_abort)
{
	struct recorder recorder = { .on_word = abort_when_resumed };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	while (net_receive_once(peer, net_received, NET_LARGE) > 0)
		continue;
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made pause resume lost");
	close(peer);
}

NET_TEST(reading_stops_at_once_and_goes_on)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport *transport = recorder.transport;

	ck_assert(aw_transport_is_reading(transport));
	aw_transport_pause_reading(transport);
	ck_assert(!aw_transport_is_reading(transport));
	aw_transport_pause_reading(transport);
	net_send_text(peer, "kept");
	net_turns(5);
	ck_assert_trace(&recorder, "made");
	aw_transport_resume_reading(transport);
	ck_assert(aw_transport_is_reading(transport));
	aw_transport_resume_reading(transport);
	recorder_wait_data(&recorder, 4);
	ck_assert_trace(&recorder, "data");
	recorder_end(&recorder, peer);
}

static void
pause_at_data(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "data") == 0)
		aw_transport_pause_reading(recorder->transport);
}

NET_TEST(data_received_may_pause_reading)
{
	struct recorder recorder = { .on_word = pause_at_data };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	net_send_text(peer, "one");
	recorder_wait(&recorder, "data");
	net_send_text(peer, "two");
	close(peer);
	net_turns(5);
	ck_assert_uint_eq(recorder.size, 3);
	aw_transport_resume_reading(recorder.transport);
	recorder_wait_data(&recorder, 6);
	net_turns(5);
	ck_assert_trace(&recorder, "made data data");
	aw_transport_resume_reading(recorder.transport);
	recorder_wait(&recorder, "lost");
}

static void
pause_at_made(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "made") == 0)
		aw_transport_pause_reading(recorder->transport);
}

NET_TEST(connection_made_may_pause_reading)
{
	struct recorder recorder = { .on_word = pause_at_made };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	net_send_text(peer, "x");
	net_turns(5);
	ck_assert_trace(&recorder, "made");
	aw_transport_resume_reading(recorder.transport);
	recorder_wait_data(&recorder, 1);
	recorder_end(&recorder, peer);
}

NET_TEST(one_that_is_closing_does_not_read)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport *transport = recorder.transport;

	aw_transport_close(transport);
	ck_assert(!aw_transport_is_reading(transport));
	aw_transport_pause_reading(transport);
	aw_transport_resume_reading(transport);
	ck_assert(!aw_transport_is_reading(transport));
	recorder_wait(&recorder, "lost");
	close(peer);
}

NET_TEST(a_stream_whose_transport_pauses_waits)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;

	net_unix_pair(&pair, NULL);
	aw_transport_pause_reading(aw_writer_transport(pair.writer));
	net_send_text(pair.peer, "x");
	task = net_start(&call, &pair, net_read);
	net_turns(5);
	ck_assert(!call.ended);
	aw_transport_resume_reading(aw_writer_transport(pair.writer));
	net_join(task);
	ck_assert_int_eq(call.result, 1);
	net_pair_free(&pair);
}

NET_TEST(drain_waits_between_the_marks_on_the_way_down)
{
	struct net_pair pair;
	struct net_call call;
	aw_task *task;
	size_t size, got = 0;

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	while ((size = aw_writer_get_write_buffer_size(pair.writer)) >
	    60 * 1024) {
		got += net_receive(pair.peer, net_received, 4096);
		net_turns(1);
	}
	ck_assert_uint_gt(size, 16 * 1024);
	task = net_start(&call, &pair, net_drain);
	net_receive(pair.peer, net_received, NET_LARGE - got);
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	net_pair_free(&pair);
}

NET_TEST(without_memory_to_read_again_the_connection_is_lost)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	aw_transport_pause_reading(recorder.transport);
	ck_assert_int_eq(aw_transport_get_extra_info(recorder.transport,
	    "socket", &net_refusal.fd, sizeof(int)), sizeof(int));
	net_refusal.times = 1;
	aw_transport_resume_reading(recorder.transport);
	ck_assert_trace(&recorder, "made");
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -ENOMEM);
	close(peer);
}

NET_TEST(several_pieces_are_one_call)
{
	struct iovec pieces[] = {
		{ "one,", 4 }, { "", 0 }, { "two,", 4 }, { "three", 5 },
	};
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	char buffer[16];

	aw_transport_writelines(recorder.transport, pieces, 4);
	aw_transport_writelines(recorder.transport, pieces, 0);
	/* What one call sends is received at once. */
	ck_assert_int_eq(recv(peer, buffer, 16, 0), 13);
	ck_assert_mem_eq(buffer, "one,two,three", 13);
	recorder_end(&recorder, peer);
}

NET_TEST(pieces_stay_behind_the_queue)
{
	static unsigned char data[NET_LARGE], got[2 * NET_LARGE];
	struct iovec pieces[] = {
		{ data, 1000 }, { data + 1000, NET_LARGE - 1000 },
	};
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	net_fill(data, NET_LARGE, 0);
	aw_transport_writelines(recorder.transport, pieces, 2);
	ck_assert_trace(&recorder, "made pause");
	aw_transport_writelines(recorder.transport, pieces, 2);
	ck_assert_uint_eq(net_receive(peer, got, sizeof(got)), sizeof(got));
	net_check(got, NET_LARGE, 0);
	net_check(got + NET_LARGE, NET_LARGE, 0);
	recorder_end(&recorder, peer);
}

NET_TEST(more_pieces_than_the_kernel_takes)
{
	enum { COUNT = 3000 };
	static struct iovec pieces[COUNT];
	static unsigned char data[COUNT], got[COUNT];
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL), i;

	net_fill(data, COUNT, 0);
	for (i = 0; i < COUNT; i++)
		pieces[i] = (struct iovec){ data + i, 1 };
	aw_transport_writelines(recorder.transport, pieces, COUNT);
	ck_assert_uint_eq(net_receive(peer, got, COUNT), COUNT);
	net_check(got, COUNT, 0);
	recorder_end(&recorder, peer);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_default_marks,
		marks_of_options_and_of_the_call,
		writing_is_paused_once_and_resumed_once,
		below_the_mark_nothing_is_paused,
		resume_writing_may_write,
		resume_writing_may_abort,
		reading_stops_at_once_and_goes_on,
		data_received_may_pause_reading,
		connection_made_may_pause_reading,
		one_that_is_closing_does_not_read,
		a_stream_whose_transport_pauses_waits,
		drain_waits_between_the_marks_on_the_way_down,
		without_memory_to_read_again_the_connection_is_lost,
		several_pieces_are_one_call,
		pieces_stay_behind_the_queue,
		more_pieces_than_the_kernel_takes,
	};

	return NET_MAIN("protocol_flow", tests);
}
