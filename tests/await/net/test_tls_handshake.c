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

#include "net/tls_peer.h"

/* What the server was told of a handshake that failed. */
static struct {
	unsigned count;
	aw_tls_reason reason;
	int error;
	char text[256];
	bool has_peer;
} failure;

static void
on_failure(aw_server *server, const aw_tls_failure *failed, void *arg)
{
	struct sockaddr_storage address;

	ck_assert_ptr_nonnull(server);
	ck_assert_ptr_eq(arg, &failure);
	failure.count++;
	failure.reason = failed->reason;
	failure.error = failed->error;
	snprintf(failure.text, sizeof(failure.text), "%s", failed->text);
	failure.has_peer = aw_transport_get_extra_info(failed->transport,
	    "peername", &address, sizeof(address)) > 0;
}

static const aw_server_options watched = {
	.tls_failed = on_failure,
	.tls_failed_arg = &failure,
	.connection = { .tls_handshake_timeout = 30 },
};

static unsigned handled;

static int
count_handler(aw_reader *reader, aw_writer *writer, void *arg)
{
	handled++;
	return tls_echo(reader, writer, arg);
}

static void
start(struct tls_server *server, const aw_tls_options *options)
{
	failure.count = 0;
	handled = 0;
	tls_start_server(server, count_handler, NULL,
	    tls_server_context(options), &watched);
}

/* Waits until the server has seen so many handshakes fail. */
static bool
has_failed(void *arg)
{
	return failure.count >= *(unsigned *)arg;
}

static void
check_failed(const struct tls_server *server, aw_tls_reason reason, int error)
{
	unsigned one = 1;

	net_wait_until(has_failed, &one);
	ck_assert_msg(failure.reason == reason, "%s: %s",
	    aw_tls_reason_name(failure.reason), failure.text);
	ck_assert_int_eq(failure.error, error);
	ck_assert_str_ne(failure.text, "");
	ck_assert(failure.has_peer);
	ck_assert_uint_eq(aw_server_tls_failure_count(server->server, reason),
	    1);
	ck_assert_uint_eq(handled, 0);
}

/* A client's handshake fails with the error, and a text with the words. */
static void
check_refusal(const struct tls_server *server,
    const aw_connection_options *options, int error, const char *words)
{
	struct net_pair pair;

	ck_assert_int_eq(tls_connect(server, options, &pair), error);
	ck_assert_msg(strstr(aw_error_text(), words) != NULL,
	    "\"%s\" lacks \"%s\"", aw_error_text(), words);
}

/* A certificate of the server's that the client does not take. */
static void
check_certificate(const char *certificate, const char *words)
{
	aw_tls_options options = { .certificate = certificate };
	struct tls_server server;

	start(&server, &options);
	check_refusal(&server, NULL, AW_ETLSVERIFY, words);
	check_failed(&server, AW_TLS_ALERT, AW_ETLSALERT);
	tls_stop_server(&server);
}

NET_TEST(a_client_takes_no_certificate_that_it_can_not_verify)
{
	check_certificate(TLS_STRANGER, "unable to get local issuer");
	check_certificate(TLS_EXPIRED, "certificate has expired");
	check_certificate(TLS_NAMED, "certificate of localhost can't be "
	    "verified: hostname mismatch");
}

NET_TEST(the_name_may_be_an_address)
{
	aw_connection_options options = { .server_hostname = "127.0.0.1" };
	struct tls_server server;
	struct net_pair pair;
	char name[32];

	start(&server, NULL);
	ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
	/* The server is not told of it. */
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "server_name",
	    name, sizeof(name)), -ENOENT);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	options.server_hostname = "127.0.0.2";
	check_refusal(&server, &options, AW_ETLSVERIFY, "IP address mismatch");
	tls_stop_server(&server);
}

NET_TEST(the_name_is_the_host_if_there_is_no_other)
{
	aw_connection_options options = { .tls = tls_client_context(NULL) };
	struct tls_server server;
	struct net_pair pair;
	char name[32];

	start(&server, NULL);
	ck_assert_int_eq(aw_open_connection("localhost", server.port, &options,
	    &pair.reader, &pair.writer), 0);
	ck_assert_int_gt(aw_writer_get_extra_info(pair.writer, "server_name",
	    name, sizeof(name)), 0);
	ck_assert_str_eq(name, "localhost");
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

NET_TEST(a_client_that_checks_needs_a_name)
{
	aw_connection_options options = { .server_hostname = "" };
	struct tls_server server;

	start(&server, NULL);
	check_refusal(&server, &options, -EINVAL, "server_hostname");
	ck_assert_uint_eq(failure.count, 0);
	tls_stop_server(&server);
}

NET_TEST(a_client_can_do_without_checks)
{
	static const aw_tls_options no_checks[] = {
		{ .no_check_hostname = true },
		{ .verify = AW_TLS_VERIFY_NONE },
	};
	aw_tls_options named = { .certificate = TLS_NAMED };
	aw_connection_options options;
	struct tls_server server;
	struct net_pair pair;
	char text[128];
	size_t i;

	start(&server, &named);
	for (i = 0; i < 2; i++) {
		options = (aw_connection_options){
			.tls = tls_client_context(&no_checks[i]),
			.server_hostname = i == 0 ? "localhost" : "",
		};
		ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
		ck_assert_int_gt(aw_writer_get_extra_info(pair.writer,
		    "verify_result", text, sizeof(text)), 0);
		ck_assert_str_eq(text, "ok");
		ck_assert_int_eq(tls_disconnect(&pair), 0);
		aw_tls_context_unref(options.tls);
	}
	tls_stop_server(&server);
}

/* What a client says of a server that it does not insist on. */
NET_TEST(a_certificate_that_is_not_verified_can_still_be_asked_about)
{
	aw_tls_options stranger = { .certificate = TLS_STRANGER };
	aw_tls_options trusting = { .verify = AW_TLS_VERIFY_NONE };
	aw_connection_options options = {
		.tls = tls_client_context(&trusting),
	};
	struct tls_server server;
	struct net_pair pair;
	char text[128];

	start(&server, &stranger);
	ck_assert_int_eq(tls_connect(&server, &options, &pair), 0);
	ck_assert_int_gt(aw_writer_get_extra_info(pair.writer,
	    "verify_result", text, sizeof(text)), 0);
	ck_assert(strstr(text, "unable to") != NULL);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	aw_tls_context_unref(options.tls);
	tls_stop_server(&server);
}

/* A client with that certificate, or NULL, which the server takes or not. */
static int
show_certificate(const struct tls_server *server, const char *certificate)
{
	aw_tls_options client = { .certificate = certificate };
	aw_connection_options options = { .tls = tls_client_context(&client) };
	struct net_pair pair;
	char byte = 'x';
	int err;

	err = tls_connect(server, &options, &pair);
	aw_tls_context_unref(options.tls);
	if (err < 0)
		return err;
	/* In TLS 1.3 a client is done before the server has looked. */
	aw_writer_write(pair.writer, &byte, 1);
	err = (int)aw_reader_readexactly(pair.reader, &byte, 1);
	if (err < 0)
		aw_writer_abort(pair.writer);
	(void)tls_disconnect(&pair);
	return err;
}

NET_TEST(a_server_may_require_certificates)
{
	aw_tls_options options = {
		.verify = AW_TLS_VERIFY_REQUIRED, .ca_file = TLS_CA,
	};
	struct tls_server server;

	start(&server, &options);
	ck_assert_int_eq(show_certificate(&server, NULL), AW_ETLSALERT);
	check_failed(&server, AW_TLS_VERIFICATION, AW_ETLSVERIFY);
	ck_assert(strstr(failure.text, "has no certificate") != NULL);
	failure.count = 0;
	ck_assert_int_eq(show_certificate(&server, TLS_STRANGER),
	    AW_ETLSALERT);
	ck_assert_int_eq(failure.reason, AW_TLS_VERIFICATION);
	ck_assert(strstr(failure.text, "issuer") != NULL);
	ck_assert_uint_eq(handled, 0);
	ck_assert_int_eq(show_certificate(&server, TLS_CLIENT), 1);
	ck_assert_uint_eq(handled, 1);
	tls_stop_server(&server);
}

NET_TEST(a_server_may_ask_for_certificates)
{
	aw_tls_options options = {
		.verify = AW_TLS_VERIFY_OPTIONAL, .ca_file = TLS_CA,
	};
	struct tls_server server;

	start(&server, &options);
	ck_assert_int_eq(show_certificate(&server, NULL), 1);
	ck_assert_int_eq(show_certificate(&server, TLS_CLIENT), 1);
	ck_assert_int_eq(show_certificate(&server, TLS_STRANGER),
	    AW_ETLSALERT);
	ck_assert_uint_eq(handled, 2);
	tls_stop_server(&server);
}

NET_TEST(there_may_be_no_version_in_common)
{
	aw_tls_options new = { .minimum_version = AW_TLS_VERSION_1_3 };
	aw_tls_options old = { .maximum_version = AW_TLS_VERSION_1_2 };
	aw_connection_options options = { .tls = tls_client_context(&old) };
	struct tls_server server;

	start(&server, &new);
	check_refusal(&server, &options, AW_ETLSALERT, "protocol version");
	check_failed(&server, AW_TLS_UNSUPPORTED, AW_ETLS);
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

	start(&server, &one);
	check_refusal(&server, &options, AW_ETLSALERT, "handshake failure");
	check_failed(&server, AW_TLS_UNSUPPORTED, AW_ETLS);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

static void
check_plain(const char *text, aw_tls_reason reason)
{
	struct tls_server server;
	char answer[64];
	int fd;

	start(&server, NULL);
	fd = net_connect(server.port);
	net_send_text(fd, text);
	check_failed(&server, reason, AW_ETLS);
	/* An alert at most. */
	ck_assert_uint_le(net_receive(fd, answer, sizeof(answer)), 7);
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
	aw_server_options options = watched;
	struct tls_server server;
	char byte;
	int fd;

	failure.count = 0;
	handled = 0;
	options.connection.tls_handshake_timeout = 0.01;
	tls_start_server(&server, count_handler, NULL, NULL, &options);
	fd = net_connect(server.port);
	ck_assert_uint_eq(net_receive(fd, &byte, 1), 0);
	check_failed(&server, AW_TLS_TIMEOUT, -ETIMEDOUT);
	ck_assert_str_eq(failure.text,
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
	size_t all = SIZE_MAX, before = failure.count;
	bool complete = false;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	tls_peer_init(&peer, ends[0], false, 0);
	while (bytes > 0 && !complete) {
		result = SSL_do_handshake(peer.ssl);
		forward(ends[1], fd, &bytes);
		net_turns(1);
		forward(fd, ends[1], &all);
		complete = result == 1 && handled > 0;
	}
	close(fd);
	if (!complete) {
		unsigned after = (unsigned)before + 1;

		net_wait_until(has_failed, &after);
		ck_assert_int_eq(failure.reason, AW_TLS_CLOSED);
		ck_assert_int_eq(failure.error, -ECONNRESET);
		ck_assert_uint_eq(handled, 0);
	}
	tls_peer_free(&peer);
	close(ends[1]);
	return complete;
}

NET_TEST(a_handshake_may_be_cut_off_at_any_point)
{
	struct tls_server server;
	size_t bytes;

	start(&server, NULL);
	/* All of the first, and some of the rest. */
	for (bytes = 0; !cut_off(&server, bytes); bytes += bytes < 12 ? 1 : 7)
		continue;
	ck_assert_uint_gt(bytes, 250);
	ck_assert_uint_eq(handled, 1);
	ck_assert_uint_eq(aw_server_tls_failure_count(server.server,
	    AW_TLS_CLOSED), failure.count);
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

	start(&server, NULL);
	fd = net_connect(server.port);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	tls_peer_init(&peer, ends[0], false, 0);
	while (result != 1 || handled == 0) {
		result = SSL_do_handshake(peer.ssl);
		one = 1;
		forward(ends[1], fd, &one);
		net_turns(1);
		forward(fd, ends[1], &all);
	}
	ck_assert_uint_eq(failure.count, 0);
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

	start(&server, NULL);
	fd = net_connect(server.port);
	while (aw_server_connection_count(server.server) == 0)
		net_turns(1);
	net_turns(2);
	aw_server_close_clients(server.server);
	check_failed(&server, AW_TLS_CLOSING, -ECONNABORTED);
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

	start(&server, NULL);
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
		a_client_takes_no_certificate_that_it_can_not_verify,
		the_name_may_be_an_address,
		the_name_is_the_host_if_there_is_no_other,
		a_client_that_checks_needs_a_name,
		a_client_can_do_without_checks,
		a_certificate_that_is_not_verified_can_still_be_asked_about,
		a_server_may_require_certificates,
		a_server_may_ask_for_certificates,
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
