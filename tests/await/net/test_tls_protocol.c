/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What protocols are told of TLS connections.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/recorder.h"
#include "net/tls_peer.h"

static aw_connection_options
client_options(void)
{
	return (aw_connection_options){
		.tls = tls_client_context(NULL), .server_hostname = "localhost",
	};
}

/* A server for a protocol. */
static void
start(struct tls_server *server, const aw_protocol *protocol,
    struct recorder *recorder)
{
	aw_server_options options = {
		.connection.tls = tls_server_context(NULL),
	};

	ck_assert_int_eq(aw_create_server(protocol, recorder, "127.0.0.1", 0,
	    &options, &server->server), 0);
	aw_tls_context_unref(options.connection.tls);
	server->port = (uint16_t)aw_server_port(server->server);
}

static void
check_protocol(const aw_protocol *protocol, const char *trace)
{
	unsigned char room[64];
	struct recorder client = { .keep = false };
	struct recorder peer = { .buffer = room, .room = sizeof(room) };
	aw_connection_options options = client_options();
	struct tls_server server;
	aw_transport *transport;

	start(&server, protocol, &peer);
	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &client,
	    "127.0.0.1", server.port, &options, &transport), 0);
	ck_assert_trace(&client, "made");
	aw_transport_write(transport, "hello", 5);
	recorder_wait_data(&peer, 5);
	ck_assert_mem_eq(peer.data, "hello", 5);
	aw_transport_write(peer.transport, "answer", 6);
	recorder_wait_data(&client, 6);
	aw_transport_close(transport);
	recorder_wait(&client, "lost");
	recorder_wait(&peer, "lost");
	ck_assert_int_eq(client.error, 0);
	ck_assert_int_eq(peer.error, 0);
	ck_assert_trace(&peer, trace);
	net_stop_server(server.server);
	aw_tls_context_unref(options.tls);
}

NET_TEST(protocols_are_told_as_without_tls)
{
	check_protocol(&recorder_protocol, "made data eof lost");
	check_protocol(&recorder_buffered,
	    "made get updated get eof lost");
}

/* Sends everything back, however much comes at once. */
static int
write_and_read(void *arg)
{
	static unsigned char data[300 * 1024], back[sizeof(data)];
	struct net_pair *pair = arg;

	net_fill(data, sizeof(data), 0);
	aw_writer_write(pair->writer, data, sizeof(data));
	ck_assert_int_eq(aw_reader_readexactly(pair->reader, back,
	    sizeof(back)), sizeof(back));
	net_check(back, sizeof(back), 0);
	return 0;
}

static void
send_back(aw_transport *transport, const void *data, size_t size, void *arg)
{
	(void)arg;
	aw_transport_write(transport, data, size);
}

static void
pull_back(aw_transport *transport, void *arg)
{
	char buffer[1000];
	ssize_t n;

	(void)arg;
	n = aw_transport_receive(transport, buffer, sizeof(buffer));
	if (n > 0)
		aw_transport_write(transport, buffer, (size_t)n);
	else if (n == 0)
		aw_transport_close(transport);
}

NET_TEST(protocols_get_all_that_comes)
{
	static const aw_protocol protocols[] = {
		{ .data_received = send_back },
		{ .readable = pull_back },
	};
	struct tls_server server;
	struct net_pair pair;
	size_t i;

	for (i = 0; i < 2; i++) {
		start(&server, &protocols[i], NULL);
		ck_assert_int_eq(tls_connect(&server, NULL, &pair), 0);
		write_and_read(&pair);
		ck_assert_int_eq(tls_disconnect(&pair), 0);
		net_stop_server(server.server);
	}
}

NET_TEST(after_the_end_a_protocol_may_go_on_writing)
{
	struct recorder peer = { .keep = true };
	struct tls_server server;
	struct net_pair pair;
	char text[8] = "";

	start(&server, &recorder_protocol, &peer);
	ck_assert_int_eq(tls_connect(&server, NULL, &pair), 0);
	aw_writer_write_eof(pair.writer);
	recorder_wait(&peer, "eof");
	aw_transport_write(peer.transport, "more", 4);
	aw_transport_close(peer.transport);
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, text, 4), 4);
	ck_assert_int_eq(tls_disconnect(&pair), 0);
	recorder_wait(&peer, "lost");
	net_stop_server(server.server);
}

NET_TEST(a_protocol_is_told_that_the_stream_was_cut_off)
{
	struct recorder recorder = { .keep = true };
	struct tls_server server;
	struct tls_peer peer;

	start(&server, &recorder_protocol, &recorder);
	tls_peer_connect(&peer, &server, 0);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	tls_peer_write(&peer, "some", 4);
	recorder_wait_data(&recorder, 4);
	ck_assert_int_eq(shutdown(peer.fd, SHUT_WR), 0);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data lost");
	ck_assert_int_eq(recorder.error, AW_ETLSTRUNCATED);
	tls_peer_free(&peer);
	net_stop_server(server.server);
}

NET_TEST(a_protocol_is_told_of_an_error)
{
	struct recorder recorder = { .keep = true };
	struct tls_server server;
	struct tls_peer peer;

	start(&server, &recorder_protocol, &recorder);
	tls_peer_connect(&peer, &server, 0);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	tls_peer_write(&peer, "some", 4);
	net_send_text(peer.fd, "this is no record");
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data lost");
	ck_assert_int_eq(recorder.error, AW_ETLS);
	tls_peer_free(&peer);
	net_stop_server(server.server);
}

NET_TEST(writing_is_paused_by_what_is_queued)
{
	aw_connection_options small = { .high_water = 10000 };
	struct recorder recorder = { .keep = true };
	static unsigned char data[200 * 1024];
	struct tls_server server;
	struct tls_peer peer;

	start(&server, &recorder_protocol, &recorder);
	tls_peer_connect(&peer, &server, 0);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	recorder_wait(&recorder, "made");
	aw_transport_set_write_buffer_limits(recorder.transport,
	    small.high_water, 0);
	recorder.trace[0] = '\0';
	while (strcmp(recorder.trace, "pause") != 0)
		aw_transport_write(recorder.transport, data, sizeof(data));
	while (strcmp(recorder.trace, "pause resume") != 0)
		ck_assert_uint_eq(tls_peer_read(&peer, data, 1024), 1024);
	aw_transport_abort(recorder.transport);
	recorder_wait(&recorder, "lost");
	tls_peer_free(&peer);
	net_stop_server(server.server);
}

/* A server that hangs up at once. */
static int
hang_up(int listener)
{
	int fd;

	ck_assert_int_eq(aw_wait_readable(listener), 0);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	close(fd);
	return 0;
}

static int
run_hang_up(void *listener)
{
	return hang_up(*(int *)listener);
}

NET_TEST(of_a_handshake_that_fails_a_protocol_is_told_nothing)
{
	struct recorder client = { .keep = true }, peer = { .keep = true };
	aw_connection_options options = client_options();
	struct tls_server server;
	aw_task *task;
	uint16_t port;
	int listener = net_listen(1, &port), fd;

	task = net_spawn(run_hang_up, &listener);
	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &client,
	    "127.0.0.1", port, &options, NULL), -ECONNRESET);
	ck_assert(strstr(aw_error_text(), "TLS handshake") != NULL ||
	    strstr(aw_error_text(), "reset") != NULL);
	net_join(task);
	net_turns(2);
	ck_assert_trace(&client, "");
	start(&server, &recorder_protocol, &peer);
	fd = net_connect(server.port);
	net_send_text(fd, "GET / HTTP/1.0\r\n\r\n");
	while (aw_server_tls_failure_count(server.server, AW_TLS_NOT_TLS) == 0)
		net_turns(1);
	ck_assert_trace(&peer, "");
	close(fd);
	/* And of one that the server ends itself. */
	fd = net_connect(server.port);
	while (aw_server_connection_count(server.server) == 0)
		net_turns(1);
	aw_server_close_clients(server.server);
	net_stop_server(server.server);
	ck_assert_trace(&peer, "");
	close(fd);
	close(listener);
	aw_tls_context_unref(options.tls);
}

/* Who did not wait for it has to be told. */
NET_TEST(a_socket_with_tls_tells_of_its_handshake)
{
	struct recorder recorder = { .keep = true };
	aw_connection_options options = client_options();
	struct tls_server server;
	aw_transport *transport;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, net_connect(server.port), &options,
	    &transport), 0);
	ck_assert_trace(&recorder, "");
	recorder_wait(&recorder, "made");
	aw_transport_write(transport, "echo", 4);
	recorder_wait_data(&recorder, 4);
	aw_transport_close(transport);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data lost");
	options.server_hostname = "elsewhere.test";
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, net_connect(server.port), &options,
	    NULL), 0);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "lost");
	ck_assert_int_eq(recorder.error, AW_ETLSVERIFY);
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

/* Another protocol for a connection that the layer has to itself. */
NET_TEST(the_protocol_can_be_changed_meanwhile)
{
	struct recorder first = { .keep = true }, second = { .keep = true };
	aw_connection_options options = client_options();
	struct tls_server server;
	aw_transport *transport;
	void *arg;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &first, net_connect(server.port), &options,
	    &transport), 0);
	ck_assert_ptr_eq(aw_transport_get_protocol(transport, &arg),
	    &recorder_protocol);
	ck_assert_ptr_eq(arg, &first);
	aw_transport_set_protocol(transport, &recorder_plain, &second);
	ck_assert_ptr_eq(aw_transport_get_protocol(transport, &arg),
	    &recorder_plain);
	ck_assert_ptr_eq(arg, &second);
	recorder_wait(&second, "made");
	aw_transport_close(transport);
	recorder_wait(&second, "lost");
	ck_assert_trace(&first, "");
	tls_stop_server(&server);
	aw_tls_context_unref(options.tls);
}

int
main(void)
{
	const TTest *const tests[] = {
		protocols_are_told_as_without_tls,
		protocols_get_all_that_comes,
		after_the_end_a_protocol_may_go_on_writing,
		a_protocol_is_told_that_the_stream_was_cut_off,
		a_protocol_is_told_of_an_error,
		writing_is_paused_by_what_is_queued,
		of_a_handshake_that_fails_a_protocol_is_told_nothing,
		a_socket_with_tls_tells_of_its_handshake,
		the_protocol_can_be_changed_meanwhile,
	};

	return NET_MAIN("tls_protocol", tests);
}
