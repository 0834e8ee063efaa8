/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/connection_log.h"

#include "unit.h"
#include "fixture.h"

#include <regex.h>

/* A server and its client share the loop of the test. */
static struct connections connections;
static struct traffic_lane lane;
static struct traffic traffic;
static struct service service = {
	.connections = &connections, .listener = "test", .access_log = true,
	.lane = &lane, .traffic = &traffic,
};
static aw_server *server;
static aw_reader *reader;
static aw_writer *writer;

static void
start(void)
{
	static const aw_server_options options;

	ck_assert_int_eq(aw_start_server(connection_serve, &service,
	    "127.0.0.1", 0, &options, &server), 0);
	ck_assert_int_eq(aw_open_connection("127.0.0.1",
	    (uint16_t)aw_server_port(server), NULL, &reader, &writer), 0);
}

static void
stop(void)
{
	aw_writer_free(writer);
	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

static void
ping(void)
{
	char data[5];

	aw_writer_write(writer, "hello", 5);
	ck_assert_int_eq(aw_reader_readexactly(reader, data, 5), 5);
}

static void
assert_logged(const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern,
	    REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	ck_assert_msg(regexec(&regex, fixture_logged(), 0, NULL, 0) == 0,
	    "'%s' does not match '%s'", fixture_logged(), pattern);
	regfree(&regex);
}

#define CONTEXT "listener=test peer=127\\.0\\.0\\.1:[0-9]+ connection=1"
#define DURATION "duration=[0-9]+\\.[0-9]{6}"

static int
run_client_closed(void *arg)
{
	char byte;

	(void)arg;
	start();
	ping();
	aw_writer_write_eof(writer);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(client_closed)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_client_closed, NULL), 0);
	assert_logged("Z debug: connection opened " CONTEXT "$");
	assert_logged("Z info: connection closed " CONTEXT " in=5 out=5 "
	    DURATION " reason=client_closed$");
}
END_TEST

START_TEST(not_on_demand)
{
	service.access_log = false;
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_client_closed, NULL), 0);
	assert_logged("Z debug: connection closed " CONTEXT " in=5 out=5 ");
}
END_TEST

START_TEST(nothing_beyond_the_level)
{
	service.access_log = false;
	fixture_capture_log();
	log_set_level(LOG_LEVEL_INFO);
	ck_assert_int_eq(aw_run(run_client_closed, NULL), 0);
	ck_assert_str_eq(fixture_logged(), "");
}
END_TEST

static int
run_probe(void *arg)
{
	(void)arg;
	start();
	stop();
	return 0;
}

START_TEST(probe)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_probe, NULL), 0);
	assert_logged("Z debug: connection closed " CONTEXT " in=0 out=0 "
	    DURATION " reason=client_closed$");
}
END_TEST

static int
run_reset(void *arg)
{
	(void)arg;
	start();
	ping();
	aw_writer_abort(writer);
	stop();
	return 0;
}

START_TEST(reset)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_reset, NULL), 0);
	assert_logged("Z info: connection closed " CONTEXT " in=5 out=5 "
	    DURATION " reason=reset error=\"Connection reset by peer\"$");
}
END_TEST

static int
run_drained(void *arg)
{
	char byte;

	(void)arg;
	start();
	ping();
	connections_end(&connections);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(drained)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_drained, NULL), 0);
	assert_logged("Z info: connection closed " CONTEXT " in=5 out=5 "
	    DURATION " reason=drained$");
}
END_TEST

static int
run_dropped(void *arg)
{
	char byte;

	(void)arg;
	start();
	ping();
	connections.dropped = true;
	aw_server_abort_clients(server);
	ck_assert_int_lt(aw_reader_read(reader, &byte, 1), 0);
	stop();
	return 0;
}

START_TEST(dropped)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_dropped, NULL), 0);
	assert_logged("Z info: connection closed " CONTEXT " in=5 out=5 "
	    DURATION " reason=dropped");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { client_closed, not_on_demand,
	    nothing_beyond_the_level, probe, reset, drained, dropped };

	return UNIT_RUN_FORKED("connection_log", tests);
}
