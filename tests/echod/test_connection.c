/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/connection.h"

#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>

/* A server and its client share the loop of the test. */
static struct connections connections;
static struct traffic_lane lane;
static struct traffic traffic;
static struct service service = {
	.connections = &connections, .listener = "test", .lane = &lane,
	.traffic = &traffic,
};
static aw_server *server;
static aw_reader *reader;
static aw_writer *writer;

static void
connect_client(void)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	ck_assert_int_eq(getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &length), 0);
	ck_assert_int_eq(aw_open_connection("127.0.0.1",
	    ntohs(address.sin_port), NULL, &reader, &writer), 0);
}

static void
start(void)
{
	static const aw_server_options options;

	ck_assert_int_eq(aw_start_server(connection_serve, &service,
	    "127.0.0.1", 0, &options, &server), 0);
	connect_client();
}

static void
stop(void)
{
	aw_writer_free(writer);
	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert(LIST_EMPTY(&connections.open));
	aw_server_free(server);
}

/* Sends until neither side takes any more; returns how much that was. */
static size_t
flood(void)
{
	static char data[65536];
	aw_timeout *timeout;
	size_t sent = 0;
	int err = 0;

	while (err == 0) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (char)((sent + i) % 251);
		aw_writer_write(writer, data, sizeof(data));
		sent += sizeof(data);
		ck_assert_int_eq(aw_timeout_enter(0.3, &timeout), 0);
		err = aw_writer_drain(writer);
		err = aw_timeout_exit(timeout, err);
	}
	ck_assert_int_eq(err, -ETIMEDOUT);
	return sent;
}

/* Receives to the end; the bytes must be the first that flood sent. */
static size_t
receive_flood(void)
{
	size_t received = 0;
	const void *data;
	ssize_t n;

	while ((n = aw_reader_peek(reader, &data)) > 0) {
		for (size_t i = 0; i < (size_t)n; i++)
			if (((const char *)data)[i] !=
			    (char)((received + i) % 251))
				ck_abort_msg("byte %zu is wrong", received + i);
		received += (size_t)n;
		aw_reader_consume(reader, (size_t)n);
	}
	ck_assert_msg(n == 0, "%s instead of the end", aw_strerror((int)n));
	return received;
}

static int
run_echo(void *arg)
{
	char data[5];

	(void)arg;
	start();
	aw_writer_write(writer, "hello", 5);
	ck_assert_int_eq(aw_reader_readexactly(reader, data, 5), 5);
	ck_assert_mem_eq(data, "hello", 5);
	ck_assert_uint_eq(LIST_FIRST(&connections.open)->echoed, 5);
	ck_assert_uint_eq(lane.echoed, 5);
	ck_assert_uint_eq(lane.open, 1);
	aw_writer_write_eof(writer);
	ck_assert_int_eq(aw_reader_read(reader, data, 5), 0);
	stop();
	ck_assert_uint_eq(lane.open, 0);
	ck_assert_uint_eq(lane.total, 1);
	return 0;
}

START_TEST(hello)
{
	ck_assert_int_eq(aw_run(run_echo, NULL), 0);
}
END_TEST

static int
run_half_close(void *arg)
{
	size_t sent;

	(void)arg;
	start();
	sent = flood();
	aw_writer_write_eof(writer);
	ck_assert_uint_eq(receive_flood(), sent);
	stop();
	return 0;
}

START_TEST(every_byte_comes_back_before_the_end)
{
	ck_assert_int_eq(aw_run(run_half_close, NULL), 0);
}
END_TEST

static int
run_end_idle(void *arg)
{
	char byte;

	(void)arg;
	start();
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	connections_end(&connections);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(end_of_an_idle_connection)
{
	ck_assert_int_eq(aw_run(run_end_idle, NULL), 0);
}
END_TEST

/* A reset would take away what the peer has yet to get. */
static int
run_end_flooded(void *arg)
{
	size_t sent, echoed, received;

	(void)arg;
	start();
	sent = flood();
	echoed = LIST_FIRST(&connections.open)->echoed;
	connections_end(&connections);
	received = receive_flood();
	ck_assert_uint_ge(received, echoed);
	ck_assert_uint_lt(received, sent);
	stop();
	return 0;
}

START_TEST(end_while_the_peer_sends)
{
	ck_assert_int_eq(aw_run(run_end_flooded, NULL), 0);
}
END_TEST

static int
run_late(void *arg)
{
	char byte;

	(void)arg;
	connections.ending = true;
	start();
	ck_assert_int_eq(aw_sleep(0.01), 0);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(what_latecomers_send_first_is_echoed)
{
	ck_assert_int_eq(aw_run(run_late, NULL), 0);
}
END_TEST

static int
run_silent(void *arg)
{
	char byte;

	(void)arg;
	connections.ending = true;
	start();
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(silent_latecomers_are_ended)
{
	ck_assert_int_eq(aw_run(run_silent, NULL), 0);
}
END_TEST

static int
run_lost(void *arg)
{
	(void)arg;
	start();
	flood();
	aw_writer_abort(writer);
	stop();
	return 0;
}

START_TEST(lost_connection)
{
	ck_assert_int_eq(aw_run(run_lost, NULL), 0);
}
END_TEST

static int
run_logged(void *arg)
{
	char byte;

	(void)arg;
	start();
	aw_writer_write(writer, "x", 1);
	aw_writer_write_eof(writer);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(log_lines)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_logged, NULL), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "debug: connection "
	    "opened listener=test peer=127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "debug: connection "
	    "closed listener=test peer=127.0.0.1:"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { hello,
	    every_byte_comes_back_before_the_end, end_of_an_idle_connection,
	    end_while_the_peer_sends,
	    what_latecomers_send_first_is_echoed,
	    silent_latecomers_are_ended, lost_connection, log_lines };

	return UNIT_RUN_FORKED("connection", tests);
}
