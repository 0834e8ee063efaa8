/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers of protocols.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"
#include "net/recorder.h"

/* Each connection echoes, and counts for the server's argument. */
struct counts {
	unsigned made, lost, ended;
	int error;
	bool large; /* send much at once */
};

struct echo {
	struct counts *counts;
};

static void
on_data(aw_transport *transport, const void *data, size_t size, void *arg)
{
	struct echo *echo = arg;

	if (echo->counts->large)
		aw_transport_write(transport, net_received, NET_LARGE);
	else
		aw_transport_write(transport, data, size);
}

static bool
on_eof(aw_transport *transport, void *arg)
{
	struct echo *echo = arg;

	(void)transport;
	echo->counts->ended++;
	return false;
}

static void
on_lost(aw_transport *transport, int error, void *arg)
{
	struct echo *echo = arg;

	(void)transport;
	echo->counts->lost++;
	echo->counts->error = error;
	free(echo);
}

static const aw_protocol echo_protocol = {
	.data_received = on_data,
	.eof_received = on_eof,
	.connection_lost = on_lost,
};

/* Gives the connection a protocol with an argument of its own. */
static void
on_made(aw_transport *transport, void *arg)
{
	struct echo *echo = malloc(sizeof(*echo));

	ck_assert_ptr_nonnull(echo);
	echo->counts = arg;
	echo->counts->made++;
	aw_transport_set_protocol(transport, &echo_protocol, echo);
}

static const aw_protocol protocol = { .connection_made = on_made };

static aw_server *
start(struct counts *counts)
{
	aw_server_options options = { .send_buffer = 4096 };
	aw_server *server;

	memset(counts, 0, sizeof(*counts));
	ck_assert_int_eq(aw_create_server(&protocol, counts, "127.0.0.1", 0,
	    &options, &server), 0);
	ck_assert(aw_server_is_serving(server));
	return server;
}

static int
connect_to(aw_server *server, const struct counts *counts)
{
	unsigned before = counts->made;
	int fd = net_connect(net_port(aw_server_socket(server, 0)));

	while (counts->made == before)
		net_turns(1);
	return fd;
}

NET_TEST(each_connection_has_its_protocol)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fds[3], i;

	for (i = 0; i < 3; i++)
		fds[i] = connect_to(server, &counts);
	ck_assert_uint_eq(aw_server_connection_count(server), 3);
	/* They need no task. */
	ck_assert_ptr_eq(net_youngest_task(), aw_current_task());
	for (i = 0; i < 3; i++)
		net_check_echo(fds[i],
		    i == 0 ? "one" : i == 1 ? "two" : "three");
	for (i = 0; i < 3; i++)
		close(fds[i]);
	aw_server_close(server);
	ck_assert(!aw_server_is_serving(server));
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert_uint_eq(counts.lost, 3);
	ck_assert_uint_eq(counts.ended, 3);
	ck_assert_uint_eq(aw_server_connection_count(server), 0);
	aw_server_free(server);
}

static int
run_wait_closed(void *arg)
{
	return aw_server_wait_closed(arg);
}

NET_TEST(wait_closed_waits_for_the_last_protocol)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fd = connect_to(server, &counts);
	aw_task *task;

	aw_server_close(server);
	task = net_spawn(run_wait_closed, server);
	net_turns(3);
	ck_assert(!aw_future_done(task));
	net_check_echo(fd, "still");
	close(fd);
	ck_assert_int_eq(net_join(task), 0);
	ck_assert_uint_eq(counts.lost, 1);
	aw_server_free(server);
}

NET_TEST(close_clients_closes_each_after_its_output)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fds[2], i;

	counts.large = true;
	for (i = 0; i < 2; i++) {
		fds[i] = connect_to(server, &counts);
		net_send_text(fds[i], "x");
		ck_assert_int_eq(aw_wait_readable(fds[i]), 0);
	}
	net_turns(2);
	aw_server_close(server);
	aw_server_close_clients(server);
	ck_assert_uint_eq(counts.lost, 0);
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(net_receive(fds[i], net_received,
		    NET_LARGE + 1), NET_LARGE);
		close(fds[i]);
	}
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert_uint_eq(counts.lost, 2);
	ck_assert_int_eq(counts.error, 0);
	aw_server_free(server);
}

NET_TEST(abort_clients_resets_each)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fd = connect_to(server, &counts);
	char byte;

	aw_server_close(server);
	aw_server_abort_clients(server);
	ck_assert_uint_eq(counts.lost, 0);
	ck_assert_int_eq(net_receive_once(fd, &byte, 1), -ECONNRESET);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert_uint_eq(counts.lost, 1);
	close(fd);
	aw_server_free(server);
}

NET_TEST(free_leaves_connections_what_they_need)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fd = connect_to(server, &counts);

	aw_server_free(server);
	net_check_echo(fd, "orphan");
	close(fd);
	while (counts.lost == 0)
		net_turns(1);
}

NET_TEST(a_connection_that_ends_brings_accepting_back)
{
	struct counts counts;
	aw_server *server = start(&counts);
	uint16_t port = net_port(aw_server_socket(server, 0));
	int first = connect_to(server, &counts), second;

	fail_call("accept4", 1, 1, EMFILE);
	second = net_connect(port);
	while (strcmp(fail_name(), "accept4") != 0)
		net_turns(1);
	fail_stop();
	ck_assert_uint_eq(net_take_report(NULL, NULL), 1);
	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	/* The pause would be a second. */
	close(first);
	while (counts.made < 2)
		net_turns(1);
	net_check_echo(second, "late");
	close(second);
	net_stop_server(server);
}

NET_TEST(sockets_are_taken_over)
{
	struct counts counts = { .made = 0 };
	aw_server *server;
	uint16_t port;
	int listener = net_listen(5, &port), fd;

	ck_assert_int_eq(aw_create_server_sockets(aw_get_running_loop(),
	    &protocol, &counts, &listener, 1, NULL, &server), 0);
	fd = connect_to(server, &counts);
	net_check_echo(fd, "x");
	close(fd);
	net_stop_server(server);
}

NET_TEST(a_unix_server_serves_protocols)
{
	struct counts counts = { .made = 0 };
	aw_reader *reader;
	aw_writer *writer;
	aw_server *server;
	char byte;

	ck_assert_int_eq(aw_create_unix_server(&protocol, &counts, "p.sock",
	    NULL, &server), 0);
	ck_assert_int_eq(aw_open_unix_connection("p.sock", NULL, &reader,
	    &writer), 0);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	aw_writer_free(writer);
	aw_server_close(server);
	ck_assert(access("p.sock", F_OK) < 0);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(without_memory_for_a_connection_it_is_closed)
{
	struct counts counts;
	aw_server *server = start(&counts);
	int fd;
	char byte;

	fail_call("calloc", 1, 1, ENOMEM);
	fd = net_connect(net_port(aw_server_socket(server, 0)));
	ck_assert_int_eq(net_receive_once(fd, &byte, 1), 0);
	ck_assert(fail_stop());
	ck_assert_uint_eq(net_take_report(NULL, NULL), 1);
	ck_assert_uint_eq(counts.made, 0);
	close(fd);
	aw_server_free(server);
}

static struct {
	struct counts counts;
	int client;
} left;

static int
leave_connection(void *arg)
{
	aw_server *server = start(&left.counts);

	(void)arg;
	left.client = connect_to(server, &left.counts);
	aw_server_free(server);
	return 0;
}

START_TEST(connections_that_are_open_end_with_the_loop)
{
	unsigned before = net_open_descriptors();

	ck_assert_int_eq(aw_run(leave_connection, NULL), 0);
	ck_assert_uint_eq(left.counts.lost, 1);
	ck_assert_uint_eq(net_open_descriptors(), before + 1);
	close(left.client);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_connection_has_its_protocol,
		wait_closed_waits_for_the_last_protocol,
		close_clients_closes_each_after_its_output,
		abort_clients_resets_each,
		free_leaves_connections_what_they_need,
		a_connection_that_ends_brings_accepting_back,
		sockets_are_taken_over,
		a_unix_server_serves_protocols,
		without_memory_for_a_connection_it_is_closed,
		connections_that_are_open_end_with_the_loop,
	};

	return NET_MAIN("server_protocol", tests);
}
