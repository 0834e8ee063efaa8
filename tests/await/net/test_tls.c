/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Bytes over TLS: from end to end, and to and from OpenSSL itself.
 */
#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop.h"
#include "net/tls_peer.h"

/* More than the buffers of both ends hold. */
#define LARGE (2 * 1024 * 1024)

static const struct {
	aw_tls_version version;
	int number;
	const char *name;
} versions[] = {
	{ AW_TLS_VERSION_1_2, TLS1_2_VERSION, "TLSv1.2" },
	{ AW_TLS_VERSION_1_3, TLS1_3_VERSION, "TLSv1.3" },
};
#define VERSIONS (sizeof(versions) / sizeof(versions[0]))

static void
check_text(struct net_pair *pair, const char *name, const char *expected)
{
	char text[64];

	ck_assert_int_eq(aw_writer_get_extra_info(pair->writer, name, text,
	    sizeof(text)), (int)strlen(expected) + 1);
	ck_assert_str_eq(text, expected);
}

NET_TEST(each_version_echoes)
{
	struct tls_server server;
	struct net_pair pair;
	size_t i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	for (i = 0; i < VERSIONS; i++) {
		aw_tls_options options = {
			.minimum_version = versions[i].version,
			.maximum_version = versions[i].version,
		};
		aw_connection_options connection = {
			.tls = tls_client_context(&options),
		};

		ck_assert_int_eq(tls_connect(&server, &connection, &pair), 0);
		tls_check_echo(&pair, "hello");
		tls_check_echo(&pair, "again");
		check_text(&pair, "ssl_version", versions[i].name);
		ck_assert_int_eq(aw_writer_can_write_eof(pair.writer),
		    versions[i].version == AW_TLS_VERSION_1_3);
		ck_assert_int_eq(tls_disconnect(&pair), 0);
		aw_tls_context_unref(connection.tls);
	}
	tls_stop_server(&server);
}

static unsigned char block[16 * 1024];

/* Writes LARGE bytes and the end. */
static int
write_large(void *arg)
{
	struct net_pair *pair = arg;
	size_t done;

	for (done = 0; done < LARGE; done += sizeof(block)) {
		net_fill(block, sizeof(block), done);
		aw_writer_write(pair->writer, block, sizeof(block));
		ck_assert_int_eq(aw_writer_drain(pair->writer), 0);
	}
	aw_writer_write_eof(pair->writer);
	return 0;
}

/* Reads LARGE bytes, at most size at a time, and the end. */
static void
read_large(struct net_pair *pair, size_t size)
{
	static unsigned char buffer[128 * 1024];
	size_t done = 0;
	ssize_t n;

	while ((n = aw_reader_read(pair->reader, buffer, size)) > 0) {
		net_check(buffer, (size_t)n, done);
		done += (size_t)n;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_eq(done, LARGE);
}

NET_TEST(much_goes_both_ways_at_once)
{
	struct tls_server server;
	struct net_pair pair;
	size_t i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	for (i = 0; i < VERSIONS; i++) {
		aw_tls_options options = {
			.maximum_version = versions[i].version,
		};
		aw_connection_options connection = {
			.tls = tls_client_context(&options),
		};
		aw_task *task;

		ck_assert_int_eq(tls_connect(&server, &connection, &pair), 0);
		task = net_spawn(write_large, &pair);
		read_large(&pair, i == 0 ? sizeof(block) : 100000);
		net_join(task);
		ck_assert_int_eq(tls_disconnect(&pair), 0);
		aw_tls_context_unref(connection.tls);
	}
	tls_stop_server(&server);
}

/* What OpenSSL has received already, no event will tell of. */
NET_TEST(bytes_of_one_record_can_be_read_one_by_one)
{
	struct tls_link link;
	char text[] = "0123456789", byte;
	size_t i;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, text, 10);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
		    1);
		ck_assert_int_eq(byte, text[i]);
	}
	tls_link_free(&link);
}

NET_TEST(records_of_one_byte_are_read_at_once)
{
	struct tls_link link;
	char text[9] = "";
	size_t i;

	tls_link_init(&link, true, 0, NULL);
	for (i = 0; i < 8; i++)
		tls_peer_write(&link.peer, "x", 1);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 8), 8);
	ck_assert_str_eq(text, "xxxxxxxx");
	tls_link_free(&link);
}

NET_TEST(a_write_is_a_record_and_a_call_of_the_kernels)
{
	struct iovec pieces[] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, 0, NULL);
	aw_writer_writelines(link.pair.writer, pieces, 3);
	/* Of a record, SSL_read gives the rest only once it has been asked. */
	ck_assert_int_eq(SSL_read(link.peer.ssl, text, sizeof(text)), 5);
	ck_assert_str_eq(text, "abcde");
	tls_link_free(&link);
}

NET_TEST(large_pieces_keep_their_order)
{
	static unsigned char data[100 * 1024], back[sizeof(data)];
	struct iovec pieces[] = {
		{ data, 10 }, { data + 10, 40000 },
		{ data + 40010, sizeof(data) - 40010 },
	};
	struct tls_link link;

	net_fill(data, sizeof(data), 0);
	tls_link_init(&link, false, 0, NULL);
	aw_writer_writelines(link.pair.writer, pieces, 3);
	ck_assert_uint_eq(tls_peer_read(&link.peer, back, sizeof(back)),
	    sizeof(back));
	net_check(back, sizeof(back), 0);
	tls_link_free(&link);
}

NET_TEST(what_is_lent_and_not_taken_comes_again)
{
	struct tls_link link;
	const void *data;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "abc", 3);
	ck_assert_int_eq(aw_reader_peek(link.pair.reader, &data), 3);
	ck_assert_mem_eq(data, "abc", 3);
	aw_reader_consume(link.pair.reader, 1);
	net_turns(2);
	ck_assert_int_eq(aw_reader_peek(link.pair.reader, &data), 2);
	ck_assert_mem_eq(data, "bc", 2);
	tls_link_free(&link);
}

NET_TEST(lines_are_read)
{
	struct tls_link link;
	const char *line;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "one\ntwo\nth", 10);
	ck_assert_int_eq(aw_reader_readline(link.pair.reader, &line), 4);
	ck_assert_int_eq(aw_reader_readline(link.pair.reader, &line), 4);
	tls_peer_write(&link.peer, "ree\n", 4);
	ck_assert_int_eq(aw_reader_readline(link.pair.reader, &line), 6);
	ck_assert_mem_eq(line, "three\n", 6);
	tls_link_free(&link);
}

NET_TEST(the_end_can_be_fed)
{
	struct tls_link link;
	char text[16] = "";

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "before", 6);
	aw_reader_feed_eof(link.pair.reader);
	tls_peer_write(&link.peer, "behind", 6);
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 16),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(link.pair.reader), 6);
	ck_assert_str_eq(text, "before");
	tls_link_free(&link);
}

NET_TEST(bytes_can_be_fed_behind_those_that_came)
{
	struct tls_link link;
	char text[16] = "";

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "came", 4);
	ck_assert_int_eq(aw_reader_feed_data(link.pair.reader, "fed", 3), 0);
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 7), 7);
	ck_assert_str_eq(text, "camefed");
	tls_link_free(&link);
}

int
main(void)
{
	const TTest *const tests[] = {
		each_version_echoes,
		much_goes_both_ways_at_once,
		bytes_of_one_record_can_be_read_one_by_one,
		records_of_one_byte_are_read_at_once,
		a_write_is_a_record_and_a_call_of_the_kernels,
		large_pieces_keep_their_order,
		what_is_lent_and_not_taken_comes_again,
		lines_are_read,
		the_end_can_be_fed,
		bytes_can_be_fed_behind_those_that_came,
	};

	return NET_MAIN("tls", tests);
}
