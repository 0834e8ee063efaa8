/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers: where they listen, and what becomes of their connections.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

#define LARGE (256 * 1024)

static unsigned char data[LARGE], received[LARGE + 1];

/* What a handler is told and tells. */
struct handler {
	unsigned begun, ended;
	int result;       /* what it is to return */
	int last;         /* what its last call gave */
	aw_task *task;    /* the last one's */
	aw_writer *writer;
};

/* Echoes until the end. */
static int
echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct handler *handler = arg;
	char buffer[1000];
	ssize_t n;

	handler->begun++;
	handler->task = aw_current_task();
	handler->writer = writer;
	while ((n = aw_reader_read(reader, buffer, sizeof(buffer))) > 0) {
		aw_writer_write(writer, buffer, (size_t)n);
		n = aw_writer_drain(writer);
		if (n < 0)
			break;
	}
	handler->last = (int)n;
	handler->ended++;
	return handler->result != 0 ? handler->result : (int)n;
}

/* Returns at once. */
static int
do_nothing(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct handler *handler = arg;

	(void)reader, (void)writer;
	handler->begun++;
	handler->ended++;
	return handler->result;
}

/* Sends more than the kernel takes, and returns. */
static int
send_large(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct handler *handler = arg;

	(void)reader;
	net_fill(data, LARGE, 0);
	aw_writer_write(writer, data, LARGE);
	handler->task = aw_current_task();
	handler->begun++;
	handler->ended++;
	return 0;
}

/* A server on 127.0.0.1. */
static aw_server *
start(aw_client_connected *run, struct handler *handler)
{
	aw_server_options options = { .send_buffer = 4096 };
	aw_server *server;

	memset(handler, 0, sizeof(*handler));
	ck_assert_int_eq(aw_start_server(run, handler, "127.0.0.1", 0,
	    &options, &server), 0);
	return server;
}

/* A client whose connection has been accepted and is being handled. */
static int
connect_to(aw_server *server, struct handler *handler)
{
	unsigned begun = handler->begun;
	int fd = net_connect(net_port(aw_server_socket(server, 0)));

	while (handler->begun == begun)
		net_turns(1);
	return fd;
}

NET_TEST(a_connection_is_handled_in_a_task)
{
	struct handler handler;
	aw_server *server = start(echo, &handler);
	int fd = connect_to(server, &handler);

	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	net_check_echo(fd, "hello");
	ck_assert_ptr_ne(handler.task, aw_current_task());
	close(fd);
	net_stop_server(server);
	ck_assert_uint_eq(handler.ended, 1);
}

NET_TEST(connections_are_handled_side_by_side)
{
	struct handler handler;
	aw_server *server = start(echo, &handler);
	int fds[10], i;

	for (i = 0; i < 10; i++)
		fds[i] = connect_to(server, &handler);
	ck_assert_uint_eq(aw_server_connection_count(server), 10);
	for (i = 9; i >= 0; i--)
		net_check_echo(fds[i], "side by side");
	for (i = 0; i < 10; i++)
		close(fds[i]);
	net_stop_server(server);
	ck_assert_uint_eq(handler.ended, 10);
}

NET_TEST(a_handler_that_returns_has_its_connection_closed)
{
	struct handler handler;
	aw_server *server = start(do_nothing, &handler);
	int fd = connect_to(server, &handler);
	char byte;

	ck_assert_int_eq(net_receive_once(fd, &byte, 1), 0);
	close(fd);
	while (aw_server_connection_count(server) > 0)
		net_turns(1);
	net_stop_server(server);
}

NET_TEST(what_a_handler_has_written_is_sent_before_its_connection_closes)
{
	struct handler handler;
	aw_server *server = start(send_large, &handler);
	int fd = connect_to(server, &handler);

	/* It has returned, and its connection is there still. */
	net_turns(3);
	ck_assert_uint_eq(handler.ended, 1);
	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	ck_assert_uint_eq(net_receive(fd, received, LARGE + 1), LARGE);
	net_check(received, LARGE, 0);
	close(fd);
	net_stop_server(server);
}

NET_TEST(the_error_of_a_handler_is_reported)
{
	struct handler handler;
	aw_server *server = start(do_nothing, &handler);
	const char *message;
	int error, fd;

	handler.result = -EPROTO;
	fd = connect_to(server, &handler);
	ck_assert_uint_eq(net_take_report(&error, &message), 1);
	ck_assert_int_eq(error, -EPROTO);
	ck_assert_str_eq(message, "a connection's handler failed");
	close(fd);
	net_stop_server(server);
	/* It is not reported again as that of a task nobody asked. */
	ck_assert_uint_eq(net_take_report(NULL, NULL), 0);
}

NET_TEST(a_result_that_is_no_error_is_not_reported)
{
	struct handler handler;
	aw_server *server = start(do_nothing, &handler);
	int fd;

	handler.result = 42;
	fd = connect_to(server, &handler);
	close(fd);
	net_stop_server(server);
}

NET_TEST(a_connection_that_was_lost_is_not_reported)
{
	struct handler handler;
	aw_server *server = start(echo, &handler);
	int fd = connect_to(server, &handler);

	net_reset(fd);
	while (handler.ended == 0)
		net_turns(1);
	ck_assert_int_eq(handler.last, -ECONNRESET);
	net_stop_server(server);
}

NET_TEST(a_cancelled_handler_is_not_reported)
{
	struct handler handler;
	aw_server *server = start(echo, &handler);
	int fd = connect_to(server, &handler);
	char byte;

	aw_cancel(handler.task);
	ck_assert_int_eq(net_receive_once(fd, &byte, 1), 0);
	ck_assert_int_eq(handler.last, -ECANCELED);
	close(fd);
	net_stop_server(server);
}

NET_TEST(a_task_that_is_cancelled_while_its_output_is_sent_aborts)
{
	struct handler handler;
	aw_server *server = start(send_large, &handler);
	int fd = connect_to(server, &handler);
	size_t sum = 0;
	ssize_t n;

	net_turns(2);
	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	ck_assert(aw_cancel(handler.task));
	while ((n = net_receive_once(fd, received, LARGE)) > 0)
		sum += (size_t)n;
	ck_assert_int_eq(n, -ECONNRESET);
	ck_assert_uint_lt(sum, LARGE);
	close(fd);
	net_stop_server(server);
}

NET_TEST(a_connection_cancelled_before_its_first_step_goes)
{
	struct handler handler;
	aw_server *server = start(echo, &handler);
	unsigned before = net_open_descriptors(), turns;
	aw_task *task;
	int fd;

	fd = net_connect(net_port(aw_server_socket(server, 0)));
	/* The next poll accepts it, and its task is the youngest one. */
	for (turns = 0; aw_server_connection_count(server) == 0; turns++)
		net_turns(1);
	ck_assert_uint_eq(handler.begun, 0);
	task = net_youngest_task();
	ck_assert_ptr_ne(task, aw_current_task());
	ck_assert(aw_cancel(task));
	while (aw_server_connection_count(server) > 0)
		net_turns(1);
	ck_assert_uint_eq(handler.begun, 0);
	close(fd);
	ck_assert_uint_eq(net_open_descriptors(), before);
	net_stop_server(server);
}

static struct handler left_behind;
static int left_client;

static int
leave_connection(void *arg)
{
	aw_server *server = start(echo, &left_behind);

	(void)arg;
	left_client = connect_to(server, &left_behind);
	aw_server_free(server);
	return 0;
}

START_TEST(connections_that_are_open_end_with_the_loop)
{
	unsigned before = net_open_descriptors();
	char byte;

	ck_assert_int_eq(aw_run(leave_connection, NULL), 0);
	ck_assert_uint_eq(left_behind.ended, 1);
	ck_assert_int_eq(left_behind.last, -ECANCELED);
	ck_assert_uint_eq(net_open_descriptors(), before + 1);
	ck_assert_int_eq(recv(left_client, &byte, 1, 0), 0);
	close(left_client);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_connection_is_handled_in_a_task,
		connections_are_handled_side_by_side,
		a_handler_that_returns_has_its_connection_closed,
		what_a_handler_has_written_is_sent_before_its_connection_closes,
		the_error_of_a_handler_is_reported,
		a_result_that_is_no_error_is_not_reported,
		a_connection_that_was_lost_is_not_reported,
		a_cancelled_handler_is_not_reported,
		a_task_that_is_cancelled_while_its_output_is_sent_aborts,
		a_connection_cancelled_before_its_first_step_goes,
		connections_that_are_open_end_with_the_loop,
	};

	return NET_MAIN("server", tests);
}
