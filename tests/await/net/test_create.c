/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections that are made for protocols, or of sockets that there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"
#include "net/recorder.h"

NET_TEST(a_connection_is_made_when_the_call_returns)
{
	struct recorder recorder = { .keep = false };
	aw_transport *transport;
	uint16_t port;
	char buffer[8];
	int listener = net_listen(1, &port), peer;

	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &recorder,
	    "127.0.0.1", port, NULL, &transport), 0);
	ck_assert_trace(&recorder, "made");
	ck_assert_ptr_eq(recorder.transport, transport);
	peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	aw_transport_write(transport, "ping", 4);
	ck_assert_uint_eq(net_receive(peer, buffer, 4), 4);
	net_send_text(peer, "pong!");
	recorder_wait_data(&recorder, 5);
	close(peer);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "data eof lost");
	close(listener);
}

NET_TEST(the_transport_need_not_be_asked_for)
{
	aw_connection_options options = { .high_water = 1234 };
	struct recorder recorder = { .keep = false };
	uint16_t port;
	size_t high;
	int listener = net_listen(1, &port);

	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &recorder,
	    "127.0.0.1", port, &options, NULL), 0);
	aw_transport_get_write_buffer_limits(recorder.transport, &high, NULL);
	ck_assert_uint_eq(high, 1234);
	recorder_end(&recorder, listener);
}

NET_TEST(a_connection_knows_its_addresses)
{
	struct recorder recorder = { .keep = false };
	struct sockaddr_storage address;
	aw_transport *transport;
	uint16_t port;
	int listener = net_listen(1, &port), fd, on = 0;
	socklen_t length = sizeof(on);

	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &recorder,
	    "127.0.0.1", port, NULL, &transport), 0);
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "peername",
	    &address, sizeof(address)), sizeof(struct sockaddr_in));
	ck_assert_uint_eq(ntohs(((struct sockaddr_in *)&address)->sin_port),
	    port);
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "sockname",
	    &address, sizeof(address)), sizeof(struct sockaddr_in));
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "socket", &fd,
	    sizeof(fd)), sizeof(fd));
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "unknown", &fd,
	    sizeof(fd)), -ENOENT);
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "pipe", &fd,
	    sizeof(fd)), -ENOENT);
	ck_assert_int_eq(aw_transport_get_extra_info(transport, "socket", &fd,
	    1), -ENOSPC);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    &length), 0);
	ck_assert_int_eq(on, 1);
	recorder_end(&recorder, listener);
}

NET_TEST(a_refusal_makes_no_connection)
{
	struct recorder recorder = { .keep = false };
	uint16_t port;

	close(net_listen(1, &port));
	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &recorder,
	    "127.0.0.1", port, NULL, NULL), -ECONNREFUSED);
	ck_assert(strstr(aw_error_text(), "127.0.0.1:") != NULL);
	ck_assert_int_eq(aw_create_unix_connection(&recorder_protocol,
	    &recorder, "no.sock", NULL, NULL), -ENOENT);
	ck_assert_trace(&recorder, "");
}

struct attempt {
	struct recorder recorder;
	uint16_t port;
	int result;
};

static int
run_attempt(void *arg)
{
	struct attempt *attempt = arg;

	attempt->result = aw_create_connection(&recorder_protocol,
	    &attempt->recorder, "127.0.0.1", attempt->port, NULL, NULL);
	return 0;
}

/* Cancels the task that is making the connection. */
static void
cancel_creator(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "made") == 0)
		aw_cancel(recorder->arg);
}

NET_TEST(one_who_is_cancelled_meanwhile_closes_it)
{
	struct attempt attempt = { .recorder.on_word = cancel_creator };
	int listener = net_listen(1, &attempt.port);
	aw_task *task = net_spawn(run_attempt, &attempt);

	attempt.recorder.arg = task;
	net_join(task);
	ck_assert_int_eq(attempt.result, -ECANCELED);
	recorder_wait(&attempt.recorder, "lost");
	ck_assert_trace(&attempt.recorder, "made lost");
	close(listener);
}

NET_TEST(a_unix_connection_is_made)
{
	struct recorder client = { .keep = false }, peer = { .keep = false };
	aw_transport *transport;
	aw_server *server;

	ck_assert_int_eq(aw_create_unix_server(&recorder_protocol, &peer,
	    "create.sock", NULL, &server), 0);
	ck_assert_int_eq(aw_create_unix_connection(&recorder_protocol, &client,
	    "create.sock", NULL, &transport), 0);
	ck_assert_trace(&client, "made");
	aw_transport_write(transport, "hello", 5);
	recorder_wait_data(&peer, 5);
	aw_transport_close(transport);
	recorder_wait(&client, "lost");
	recorder_wait(&peer, "lost");
	ck_assert_trace(&peer, "made data eof lost");
	aw_server_free(server);
}

static int
wrong_sockets(int (*take)(int fd))
{
	int fds[2], tried = 0;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(take(fds[0]), -EINVAL);
	ck_assert_int_eq(close(fds[0]), 0);
	ck_assert_int_eq(take(fds[0]), -EBADF);
	ck_assert_int_eq(close(fds[1]), 0);
	tried++;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	ck_assert_int_eq(take(fds[0]), -EINVAL);
	ck_assert_int_eq(close(fds[0]), 0);
	ck_assert_int_eq(close(fds[1]), 0);
	return tried;
}

static int
take_for_protocol(int fd)
{
	return aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, NULL, fd, NULL, NULL);
}

static int
take_for_stream(int fd)
{
	aw_reader *reader;
	aw_writer *writer;

	return aw_open_connection_socket(aw_get_running_loop(), fd, NULL,
	    &reader, &writer);
}

NET_TEST(only_stream_sockets_are_taken_over)
{
	ck_assert_int_eq(wrong_sockets(take_for_protocol), 1);
	ck_assert_int_eq(wrong_sockets(take_for_stream), 1);
}

NET_TEST(a_socket_becomes_a_stream)
{
	aw_connection_options options = { .limit = 2 };
	aw_reader *reader;
	aw_writer *writer;
	const char *line;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(aw_open_connection_socket(aw_get_running_loop(),
	    fds[0], &options, &reader, &writer), 0);
	/* It is the connection's own, so it does not block. */
	ck_assert((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
	ck_assert_int_eq(send(fds[1], "ab\nabc\n", 7, 0), 7);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 3);
	ck_assert_int_eq(aw_reader_readline(reader, &line), AW_ELIMIT);
	aw_writer_free(writer);
	close(fds[1]);
}

NET_TEST(the_peer_of_a_socket_is_known_after_it_has_gone)
{
	struct recorder recorder = { .keep = true };
	struct sockaddr_storage address;
	uint16_t port;
	int listener = net_listen(1, &port), peer, fd;

	peer = net_connect(port);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(aw_create_connection_socket(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fd, NULL, NULL), 0);
	net_turns(1);
	net_reset(peer);
	net_turns(1);
	ck_assert_int_eq(aw_transport_get_extra_info(recorder.transport,
	    "peername", &address, sizeof(address)),
	    sizeof(struct sockaddr_in));
	recorder_wait(&recorder, "lost");
	close(listener);
}

START_TEST(outside_of_a_task_only_sockets_are_taken)
{
	aw_loop *loop = aw_loop_new(NULL);
	struct recorder recorder = { .keep = true };
	int fds[2];

	ck_assert_int_eq(aw_create_connection(&recorder_protocol, &recorder,
	    "127.0.0.1", 7, NULL, NULL), AW_ENOTASK);
	ck_assert_int_eq(aw_create_unix_connection(&recorder_protocol,
	    &recorder, "x.sock", NULL, NULL), AW_ENOTASK);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(aw_create_connection_socket(loop, &recorder_protocol,
	    &recorder, fds[0], NULL, NULL), 0);
	ck_assert_trace(&recorder, "");
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_trace(&recorder, "made lost");
	close(fds[1]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_connection_is_made_when_the_call_returns,
		the_transport_need_not_be_asked_for,
		a_connection_knows_its_addresses,
		a_refusal_makes_no_connection,
		one_who_is_cancelled_meanwhile_closes_it,
		a_unix_connection_is_made,
		only_stream_sockets_are_taken_over,
		a_socket_becomes_a_stream,
		the_peer_of_a_socket_is_known_after_it_has_gone,
		outside_of_a_task_only_sockets_are_taken,
	};

	return NET_MAIN("create", tests);
}
