/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Why a connection ended is counted, whatever it was.
 */
#include "echod/connection.h"

#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Bytes, more than the kernel takes for who does not read them. */
#define UNREAD (4 << 20)

static struct connections connections;
static struct traffic_lane lane;
static struct traffic traffic;
static struct service service;
static struct idle idle;
static aw_output_limit *limit;
static aw_server *server;
static aw_reader *reader;
static aw_writer *writer;

static uint64_t
ended(enum end_reason reason)
{
	return traffic.counters.ended[reason];
}

static void
start(double idle_timeout, double write_timeout, size_t most)
{
	aw_server_options options = {
		.connection.high_water = UNREAD + 1,
		.send_buffer = 8192,
	};
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	service = (struct service){
		.connections = &connections, .listener = "test",
		.lane = &lane, .traffic = &traffic,
	};
	limit = aw_output_limit_new(most);
	ck_assert_ptr_nonnull(limit);
	options.connection.write_timeout = write_timeout;
	options.connection.output_limit = limit;
	idle_init(&idle);
	ck_assert_int_eq(idle_list_init(&service.idle, &idle,
	    aw_get_running_loop(), idle_timeout), 0);
	ck_assert_int_eq(aw_start_server(connection_serve, &service,
	    "127.0.0.1", 0, &options, &server), 0);
	ck_assert_int_eq(getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &length), 0);
	ck_assert_int_eq(aw_open_connection("127.0.0.1",
	    ntohs(address.sin_port), NULL, &reader, &writer), 0);
}

/* Once the connection has ended, from whichever side. */
static void
stop(enum end_reason reason)
{
	uint64_t sum = 0;

	aw_writer_free(writer);
	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
	idle_list_end(&service.idle);
	idle_end(&idle);
	ck_assert_uint_eq(aw_output_limit_used(limit), 0);
	aw_output_limit_free(limit);
	for (int i = 0; i < END_REASONS; i++)
		sum += ended((enum end_reason)i);
	ck_assert_uint_eq(sum, 1);
	ck_assert_uint_eq(ended(reason), 1);
}

static void
check_echo(void)
{
	char byte;

	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
}

/* Sends and does not read, until the connection is lost. */
static void
flood(void)
{
	static char data[65536];
	int err = 0;

	while (err == 0) {
		aw_writer_write(writer, data, sizeof(data));
		err = aw_writer_drain(writer);
	}
	ck_assert_int_ne(err, -ETIMEDOUT);
}

LOOP_TEST(by_the_client)
{
	start(0, 0, SIZE_MAX);
	check_echo();
	stop(END_CLIENT_CLOSED);
}

LOOP_TEST(by_a_reset)
{
	start(0, 0, SIZE_MAX);
	check_echo();
	aw_writer_abort(writer);
	stop(END_RESET);
}

LOOP_TEST(by_silence)
{
	char byte;

	start(0.05, 0, SIZE_MAX);
	check_echo();
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop(END_IDLE);
}

/* What it takes nothing of does not keep it. */
LOOP_TEST(by_silence_with_bytes_left)
{
	start(0.05, 0, SIZE_MAX);
	flood();
	stop(END_IDLE);
}

/* After its end neither, when there is nobody to echo to any more. */
LOOP_TEST(by_silence_after_the_end_with_bytes_left)
{
	static char data[UNREAD];

	start(0.05, 0, SIZE_MAX);
	aw_writer_write(writer, data, sizeof(data));
	aw_writer_write_eof(writer);
	while (ended(END_IDLE) == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert_uint_eq(lane.echoed, sizeof(data));
	stop(END_IDLE);
}

LOOP_TEST(by_a_peer_that_takes_nothing)
{
	start(0, 0.05, SIZE_MAX);
	flood();
	stop(END_WRITE_TIMEOUT);
}

LOOP_TEST(by_buffers_that_are_full)
{
	start(0, 0, 4096);
	flood();
	stop(END_BUFFERS_FULL);
}

LOOP_TEST(by_the_end_of_the_daemon)
{
	char byte;

	start(0, 0, SIZE_MAX);
	check_echo();
	connections_end(&connections);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop(END_DRAINED);
}

LOOP_TEST(by_the_end_of_its_patience)
{
	start(0, 0, SIZE_MAX);
	check_echo();
	connections.dropped = true;
	aw_server_abort_clients(server);
	stop(END_DROPPED);
}

START_TEST(by_an_error)
{
	static const struct {
		int error;
		enum end_reason reason;
	} cases[] = {
		{ -ETIMEDOUT, END_TIMED_OUT },
		{ -EPIPE, END_RESET },
		{ AW_ETLSTRUNCATED, END_TRUNCATED },
		{ AW_ETLS, END_ERROR },
		{ -ENOMEM, END_ERROR },
		{ -ECANCELED, END_ERROR },
	};
	const struct connection connection = { .service = &service };

	service.connections = &connections;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(connection_end_reason(&connection,
		    cases[i].error), cases[i].reason);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		by_the_client,
		by_a_reset,
		by_silence,
		by_silence_with_bytes_left,
		by_silence_after_the_end_with_bytes_left,
		by_a_peer_that_takes_nothing,
		by_buffers_that_are_full,
		by_the_end_of_the_daemon,
		by_the_end_of_its_patience,
		by_an_error,
	};

	return UNIT_RUN_FORKED("end_reasons", tests);
}
