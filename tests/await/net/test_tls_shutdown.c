/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How TLS connections end.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tls_peer.h"

NET_TEST(the_peers_close_notify_is_the_end)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "x", 1);
	ck_assert_int_eq(SSL_shutdown(link.peer.ssl), 0);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), 1);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), 0);
	ck_assert(aw_reader_at_eof(link.pair.reader));
	tls_link_free(&link);
}

NET_TEST(after_the_peers_end_writing_goes_on)
{
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, 0, NULL);
	ck_assert_int_eq(SSL_shutdown(link.peer.ssl), 0);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 1), 0);
	aw_writer_write(link.pair.writer, "still", 5);
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 5), 5);
	ck_assert_str_eq(text, "still");
	/* Both have ended then, so there is nothing to wait for. */
	aw_writer_close(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	tls_link_free(&link);
}

static void
write_eof(int version)
{
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, false, version, NULL);
	aw_writer_write(link.pair.writer, "last", 4);
	aw_writer_write_eof(link.pair.writer);
	aw_writer_write(link.pair.writer, "none", 4);
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 8), 4);
	ck_assert_str_eq(text, "last");
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	tls_peer_write(&link.peer, "answer", 6);
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 6), 6);
	ck_assert_mem_eq(text, "answer", 6);
	(void)SSL_shutdown(link.peer.ssl);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 1), 0);
	aw_writer_close(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	tls_link_free(&link);
}

NET_TEST(after_write_eof_reading_goes_on)
{
	write_eof(TLS1_3_VERSION);
	write_eof(TLS1_2_VERSION);
}

NET_TEST(after_feed_eof_the_peers_end_is_noticed)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, 0, NULL);
	aw_reader_feed_eof(link.pair.reader);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), 0);
	aw_writer_close(link.pair.writer);
	ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	ck_assert_int_eq(SSL_shutdown(link.peer.ssl), 1);
	/* Otherwise the time for it would run out. */
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	tls_link_free(&link);
}

/* Whose tickets come behind the end of what it sends. */
NET_TEST(a_client_may_be_done_before_the_server_has_begun)
{
	struct tls_server server;
	struct net_pair pair;
	char text[8] = "";

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	ck_assert_int_eq(tls_connect(&server, NULL, &pair), 0);
	aw_writer_write(pair.writer, "all", 3);
	aw_writer_write_eof(pair.writer);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, text, 8),
	    AW_EINCOMPLETE);
	ck_assert_str_eq(text, "all");
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
}

NET_TEST(a_fin_alone_cuts_the_stream_off)
{
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "some", 4);
	ck_assert_int_eq(shutdown(link.peer.fd, SHUT_WR), 0);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 8), 4);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 8),
	    AW_ETLSTRUNCATED);
	ck_assert(strstr(aw_error_text(), "without the end of TLS") != NULL);
	ck_assert(!aw_reader_at_eof(link.pair.reader));
	/* The other direction is as good as before. */
	aw_writer_write(link.pair.writer, "answer", 6);
	ck_assert_int_eq(aw_writer_drain(link.pair.writer), 0);
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 6), 6);
	ck_assert_mem_eq(text, "answer", 6);
	aw_writer_close(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer),
	    AW_ETLSTRUNCATED);
	tls_link_free(&link);
}

NET_TEST(a_fin_within_a_record_cuts_the_stream_off)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, 0, NULL);
	net_send(link.peer.fd, "\x17\x03\x03\x00\x20xyz", 8);
	ck_assert_int_eq(shutdown(link.peer.fd, SHUT_WR), 0);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
	    AW_ETLSTRUNCATED);
	tls_link_free(&link);
}

/* A reader that gathers gets no more than the error either. */
NET_TEST(a_line_that_is_cut_off_is_no_line)
{
	struct tls_link link;
	const char *line;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "one\ntw", 6);
	ck_assert_int_eq(shutdown(link.peer.fd, SHUT_WR), 0);
	ck_assert_int_eq(aw_reader_readline(link.pair.reader, &line), 4);
	ck_assert_int_eq(aw_reader_readline(link.pair.reader, &line),
	    AW_ETLSTRUNCATED);
	tls_link_free(&link);
}

static ssize_t read_result;

static int
echo_bytes(aw_reader *reader, aw_writer *writer, void *arg)
{
	char byte;

	(void)arg;
	while ((read_result = aw_reader_read(reader, &byte, 1)) > 0)
		aw_writer_write(writer, &byte, 1);
	return (int)read_result;
}

NET_TEST(a_reset_is_an_error_of_its_own)
{
	struct tls_server server;
	struct tls_peer peer;
	char byte;

	tls_start_server(&server, echo_bytes, NULL, NULL, NULL);
	tls_peer_connect(&peer, &server, 0);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	tls_peer_write(&peer, "x", 1);
	ck_assert_uint_eq(tls_peer_read(&peer, &byte, 1), 1);
	net_reset(peer.fd);
	peer.fd = -1;
	tls_stop_server(&server);
	ck_assert_int_eq(read_result, -ECONNRESET);
	tls_peer_free(&peer);
}

static int
close_and_wait(void *arg)
{
	struct net_pair *pair = arg;

	aw_writer_close(pair->writer);
	return aw_writer_wait_closed(pair->writer);
}

NET_TEST(closing_waits_for_the_peers_end)
{
	struct tls_link link;
	char text[8] = "";
	aw_task *task;

	tls_link_init(&link, true, 0, NULL);
	aw_writer_write(link.pair.writer, "bye", 3);
	task = net_spawn(close_and_wait, &link.pair);
	net_turns(5);
	ck_assert(!aw_future_done(task));
	/* The reader has met its end already. */
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 1), 0);
	/* What still comes is of no interest. */
	tls_peer_write(&link.peer, "late", 4);
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 8), 3);
	ck_assert_str_eq(text, "bye");
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	net_turns(5);
	ck_assert(!aw_future_done(task));
	(void)SSL_shutdown(link.peer.ssl);
	ck_assert_int_eq(net_join(task), 0);
	tls_link_free(&link);
}

NET_TEST(a_peer_that_only_hangs_up_then_is_fine)
{
	struct tls_link link;
	aw_task *task;

	tls_link_init(&link, true, 0, NULL);
	task = net_spawn(close_and_wait, &link.pair);
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	close(link.peer.fd);
	link.peer.fd = -1;
	ck_assert_int_eq(net_join(task), 0);
	tls_link_free(&link);
}

NET_TEST(the_wait_for_the_peers_end_is_bounded)
{
	aw_connection_options options = { .tls_shutdown_timeout = 0.01 };
	struct tls_link link;

	tls_link_init(&link, true, 0, &options);
	aw_writer_close(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), -ETIMEDOUT);
	tls_link_free(&link);
}

/* It may have much to say to a peer that has closed already. */
NET_TEST(what_comes_while_it_closes_is_thrown_away)
{
	static unsigned char data[512 * 1024];
	struct tls_link link;
	aw_task *task;

	tls_link_init(&link, true, 0, NULL);
	task = net_spawn(close_and_wait, &link.pair);
	net_turns(2);
	tls_peer_write(&link.peer, data, sizeof(data));
	(void)SSL_shutdown(link.peer.ssl);
	ck_assert_int_eq(net_join(task), 0);
	tls_link_free(&link);
}

NET_TEST(all_that_is_queued_is_sent_before_the_end)
{
	static unsigned char data[512 * 1024], back[sizeof(data)];
	struct tls_link link;
	aw_task *task;

	net_fill(data, sizeof(data), 0);
	tls_link_init(&link, true, 0, NULL);
	aw_writer_write(link.pair.writer, data, sizeof(data));
	/* The peer has ended its half long ago. */
	ck_assert_int_eq(SSL_shutdown(link.peer.ssl), 0);
	task = net_spawn(close_and_wait, &link.pair);
	ck_assert_uint_eq(tls_peer_read(&link.peer, back, sizeof(back)),
	    sizeof(back));
	net_check(back, sizeof(back), 0);
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	ck_assert_int_eq(net_join(task), 0);
	tls_link_free(&link);
}

NET_TEST(who_drains_goes_on_while_it_closes)
{
	static unsigned char data[512 * 1024], back[sizeof(data)];
	struct tls_link link;
	struct net_call call;
	aw_task *task;

	tls_link_init(&link, true, 0, NULL);
	aw_writer_write(link.pair.writer, data, sizeof(data));
	task = net_start(&call, &link.pair, net_drain);
	aw_writer_close(link.pair.writer);
	ck_assert_uint_eq(tls_peer_read(&link.peer, back, sizeof(back)),
	    sizeof(back));
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	tls_peer_shutdown(&link.peer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	tls_link_free(&link);
}

NET_TEST(an_abort_waits_for_nobody)
{
	struct tls_link link;

	tls_link_init(&link, true, 0, NULL);
	aw_writer_abort(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	tls_link_free(&link);
	tls_link_init(&link, true, 0, NULL);
	aw_writer_close(link.pair.writer);
	aw_writer_abort(link.pair.writer);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), 0);
	tls_link_free(&link);
}

/* Freed with everything under way; the loop ends what is left of it. */
NET_TEST(a_connection_can_be_freed_while_it_closes)
{
	struct tls_link link;
	unsigned descriptors;

	tls_link_init(&link, true, 0, NULL);
	descriptors = net_open_descriptors();
	aw_writer_free(link.pair.writer);
	ck_assert_int_eq(tls_peer_read_error(&link.peer),
	    SSL_ERROR_ZERO_RETURN);
	(void)SSL_shutdown(link.peer.ssl);
	while (net_open_descriptors() == descriptors)
		net_turns(1);
	tls_peer_free(&link.peer);
	/* And one whose peer does not answer before the loop closes. */
	tls_link_init(&link, true, 0, NULL);
	aw_writer_free(link.pair.writer);
	tls_peer_free(&link.peer);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_peers_close_notify_is_the_end,
		after_the_peers_end_writing_goes_on,
		after_feed_eof_the_peers_end_is_noticed,
		after_write_eof_reading_goes_on,
		a_client_may_be_done_before_the_server_has_begun,
		a_fin_alone_cuts_the_stream_off,
		a_fin_within_a_record_cuts_the_stream_off,
		a_line_that_is_cut_off_is_no_line,
		a_reset_is_an_error_of_its_own,
		closing_waits_for_the_peers_end,
		a_peer_that_only_hangs_up_then_is_fine,
		the_wait_for_the_peers_end_is_bounded,
		what_comes_while_it_closes_is_thrown_away,
		all_that_is_queued_is_sent_before_the_end,
		who_drains_goes_on_while_it_closes,
		an_abort_waits_for_nobody,
		a_connection_can_be_freed_while_it_closes,
	};

	return NET_MAIN("tls_shutdown", tests);
}
