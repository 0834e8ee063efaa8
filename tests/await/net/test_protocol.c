/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a protocol is told of its connection, and in which order.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "net/recorder.h"

NET_TEST(a_connection_is_made_then_brings_data_then_is_lost)
{
	struct recorder recorder = { .keep = false };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	ck_assert_trace(&recorder, "made");
	net_send_text(peer, "hello");
	recorder_wait(&recorder, "data");
	ck_assert_uint_eq(recorder.size, 5);
	ck_assert_mem_eq(recorder.data, "hello", 5);
	close(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "data eof lost");
	ck_assert_int_eq(recorder.error, 0);
}

NET_TEST(nothing_is_told_before_connection_made)
{
	struct recorder recorder = { .keep = false };
	aw_transport *transport;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	net_send_text(fds[1], "early");
	close(fds[1]);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fds[0], NULL, &transport), 0);
	ck_assert_str_eq(recorder.trace, "");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data eof lost");
}

NET_TEST(one_that_is_closed_before_it_was_made_is_told_both)
{
	struct recorder recorder = { .keep = false };
	aw_transport *transport;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fds[0], NULL, &transport), 0);
	aw_transport_close(transport);
	ck_assert_str_eq(recorder.trace, "");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made lost");
	close(fds[1]);
}

NET_TEST(what_is_written_before_connection_made_is_sent)
{
	struct recorder recorder = { .keep = false };
	aw_transport *transport;
	char buffer[8];
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fds[0], NULL, &transport), 0);
	aw_transport_write(transport, "early", 5);
	ck_assert_int_eq(recv(fds[1], buffer, 8, 0), 5);
	recorder_wait(&recorder, "made");
	recorder_end(&recorder, fds[1]);
}

NET_TEST(close_is_never_told_inline)
{
	struct recorder recorder = { .keep = false };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport *transport = recorder.transport;

	ck_assert(!aw_transport_is_closing(transport));
	aw_transport_close(transport);
	ck_assert(aw_transport_is_closing(transport));
	aw_transport_close(transport);
	aw_transport_abort(transport);
	ck_assert_trace(&recorder, "made");
	net_turns(3);
	ck_assert_trace(&recorder, "lost");
	ck_assert_int_eq(recorder.error, 0);
	close(peer);
}

NET_TEST(a_write_that_fails_is_never_told_inline)
{
	struct recorder recorder = { .keep = false };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	aw_transport *transport = recorder.transport;

	close(peer);
	aw_transport_write(transport, "x", 1);
	ck_assert_trace(&recorder, "made");
	ck_assert(aw_transport_is_closing(transport));
	aw_transport_write(transport, "dropped", 7);
	net_turns(3);
	ck_assert_trace(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -EPIPE);
}

/* Ends the connection from within the word that arg names. */
static void
abort_at_word(struct recorder *recorder, const char *word)
{
	aw_transport *transport = recorder->transport;

	if (strcmp(word, recorder->arg) != 0)
		return;
	aw_transport_abort(transport);
	/* It is still there. */
	ck_assert(aw_transport_is_closing(transport));
	ck_assert(!aw_transport_is_reading(transport));
	aw_transport_write(transport, "x", 1);
	aw_transport_pause_reading(transport);
	aw_transport_resume_reading(transport);
	aw_transport_write_eof(transport);
	aw_transport_close(transport);
	ck_assert_uint_eq(aw_transport_get_write_buffer_size(transport), 0);
}

NET_TEST(data_received_may_abort)
{
	char word[] = "data";
	struct recorder recorder = { .on_word = abort_at_word, .arg = word };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	net_send_text(peer, "x");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data lost");
	close(peer);
}

NET_TEST(connection_made_may_abort)
{
	char word[] = "made";
	struct recorder recorder = { .on_word = abort_at_word, .arg = word };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made lost");
	close(peer);
}

NET_TEST(eof_received_may_abort)
{
	char word[] = "eof";
	struct recorder recorder = {
		.on_word = abort_at_word, .arg = word, .keep = true,
	};
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	close(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made eof lost");
}

NET_TEST(a_connection_may_be_kept_after_its_end)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);
	char buffer[8];

	shutdown(peer, SHUT_WR);
	recorder_wait(&recorder, "eof");
	net_turns(3);
	ck_assert_trace(&recorder, "made eof");
	ck_assert(!aw_transport_is_closing(recorder.transport));
	aw_transport_write(recorder.transport, "answer", 6);
	ck_assert_uint_eq(net_receive(peer, buffer, 6), 6);
	/* The end is told once, whatever is asked for. */
	aw_transport_pause_reading(recorder.transport);
	aw_transport_resume_reading(recorder.transport);
	net_turns(3);
	ck_assert_trace(&recorder, "");
	aw_transport_close(recorder.transport);
	recorder_wait(&recorder, "lost");
	close(peer);
}

NET_TEST(without_eof_received_the_end_closes)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_plain, NULL);

	/* And without data_received, data is dropped. */
	net_send_text(peer, "dropped");
	close(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made lost");
	ck_assert_int_eq(recorder.error, 0);
}

NET_TEST(a_protocol_without_functions_is_one)
{
	static const aw_protocol nothing;
	struct net_call call;
	struct net_pair pair;
	aw_transport *transport;
	aw_task *task;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
	net_adopt(&pair, aw_get_running_loop(), fds[1], NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &nothing, NULL, fds[0], NULL, &transport), 0);
	task = net_start(&call, &pair, net_read);
	aw_writer_write(pair.writer, "dropped", 7);
	net_turns(3);
	aw_transport_write(transport, "x", 1);
	net_join(task);
	ck_assert_int_eq(call.result, 1);
	aw_writer_close(pair.writer);
	net_turns(3);
	net_pair_free(&pair);
}

NET_TEST(a_reset_is_the_error_of_connection_lost)
{
	struct recorder recorder = { .keep = true };
	aw_transport *transport;
	uint16_t port;
	int listener = net_listen(1, &port), peer, fd;

	peer = net_connect(port);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fd, NULL, &transport), 0);
	net_turns(2);
	net_reset(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made lost");
	ck_assert_int_eq(recorder.error, -ECONNRESET);
	close(listener);
}

NET_TEST(abort_drops_the_queue_and_says_so)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	aw_transport_abort(recorder.transport);
	net_turns(3);
	ck_assert_trace(&recorder, "made pause lost");
	ck_assert_int_eq(recorder.error, -ECONNABORTED);
	close(peer);
}

NET_TEST(close_sends_the_queue_and_reads_no_more)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	net_fill(net_received, NET_LARGE, 0);
	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	aw_transport_close(recorder.transport);
	net_send_text(peer, "ignored");
	memset(net_received, 0, NET_LARGE);
	ck_assert_uint_eq(net_receive(peer, net_received, NET_LARGE), NET_LARGE);
	net_check(net_received, NET_LARGE, 0);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made pause resume lost");
	ck_assert_int_eq(recorder.error, 0);
	close(peer);
}

NET_TEST(write_eof_sends_the_queue_then_the_end)
{
	struct recorder recorder = { .keep = true };
	int peer = recorder_pair(&recorder, &recorder_protocol, NULL);

	ck_assert(aw_transport_can_write_eof(recorder.transport));
	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	aw_transport_write_eof(recorder.transport);
	aw_transport_write_eof(recorder.transport);
	aw_transport_write(recorder.transport, "late", 4);
	ck_assert_uint_eq(net_receive(peer, net_received, NET_LARGE + 1),
	    NET_LARGE);
	/* The other direction is still open. */
	net_send_text(peer, "x");
	recorder_wait_data(&recorder, 1);
	recorder_end(&recorder, peer);
}

static unsigned lost_at_close;

static void
count_lost(aw_transport *transport, int error, void *arg)
{
	(void)transport, (void)error, (void)arg;
	lost_at_close++;
}

static int
leave_open(void *arg)
{
	static const aw_protocol protocol = { .connection_lost = count_lost };
	int *fds = arg;

	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &protocol, NULL, fds[0], NULL, NULL), 0);
	ck_assert_int_eq(aw_sleep(0), 0);
	return 0;
}

START_TEST(connections_are_lost_with_the_loop)
{
	int fds[2];

	lost_at_close = 0;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(aw_run(leave_open, fds), 0);
	ck_assert_uint_eq(lost_at_close, 1);
	close(fds[1]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_connection_is_made_then_brings_data_then_is_lost,
		nothing_is_told_before_connection_made,
		one_that_is_closed_before_it_was_made_is_told_both,
		what_is_written_before_connection_made_is_sent,
		close_is_never_told_inline,
		a_write_that_fails_is_never_told_inline,
		data_received_may_abort,
		connection_made_may_abort,
		eof_received_may_abort,
		a_connection_may_be_kept_after_its_end,
		without_eof_received_the_end_closes,
		a_protocol_without_functions_is_one,
		a_reset_is_the_error_of_connection_lost,
		abort_drops_the_queue_and_says_so,
		close_sends_the_queue_and_reads_no_more,
		write_eof_sends_the_queue_then_the_end,
		connections_are_lost_with_the_loop,
	};

	return NET_MAIN("protocol", tests);
}
