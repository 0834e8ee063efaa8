/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Who is let in by a server of echod's, and what is counted of the others.
 */
#include "echod/admission.h"

#include "await/fail.h"
#include "echod/connection.h"
#include "echod/shortage.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct connections connections;
static struct traffic_lane lane;
static struct traffic traffic;
static struct service service;
static struct shortage shortage;
static struct limits *limits;
static struct gate gate;
static aw_server *server;
static uint16_t port;

struct client {
	aw_reader *reader;
	aw_writer *writer;
};

static void
on_place(void *arg)
{
	(void)arg;
	aw_server_resume(server);
}

static void
start(uint64_t most, bool closes, uint64_t max_per_address)
{
	aw_server_options options = { .accept_pause = 0.01 };
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	fixture_capture_log();
	shortage.loop = aw_get_running_loop();
	limits = limits_new();
	ck_assert_ptr_nonnull(limits);
	limits_set(limits, most, closes, 0);
	gate = (struct gate){ .limits = limits, .loop = shortage.loop,
	    .resume = on_place };
	service = (struct service){
		.connections = &connections, .listener = "test",
		.lane = &lane, .traffic = &traffic, .gate = &gate,
		.max_per_address = max_per_address, .shortage = &shortage,
	};
	options.admission = admission_of(&service);
	options.accept_error = admission_shortage;
	options.accept_error_arg = &service;
	ck_assert_int_eq(aw_start_server(connection_serve, &service,
	    "127.0.0.1", 0, &options, &server), 0);
	ck_assert_int_eq(getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &length), 0);
	port = ntohs(address.sin_port);
}

static void
stop(void)
{
	struct limits_state state;

	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
	shortage_clear(&shortage);
	limits_close_gate(limits, &gate);
	limits_get(limits, &state);
	ck_assert_uint_eq(state.connections, 0);
	limits_free(limits);
}

static struct client
come(void)
{
	struct client client;

	ck_assert_int_eq(aw_open_connection("127.0.0.1", port, NULL,
	    &client.reader, &client.writer), 0);
	return client;
}

static void
check_echo(const struct client *client)
{
	char byte;

	aw_writer_write(client->writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(client->reader, &byte, 1), 1);
}

static void
check_refused(void)
{
	struct client client = come();
	char byte;

	ck_assert_int_le(aw_reader_read(client.reader, &byte, 1), 0);
	aw_writer_free(client.writer);
}

LOOP_TEST(a_full_server_pauses)
{
	struct client first, second;

	start(1, false, 0);
	first = come();
	check_echo(&first);
	second = come();
	while (traffic.counters.paused[PAUSED_FULL] == 0)
		ck_assert_int_eq(aw_sleep(0), 0);
	aw_writer_free(first.writer);
	check_echo(&second);
	aw_writer_free(second.writer);
	stop();
}

LOOP_TEST(a_full_server_closes)
{
	struct client client;

	start(1, true, 0);
	client = come();
	check_echo(&client);
	for (int i = 0; i < 20; i++)
		check_refused();
	ck_assert_uint_eq(traffic.counters.refused[REFUSED_FULL], 20);
	check_echo(&client);
	aw_writer_free(client.writer);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: connection "
	    "refused listener=test peer=127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "reason=full\n"));
	stop();
}

LOOP_TEST(an_address_has_its_own_limit)
{
	struct client client;

	start(0, false, 1);
	client = come();
	check_echo(&client);
	check_refused();
	ck_assert_uint_eq(traffic.counters.refused[REFUSED_ADDRESS], 1);
	aw_writer_free(client.writer);
	while (aw_server_connection_count(server) > 0)
		ck_assert_int_eq(aw_sleep(0), 0);
	client = come();
	check_echo(&client);
	aw_writer_free(client.writer);
	stop();
}

LOOP_TEST(without_memory_to_count_one_is_refused)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	aw_admission admission;
	void *seat = NULL;

	start(0, false, 1);
	admission = admission_of(&service);
	ck_assert(admission.enter(server, &service));
	fail_call("calloc", 1, 1, ENOMEM);
	ck_assert(!admission.admit(server, (struct sockaddr *)&peer, &seat,
	    &service));
	ck_assert(fail_stop());
	ck_assert_ptr_null(seat);
	admission.leave(server, seat, &service);
	ck_assert_uint_eq(traffic.counters.refused[REFUSED_MEMORY], 1);
	stop();
}

LOOP_TEST(a_shortage_is_counted)
{
	struct client client;

	start(0, false, 0);
	fail_call("accept4", 1, 1, EMFILE);
	client = come();
	check_echo(&client);
	ck_assert(fail_stop());
	ck_assert_uint_eq(traffic.counters.paused[PAUSED_SHORTAGE], 1);
	aw_writer_free(client.writer);
	stop();
}

int
main(void)
{
	const TTest *const tests[] = {
		a_full_server_pauses,
		a_full_server_closes,
		an_address_has_its_own_limit,
		without_memory_to_count_one_is_refused,
		a_shortage_is_counted,
	};

	fail_init();
	return UNIT_RUN("admission", tests);
}
