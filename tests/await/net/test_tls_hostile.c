/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Peers that have shaken hands, and then send what they should not, or more of
 * it than is good for others, or never read.
 */
#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop.h"
#include "net/tls_peer.h"

/* Connections whose two ends are more than there are places. */
#define MANY (AW_TLS_PLACES / 2 + 4)
/* More than the buffers of both ends hold. */
#define LARGE (2 * 1024 * 1024)

NET_TEST(the_keys_are_changed_when_the_peer_asks)
{
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	ck_assert_int_eq(SSL_key_update(link.peer.ssl,
	    SSL_KEY_UPDATE_REQUESTED), 1);
	tls_peer_write(&link.peer, "new", 3);
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 3), 3);
	ck_assert_str_eq(text, "new");
	aw_writer_write(link.pair.writer, "keys", 4);
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 4), 4);
	ck_assert_str_eq(text, "keys");
	tls_link_free(&link);
}

/* Asks for new keys until the call ends, and never takes an answer. */
static void
ask_for_keys(struct tls_link *link, const struct net_call *call)
{
	int i, result = 1;

	for (i = 0; i < 20000 && result == 1 && !call->ended; i++) {
		ck_assert_int_eq(SSL_key_update(link->peer.ssl,
		    SSL_KEY_UPDATE_REQUESTED), 1);
		while ((result = SSL_do_handshake(link->peer.ssl)) != 1 &&
		    SSL_get_error(link->peer.ssl, result) ==
		    SSL_ERROR_WANT_WRITE && !call->ended)
			net_turns(1);
	}
	/* Its own writing fails, unless that was seen first. */
	ck_assert_msg(call->ended || result != 1, "%zu bytes are queued",
	    aw_writer_get_write_buffer_size(link->pair.writer));
}

/* Whoever asks and asks, and never takes an answer, is done without. */
NET_TEST(a_peer_that_only_asks_for_keys_is_lost)
{
	struct tls_link link;
	char byte;
	aw_task *task;
	struct net_call call;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	task = net_start(&call, &link.pair, net_read);
	ask_for_keys(&link, &call);
	net_join(task);
	ck_assert_int_eq(call.result, AW_ETLS);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), AW_ETLS);
	tls_link_free(&link);
}

/* While it closes, and something is still to be sent. */
NET_TEST(nor_do_answers_pile_up_at_the_end)
{
	static char data[LARGE];
	struct tls_link link;
	aw_task *task;
	struct net_call call;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	aw_writer_write(link.pair.writer, data, sizeof(data));
	aw_writer_close(link.pair.writer);
	task = net_start(&call, &link.pair, net_wait_closed);
	ask_for_keys(&link, &call);
	net_join(task);
	ck_assert_int_eq(call.result, AW_ETLS);
	tls_link_free(&link);
}

NET_TEST(renegotiation_is_refused)
{
	struct tls_link link;
	struct net_call call;
	aw_task *task;

	tls_link_init(&link, true, TLS1_2_VERSION, NULL);
	task = net_start(&call, &link.pair, net_read);
	/* It asks, and is told no, which it takes for an error of its own. */
	ck_assert_int_eq(SSL_renegotiate(link.peer.ssl), 1);
	ck_assert_int_eq(tls_peer_handshake(&link.peer), -SSL_ERROR_SSL);
	ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()),
	    SSL_R_NO_RENEGOTIATION);
	ck_assert(!call.ended);
	aw_writer_abort(link.pair.writer);
	net_join(task);
	tls_link_free(&link);
}

/* A record of the right form that no key fits. */
NET_TEST(a_record_that_was_tampered_with_ends_the_connection)
{
	static const char record[] = "\x17\x03\x03\x00\x20"
	    "0123456789abcdef0123456789abcdef";
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	tls_peer_write(&link.peer, "good", 4);
	net_send(link.peer.fd, record, sizeof(record) - 1);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 8), 4);
	ck_assert_str_eq(text, "good");
	ck_assert_int_eq(aw_reader_read(link.pair.reader, text, 8), AW_ETLS);
	ck_assert_str_ne(aw_error_text(), "");
	ck_assert_int_eq(aw_writer_drain(link.pair.writer), AW_ETLS);
	ck_assert_int_eq(aw_writer_wait_closed(link.pair.writer), AW_ETLS);
	/* The peer has been told why. */
	ck_assert_int_eq(tls_peer_read_error(&link.peer), SSL_ERROR_SSL);
	tls_link_free(&link);
}

NET_TEST(what_is_no_record_ends_the_connection)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, 0, NULL);
	net_send_text(link.peer.fd, "this is no record at all");
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), AW_ETLS);
	tls_link_free(&link);
}

NET_TEST(an_alert_of_the_peer_is_told)
{
	struct tls_link link;
	char byte;
	static const char record[] = "\x17\x03\x03\x00\x20"
	    "0123456789abcdef0123456789abcdef";

	tls_link_init(&link, false, TLS1_3_VERSION, NULL);
	/* To the peer, which answers with an alert. */
	ck_assert_int_eq(send(tls_socket(&link.pair), record,
	    sizeof(record) - 1, 0), sizeof(record) - 1);
	ck_assert_int_eq(SSL_read(link.peer.ssl, &byte, 1), -1);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
	    AW_ETLSALERT);
	ck_assert(strstr(aw_error_text(), "bad record mac") != NULL);
	tls_link_free(&link);
}

/* What comes of alerts, by their numbers. */
NET_TEST(each_alert_has_a_name)
{
	static const struct {
		int alert;
		const char *text;
	} alerts[] = {
		{ SSL_AD_HANDSHAKE_FAILURE, "\"handshake failure\"" },
		{ SSL_AD_INAPPROPRIATE_FALLBACK, "\"inappropriate fallback\"" },
		{ SSL_AD_MISSING_EXTENSION, "\"missing extension\"" },
		{ SSL_AD_CERTIFICATE_REQUIRED, "\"certificate required\"" },
		{ SSL_AD_NO_APPLICATION_PROTOCOL,
		    "\"no application protocol\"" },
		{ 99, "the peer sent alert number 99" },
	};
	struct net_pair pair;
	char record[] = "\x15\x03\x03\x00\x02\x02";
	uint16_t port;
	size_t i;

	for (i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
		int listener = net_listen(1, &port), fd = net_connect(port);
		aw_connection_options options = {
			.server_hostname = "localhost",
		};
		aw_tls_context *context = tls_client_context(NULL);

		record[6] = (char)alerts[i].alert;
		net_adopt(&pair, aw_get_running_loop(),
		    accept(listener, NULL, NULL), NULL);
		net_send(fd, record, sizeof(record));
		ck_assert_int_eq(aw_writer_start_tls(pair.writer, context,
		    &options), AW_ETLSALERT);
		ck_assert_msg(strstr(aw_error_text(), alerts[i].text) != NULL,
		    "%s", aw_error_text());
		aw_writer_free(pair.writer);
		aw_tls_context_unref(context);
		close(fd);
		close(listener);
	}
}

/* A peer that does not read: what is written stays within bounds. */
NET_TEST(the_queue_of_a_slow_reader_is_bounded)
{
	aw_connection_options options = { .high_water = 10000 };
	struct tls_link link;
	struct net_call call;
	unsigned char data[8192];
	aw_task *task;
	size_t done = 0;

	tls_link_init(&link, true, 0, &options);
	while (aw_writer_get_write_buffer_size(link.pair.writer) <= 10000) {
		net_fill(data, sizeof(data), done);
		aw_writer_write(link.pair.writer, data, sizeof(data));
		done += sizeof(data);
	}
	task = net_start(&call, &link.pair, net_drain);
	while (done > 0) {
		ck_assert_uint_eq(tls_peer_read(&link.peer, data,
		    sizeof(data)), sizeof(data));
		done -= sizeof(data);
	}
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(link.pair.writer),
	    0);
	tls_link_free(&link);
}

/* One connection that always has something to say must not keep others out. */
NET_TEST(a_busy_peer_leaves_others_their_turn)
{
	struct tls_link link;
	unsigned char byte;
	unsigned i, before;

	tls_link_init(&link, true, 0, NULL);
	tls_peer_write(&link.peer, "0123456789", 10);
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), 1);
	for (i = 0; i < 9; i++) {
		before = net_polls;
		ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
		    1);
		ck_assert_uint_gt(net_polls, before);
	}
	tls_link_free(&link);
}

static BIO *
begin_to_divert(struct tls_peer *peer)
{
	BIO *out = BIO_new(BIO_s_mem());

	BIO_up_ref(out);
	SSL_set0_wbio(peer->ssl, out);
	return out;
}

/* Takes what the peer has sent since, instead of its socket. */
static size_t
divert(struct tls_peer *peer, BIO *out, char *bytes, size_t size)
{
	int n = BIO_read(out, bytes, (int)size);

	ck_assert_int_gt(n, 0);
	SSL_set0_wbio(peer->ssl, BIO_new_socket(peer->fd, BIO_NOCLOSE));
	BIO_free(out);
	return (size_t)n;
}

/* A record of the peer's, as the bytes that it would send. */
static size_t
make_record(struct tls_peer *peer, const char *text, char *record,
    size_t size)
{
	BIO *out = begin_to_divert(peer);

	tls_peer_write(peer, text, strlen(text));
	return divert(peer, out, record, size);
}

/* New keys are many messages in few bytes, and each takes its time. */
NET_TEST(a_peer_that_changes_keys_leaves_others_their_turn)
{
	static char bytes[64 * 1024];
	struct tls_server server;
	struct tls_peer peer;
	char byte = 'x';
	size_t size;
	unsigned before;
	BIO *out;
	int i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	tls_peer_connect(&peer, &server, TLS1_3_VERSION);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	tls_peer_write(&peer, &byte, 1);
	ck_assert_uint_eq(tls_peer_read(&peer, &byte, 1), 1);
	out = begin_to_divert(&peer);
	for (i = 0; i < 1500; i++) {
		ck_assert_int_eq(SSL_key_update(peer.ssl,
		    SSL_KEY_UPDATE_NOT_REQUESTED), 1);
		ck_assert_int_eq(SSL_do_handshake(peer.ssl), 1);
	}
	tls_peer_write(&peer, &byte, 1);
	size = divert(&peer, out, bytes, sizeof(bytes));
	ck_assert_uint_gt(size, 40000);
	before = net_polls;
	net_send(peer.fd, bytes, size);
	ck_assert_uint_eq(tls_peer_read(&peer, &byte, 1), 1);
	ck_assert_uint_gt(net_polls - before, 10);
	tls_peer_free(&peer);
	aw_server_abort_clients(server.server);
	tls_stop_server(&server);
}

/*
 * Of a head that has come alone, OpenSSL's buffers must not be taken away, and
 * others that are busy would like to.
 */
NET_TEST(a_record_may_trickle_among_many_connections)
{
	static struct net_pair others[MANY];
	struct tls_server server;
	struct tls_link link;
	struct net_call call;
	char record[128];
	size_t size, i;
	aw_task *task;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	tls_link_init(&link, true, 0, NULL);
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(tls_connect(&server, NULL, &others[i]), 0);
	size = make_record(&link.peer, "x", record, sizeof(record));
	task = net_start(&call, &link.pair, net_read);
	for (i = 0; i < MANY; i++) {
		if (i < size)
			net_send(link.peer.fd, &record[i], 1);
		tls_check_echo(&others[i], "among others");
	}
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(call.result, 1);
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(tls_disconnect(&others[i]), 0);
	tls_link_free(&link);
	tls_stop_server(&server);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_keys_are_changed_when_the_peer_asks,
		a_peer_that_only_asks_for_keys_is_lost,
		nor_do_answers_pile_up_at_the_end,
		renegotiation_is_refused,
		a_record_that_was_tampered_with_ends_the_connection,
		what_is_no_record_ends_the_connection,
		an_alert_of_the_peer_is_told,
		each_alert_has_a_name,
		the_queue_of_a_slow_reader_is_bounded,
		a_busy_peer_leaves_others_their_turn,
		a_peer_that_changes_keys_leaves_others_their_turn,
		a_record_may_trickle_among_many_connections,
	};

	return NET_MAIN("tls_hostile", tests);
}
