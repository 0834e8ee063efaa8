/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the program leaves among the thread's errors of OpenSSL's is never taken
 * for a connection's.
 */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/socket.h>

#include "net/tls_peer.h"

/* Of the right form, but no key fits. */
static const char bad_record[] = "\x17\x03\x03\x00\x20"
    "0123456789abcdef0123456789abcdef";

static void
leave_errors(void)
{
	ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
	ERR_raise(ERR_LIB_X509, X509_R_UNKNOWN_NID);
}

static void
link_free(struct tls_link *link)
{
	ERR_clear_error();
	tls_link_free(link);
}

NET_TEST(bytes_come_and_go)
{
	struct tls_link link;
	char text[8] = "";

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	tls_peer_write(&link.peer, "there", 5);
	leave_errors();
	ck_assert_int_eq(aw_reader_readexactly(link.pair.reader, text, 5), 5);
	ck_assert_str_eq(text, "there");
	aw_writer_write(link.pair.writer, "back", 5);
	ck_assert_int_eq(aw_writer_drain(link.pair.writer), 0);
	ERR_clear_error();
	ck_assert_uint_eq(tls_peer_read(&link.peer, text, 5), 5);
	ck_assert_str_eq(text, "back");
	link_free(&link);
}

/* Half a record, of which OpenSSL gives nothing. */
NET_TEST(what_is_to_come_is_waited_for)
{
	struct tls_link link;
	struct net_call call;
	aw_task *task;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	task = net_start(&call, &link.pair, net_read);
	net_send(link.peer.fd, bad_record, 8);
	leave_errors();
	net_turns(3);
	ck_assert(!call.ended);
	net_send(link.peer.fd, bad_record + 8, sizeof(bad_record) - 9);
	net_join(task);
	ck_assert_int_eq(call.result, AW_ETLS);
	link_free(&link);
}

NET_TEST(the_end_is_an_end)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	ck_assert_int_eq(SSL_shutdown(link.peer.ssl), 0);
	leave_errors();
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), 0);
	link_free(&link);
}

NET_TEST(a_stream_that_was_cut_off_is_told_apart)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	ck_assert_int_eq(shutdown(link.peer.fd, SHUT_WR), 0);
	leave_errors();
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
	    AW_ETLSTRUNCATED);
	link_free(&link);
}

NET_TEST(a_bad_record_is_called_that)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	net_send(link.peer.fd, bad_record, sizeof(bad_record) - 1);
	leave_errors();
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1), AW_ETLS);
	ck_assert_msg(strstr(aw_error_text(), "bad record mac") != NULL,
	    "%s", aw_error_text());
	link_free(&link);
}

NET_TEST(an_alert_is_called_by_its_name)
{
	struct tls_link link;
	char byte;

	tls_link_init(&link, false, TLS1_3_VERSION, NULL);
	/* To the peer, which answers with an alert. */
	ck_assert_int_eq(send(tls_socket(&link.pair), bad_record,
	    sizeof(bad_record) - 1, 0), sizeof(bad_record) - 1);
	ck_assert_int_eq(SSL_read(link.peer.ssl, &byte, 1), -1);
	leave_errors();
	ck_assert_int_eq(aw_reader_read(link.pair.reader, &byte, 1),
	    AW_ETLSALERT);
	ck_assert_msg(strstr(aw_error_text(), "bad record mac") != NULL,
	    "%s", aw_error_text());
	link_free(&link);
}

NET_TEST(a_connection_closes_in_order)
{
	struct tls_link link;
	struct net_call call;
	aw_task *task;

	tls_link_init(&link, true, TLS1_3_VERSION, NULL);
	leave_errors();
	aw_writer_close(link.pair.writer);
	task = net_start(&call, &link.pair, net_wait_closed);
	ERR_clear_error();
	tls_peer_shutdown(&link.peer);
	leave_errors();
	net_join(task);
	ck_assert_int_eq(call.result, 0);
	link_free(&link);
}

NET_TEST(a_handshake_succeeds)
{
	struct tls_server server;
	struct net_pair pair;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	leave_errors();
	ck_assert_int_eq(tls_connect(&server, NULL, &pair), 0);
	leave_errors();
	tls_check_echo(&pair, "all is well");
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	tls_stop_server(&server);
}

int
main(void)
{
	const TTest *const tests[] = {
		bytes_come_and_go,
		what_is_to_come_is_waited_for,
		the_end_is_an_end,
		a_stream_that_was_cut_off_is_told_apart,
		a_bad_record_is_called_that,
		an_alert_is_called_by_its_name,
		a_connection_closes_in_order,
		a_handshake_succeeds,
	};

	return NET_MAIN("tls_errors", tests);
}
