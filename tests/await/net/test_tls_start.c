/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Going over to TLS on connections that are open.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/recorder.h"
#include "net/tls_peer.h"

/* The two ends of a connection, of which each is the library's. */
struct ends {
	struct net_pair client, server;
	aw_tls_context *client_context, *server_context;
};

static void
open_ends(struct ends *ends)
{
	net_unix_pair(&ends->client, NULL);
	net_adopt_peer(&ends->client, &ends->server);
	ends->client.peer = -1;
	ends->client_context = tls_client_context(NULL);
	ends->server_context = tls_server_context(NULL);
}

static void
close_ends(struct ends *ends)
{
	net_pair_free(&ends->client);
	net_pair_free(&ends->server);
	aw_tls_context_unref(ends->client_context);
	aw_tls_context_unref(ends->server_context);
}

static const aw_connection_options named = { .server_hostname = "localhost" };

static int
serve(void *arg)
{
	struct ends *ends = arg;
	const char *line;

	ck_assert_int_eq(aw_reader_readline(ends->server.reader, &line), 9);
	ck_assert_mem_eq(line, "STARTTLS\n", 9);
	aw_writer_write(ends->server.writer, "go\n", 3);
	ck_assert_int_eq(aw_writer_start_tls(ends->server.writer,
	    ends->server_context, NULL), 0);
	return tls_echo(ends->server.reader, ends->server.writer, NULL);
}

NET_TEST(both_ends_go_over)
{
	struct ends ends;
	const char *line;
	aw_task *task;

	open_ends(&ends);
	task = net_spawn(serve, &ends);
	aw_writer_write(ends.client.writer, "STARTTLS\n", 9);
	ck_assert_int_eq(aw_reader_readline(ends.client.reader, &line), 3);
	ck_assert_int_eq(aw_writer_start_tls(ends.client.writer,
	    ends.client_context, &named), 0);
	tls_check_echo(&ends.client, "secret");
	aw_writer_write_eof(ends.client.writer);
	ck_assert_int_eq(net_join(task), 0);
	close_ends(&ends);
}

/* The hello of a client's OpenSSL. */
static size_t
make_hello(char *hello, size_t size)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *ssl = SSL_new(context);
	int n;

	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	ck_assert_int_eq(SSL_do_handshake(ssl), -1);
	n = BIO_read(out, hello, (int)size);
	ck_assert_int_gt(n, 100);
	SSL_free(ssl);
	SSL_CTX_free(context);
	return (size_t)n;
}

static int
start_server(void *arg)
{
	struct ends *ends = arg;

	return aw_writer_start_tls(ends->server.writer, ends->server_context,
	    NULL);
}

NET_TEST(bytes_behind_a_line_are_the_hello)
{
	struct ends ends;
	const char *line;
	char hello[2048], answer[5];
	size_t size;
	aw_task *task;

	open_ends(&ends);
	size = make_hello(hello, sizeof(hello));
	aw_writer_write(ends.client.writer, "STARTTLS\n", 9);
	aw_writer_write(ends.client.writer, hello, size);
	ck_assert_int_eq(aw_reader_readline(ends.server.reader, &line), 9);
	task = net_spawn(start_server, &ends);
	/* The server's hello, in a handshake's record. */
	ck_assert_int_eq(aw_reader_readexactly(ends.client.reader, answer, 5),
	    5);
	ck_assert_int_eq(answer[0], 22);
	aw_writer_abort(ends.client.writer);
	ck_assert_int_lt(net_join(task), 0);
	close_ends(&ends);
}

static int
start_client(void *arg)
{
	struct ends *ends = arg;

	return aw_writer_start_tls(ends->client.writer, ends->client_context,
	    &named);
}

NET_TEST(what_is_written_meanwhile_comes_after)
{
	static char data[100 * 1024], back[sizeof(data)];
	struct ends ends;
	char text[16] = "";
	aw_task *task;

	open_ends(&ends);
	task = net_spawn(start_client, &ends);
	net_turns(3);
	aw_writer_write(ends.client.writer, "early ", 6);
	aw_writer_write(ends.client.writer, "bird", 4);
	ck_assert_uint_eq(
	    aw_writer_get_write_buffer_size(ends.client.writer), 10);
	aw_writer_write(ends.client.writer, data, sizeof(data));
	aw_writer_write_eof(ends.client.writer);
	ck_assert_int_eq(start_server(&ends), 0);
	ck_assert_int_eq(aw_reader_readexactly(ends.server.reader, text, 10),
	    10);
	ck_assert_str_eq(text, "early bird");
	ck_assert_int_eq(aw_reader_readexactly(ends.server.reader, back,
	    sizeof(back)), sizeof(back));
	ck_assert_int_eq(aw_reader_read(ends.server.reader, text, 1), 0);
	ck_assert_int_eq(net_join(task), 0);
	close_ends(&ends);
}

NET_TEST(tls_can_not_start_anywhere)
{
	struct ends ends;
	struct net_call call;
	aw_task *task;

	open_ends(&ends);
	/* Somebody reads. */
	task = net_start(&call, &ends.client, net_read);
	ck_assert_int_eq(start_client(&ends), -EBUSY);
	aw_cancel(task);
	(void)net_join(task);
	/* Nobody to check. */
	ck_assert_int_eq(aw_writer_start_tls(ends.client.writer,
	    ends.client_context, NULL), -EINVAL);
	ck_assert(strstr(aw_error_text(), "server_hostname") != NULL);
	/* It speaks TLS. */
	task = net_spawn(start_client, &ends);
	ck_assert_int_eq(start_server(&ends), 0);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_int_eq(start_server(&ends), AW_EINVALIDSTATE);
	/* It is closed. */
	aw_writer_abort(ends.client.writer);
	ck_assert_int_eq(aw_transport_start_tls(
	    aw_writer_transport(ends.client.writer), ends.client_context,
	    &named), AW_EINVALIDSTATE);
	close_ends(&ends);
}

NET_TEST(after_either_end_it_is_too_late)
{
	struct ends ends;
	char byte;

	open_ends(&ends);
	aw_writer_write_eof(ends.client.writer);
	ck_assert_int_eq(start_client(&ends), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_reader_read(ends.server.reader, &byte, 1), 0);
	ck_assert_int_eq(start_server(&ends), AW_EINVALIDSTATE);
	close_ends(&ends);
}

NET_TEST(pipes_have_no_tls)
{
	aw_tls_context *context = tls_client_context(NULL);
	aw_connection_options options = { .tls = context };
	aw_reader *reader;
	aw_writer *writer;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(aw_open_read_pipe(aw_get_running_loop(), ends[0],
	    &options, &reader), -EINVAL);
	writer = net_open_writer(ends[1]);
	ck_assert_int_eq(aw_writer_start_tls(writer, context, &named),
	    -EINVAL);
	aw_writer_free(writer);
	close(ends[0]);
	/* A socket that is connected has it by start_tls alone. */
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(aw_open_connection_socket(aw_get_running_loop(),
	    ends[0], &options, &reader, &writer), -EINVAL);
	close(ends[0]);
	close(ends[1]);
	aw_tls_context_unref(context);
}

NET_TEST(who_is_cancelled_loses_the_connection)
{
	struct ends ends;
	aw_task *task;

	open_ends(&ends);
	task = net_spawn(start_server, &ends);
	net_turns(2);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert(aw_writer_is_closing(ends.server.writer));
	close_ends(&ends);
}

NET_TEST(a_protocol_goes_over)
{
	struct recorder recorder = { .keep = true };
	aw_tls_context *context = tls_server_context(NULL);
	aw_connection_options options = {
		.tls = tls_client_context(NULL),
		.server_hostname = "localhost",
	};
	struct net_pair peer;
	char text[8] = "";
	aw_task *task;
	struct ends ends;

	net_adopt(&peer, aw_get_running_loop(),
	    recorder_pair(&recorder, &recorder_protocol, NULL), NULL);
	ck_assert_trace(&recorder, "made");
	ends.client = peer;
	ends.client_context = options.tls;
	task = net_spawn(start_client, &ends);
	/* It may be paused, which is for what comes after. */
	aw_transport_pause_reading(recorder.transport);
	ck_assert_int_eq(aw_transport_start_tls(recorder.transport, context,
	    NULL), 0);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_trace(&recorder, "");
	aw_writer_write(peer.writer, "ping", 4);
	net_turns(5);
	ck_assert_trace(&recorder, "");
	aw_transport_resume_reading(recorder.transport);
	recorder_wait_data(&recorder, 4);
	ck_assert_trace(&recorder, "data");
	aw_transport_write(recorder.transport, "pong", 4);
	ck_assert_int_eq(aw_reader_readexactly(peer.reader, text, 4), 4);
	ck_assert_str_eq(text, "pong");
	aw_writer_abort(peer.writer);
	recorder_wait(&recorder, "lost");
	aw_writer_free(peer.writer);
	aw_tls_context_unref(context);
	aw_tls_context_unref(options.tls);
}

START_TEST(outside_of_a_task_nobody_can_wait)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_tls_context *context = tls_server_context(NULL);
	struct net_pair pair;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	net_adopt(&pair, loop, ends[0], NULL);
	ck_assert_int_eq(aw_writer_start_tls(pair.writer, context, NULL),
	    AW_ENOTASK);
	aw_writer_free(pair.writer);
	aw_loop_close(loop);
	close(ends[1]);
	aw_tls_context_unref(context);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_ends_go_over,
		bytes_behind_a_line_are_the_hello,
		what_is_written_meanwhile_comes_after,
		tls_can_not_start_anywhere,
		after_either_end_it_is_too_late,
		pipes_have_no_tls,
		who_is_cancelled_loses_the_connection,
		a_protocol_goes_over,
		outside_of_a_task_nobody_can_wait,
	};

	return NET_MAIN("tls_start", tests);
}
