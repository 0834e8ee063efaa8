/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Handshakes that fail, and why: for the client, and for the server, whose
 * handler never learns of them.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tls_watched.h"

NET_TEST(there_may_be_no_version_in_common)
{
	aw_tls_options new = { .minimum_version = AW_TLS_VERSION_1_3 };
	aw_tls_options old = { .maximum_version = AW_TLS_VERSION_1_2 };
	aw_connection_options options = { .tls = tls_client_context(&old) };
	struct tls_server server;

	tls_watched_start(&server, &new);
	tls_watched_refuse(&server, &options, AW_ETLSALERT,
	    "protocol version");
	tls_watched_check(&server, AW_TLS_UNSUPPORTED, AW_ETLS);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

NET_TEST(there_may_be_no_cipher_in_common)
{
	aw_tls_options one = {
		.cipher_suites = "TLS_AES_128_GCM_SHA256",
		.minimum_version = AW_TLS_VERSION_1_3,
	};
	aw_tls_options other = { .cipher_suites = "TLS_AES_256_GCM_SHA384" };
	aw_connection_options options = { .tls = tls_client_context(&other) };
	struct tls_server server;

	tls_watched_start(&server, &one);
	tls_watched_refuse(&server, &options, AW_ETLSALERT,
	    "handshake failure");
	tls_watched_check(&server, AW_TLS_UNSUPPORTED, AW_ETLS);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

static void
check_plain(const char *text, aw_tls_reason reason)
{
	struct tls_server server;
	char answer[64];
	int fd;

	tls_watched_start(&server, NULL);
	fd = net_connect(server.port);
	net_send_text(fd, text);
	tls_watched_check(&server, reason, AW_ETLS);
	/* An alert, whatever OpenSSL thinks of it. */
	ck_assert_uint_eq(net_receive(fd, answer, sizeof(answer)), 7);
	ck_assert_mem_eq(answer, "\x15\3", 2);
	ck_assert_mem_eq(answer + 3, "\0\2\2", 3);
	close(fd);
	tls_stop_server(&server);
}

NET_TEST(a_peer_may_speak_something_else)
{
	check_plain("GET / HTTP/1.0\r\n\r\n", AW_TLS_NOT_TLS);
	check_plain("CONNECT localhost:7 HTTP/1.1\r\n\r\n", AW_TLS_NOT_TLS);
	check_plain("hello, is there an echo?\r\n", AW_TLS_NOT_TLS);
	/* This is, but nothing that TLS begins with. */
	check_plain("\x16\x03\x01\x01\x01" "256 bytes that are no hello, "
	    "and a byte; 256 bytes that are no hello, and a byte; 256 bytes "
	    "that are no hello, and a byte; 256 bytes that are no hello, and "
	    "a byte; 256 bytes that are no hello, and a byte; 256 bytes that "
	    "are no hello, and a byte; 256 bytes that are no hello, and a "
	    "byte; 256 bytes that are no.", AW_TLS_MALFORMED);
}

NET_TEST(a_client_may_meet_something_else)
{
	aw_connection_options options = {
		.tls = tls_client_context(NULL), .server_hostname = "x.test",
	};
	struct net_pair pair;
	uint16_t port;
	int listener = net_listen(1, &port), fd;

	fd = net_connect(port);
	net_send_text(fd, "220 some mail server\r\n");
	net_adopt(&pair, aw_get_running_loop(), accept(listener, NULL, NULL),
	    NULL);
	ck_assert_int_eq(aw_writer_start_tls(pair.writer, options.tls,
	    &options), AW_ETLS);
	ck_assert(strstr(aw_error_text(), "wrong version number") != NULL);
	aw_writer_free(pair.writer);
	aw_tls_context_unref(options.tls);
	close(fd);
	close(listener);
}

NET_TEST(a_server_waits_no_longer_than_it_was_told)
{
	aw_server_options options = tls_watched_options;
	struct tls_server server;
	char byte;
	int fd;

	tls_watched.count = 0;
	tls_watched.handled = 0;
	options.connection.tls_handshake_timeout = 0.01;
	tls_start_server(&server, tls_watched_handler, NULL, NULL, &options);
	fd = net_connect(server.port);
	ck_assert_uint_eq(net_receive(fd, &byte, 1), 0);
	tls_watched_check(&server, AW_TLS_TIMEOUT, -ETIMEDOUT);
	ck_assert_str_eq(tls_watched.text,
	    "the TLS handshake took longer than 0.01 seconds");
	close(fd);
	tls_stop_server(&server);
}

NET_TEST(a_client_waits_no_longer_than_it_was_told)
{
	aw_connection_options options = {
		.tls = tls_client_context(NULL),
		.tls_handshake_timeout = 0.01,
		.server_hostname = "localhost",
	};
	struct net_pair pair;
	uint16_t port;
	int listener = net_listen(1, &port);

	ck_assert_int_eq(aw_open_connection("127.0.0.1", port, &options,
	    &pair.reader, &pair.writer), -ETIMEDOUT);
	ck_assert(strstr(aw_error_text(), "0.01 seconds") != NULL);
	aw_tls_context_unref(options.tls);
	close(listener);
}

/* Copies bytes from one socket to another, until so many have passed. */
static void
forward(int from, int to, size_t *left)
{
	char buffer[1024];
	ssize_t n;

	n = recv(from, buffer, *left < sizeof(buffer) ? *left : sizeof(buffer),
	    MSG_DONTWAIT);
	if (n <= 0)
		return;
	net_send(to, buffer, (size_t)n);
	*left -= (size_t)n;
}

/*
 * A client's handshake of which the server sees no more than the first bytes,
 * and then the end.  Returns whether that was all of it.
 */
static bool
cut_off(const struct tls_server *server, size_t bytes)
{
	struct tls_peer peer;
	int ends[2], fd = net_connect(server->port), result;
	size_t all = SIZE_MAX, before = tls_watched.count;
	bool complete = false;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	tls_peer_init(&peer, ends[0], false, 0);
	while (bytes > 0 && !complete) {
		result = SSL_do_handshake(peer.ssl);
		forward(ends[1], fd, &bytes);
		net_turns(1);
		forward(fd, ends[1], &all);
		complete = result == 1 && tls_watched.handled > 0;
	}
	close(fd);
	if (!complete) {
		unsigned after = (unsigned)before + 1;

		net_wait_until(tls_watched_failed, &after);
		ck_assert_int_eq(tls_watched.reason, AW_TLS_CLOSED);
		ck_assert_int_eq(tls_watched.error, -ECONNRESET);
		ck_assert_uint_eq(tls_watched.handled, 0);
	}
	tls_peer_free(&peer);
	close(ends[1]);
	return complete;
}

NET_TEST(a_handshake_may_be_cut_off_at_any_point)
{
	struct tls_server server;
	size_t bytes;

	tls_watched_start(&server, NULL);
	/* All of the first, and some of the rest. */
	for (bytes = 0; !cut_off(&server, bytes); bytes += bytes < 12 ? 1 : 7)
		continue;
	ck_assert_uint_gt(bytes, 250);
	ck_assert_uint_eq(tls_watched.handled, 1);
	ck_assert_uint_eq(aw_server_tls_failure_count(server.server,
	    AW_TLS_CLOSED), tls_watched.count);
	aw_server_abort_clients(server.server);
	tls_stop_server(&server);
}

/* A handshake of which each byte comes alone. */
NET_TEST(a_handshake_may_trickle)
{
	struct tls_server server;
	struct tls_peer peer;
	int ends[2], fd, result = 0;
	size_t one, all = SIZE_MAX;

	tls_watched_start(&server, NULL);
	fd = net_connect(server.port);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	tls_peer_init(&peer, ends[0], false, 0);
	while (result != 1 || tls_watched.handled == 0) {
		result = SSL_do_handshake(peer.ssl);
		one = 1;
		forward(ends[1], fd, &one);
		net_turns(1);
		forward(fd, ends[1], &all);
	}
	ck_assert_uint_eq(tls_watched.count, 0);
	tls_peer_free(&peer);
	close(ends[1]);
	close(fd);
	aw_server_abort_clients(server.server);
	tls_stop_server(&server);
}

NET_TEST(a_server_that_closes_its_clients_ends_handshakes)
{
	struct tls_server server;
	int fd;

	tls_watched_start(&server, NULL);
	fd = net_connect(server.port);
	while (aw_server_connection_count(server.server) == 0)
		net_turns(1);
	net_turns(2);
	aw_server_close_clients(server.server);
	tls_watched_check(&server, AW_TLS_CLOSING, -ECONNABORTED);
	close(fd);
	tls_stop_server(&server);
}

static int
connect_to(void *arg)
{
	aw_connection_options options = {
		.tls = tls_client_context(NULL), .server_hostname = "localhost",
	};
	struct net_pair pair;
	int err;

	err = aw_open_connection("127.0.0.1", *(uint16_t *)arg, &options,
	    &pair.reader, &pair.writer);
	aw_tls_context_unref(options.tls);
	return err;
}

NET_TEST(a_handshake_can_be_cancelled)
{
	uint16_t port;
	int listener = net_listen(1, &port), fd;
	aw_task *task = net_spawn(connect_to, &port);
	char hello[2048];

	ck_assert_int_eq(aw_wait_readable(listener), 0);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	ck_assert_int_gt(net_receive_once(fd, hello, sizeof(hello)), 100);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert_int_lt(net_receive_once(fd, hello, sizeof(hello)), 1);
	close(fd);
	close(listener);
}

NET_TEST(new_certificates_are_for_new_connections)
{
	aw_tls_options named = { .certificate = TLS_NAMED };
	aw_connection_options options = { .server_hostname = "named.test" };
	struct tls_server server;
	struct net_pair before, after;
	aw_tls_context *context = tls_server_context(&named);

	tls_watched_start(&server, NULL);
	ck_assert_int_eq(tls_connect(&server, NULL, &before), 0);
	aw_server_set_tls(server.server, context);
	aw_tls_context_unref(context);
	ck_assert_int_eq(tls_connect(&server, &options, &after), 0);
	tls_check_echo(&before, "before");
	tls_check_echo(&after, "after");
	ck_assert_int_eq(tls_disconnect(&before), 0);
	ck_assert_int_eq(tls_disconnect(&after), 0);
	tls_stop_server(&server);
}

NET_TEST(reasons_have_names)
{
	int reason;

	for (reason = 0; reason < AW_TLS_REASONS; reason++)
		ck_assert_str_ne(aw_tls_reason_name((aw_tls_reason)reason),
		    "unknown");
	ck_assert_str_eq(aw_tls_reason_name(AW_TLS_NOT_TLS), "not_tls");
	ck_assert_str_eq(aw_tls_reason_name(AW_TLS_REASONS), "unknown");
}

int
main(void)
{
	const TTest *const tests[] = {
		there_may_be_no_version_in_common,
		there_may_be_no_cipher_in_common,
		a_peer_may_speak_something_else,
		a_client_may_meet_something_else,
		a_server_waits_no_longer_than_it_was_told,
		a_client_waits_no_longer_than_it_was_told,
		a_handshake_may_be_cut_off_at_any_point,
		a_handshake_may_trickle,
		a_server_that_closes_its_clients_ends_handshakes,
		a_handshake_can_be_cancelled,
		new_certificates_are_for_new_connections,
		reasons_have_names,
	};

	return NET_MAIN("tls_handshake", tests);
}
