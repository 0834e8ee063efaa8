/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How servers end, and their connections with them.
 */
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

#define LARGE (256 * 1024)

static unsigned char data[LARGE], received[LARGE + 1];

/* Sends much if the client asks for it, and waits until the end. */
static int
handle(aw_reader *reader, aw_writer *writer, void *arg)
{
	unsigned *begun = arg;
	char byte;
	int n;

	(*begun)++;
	while ((n = (int)aw_reader_read(reader, &byte, 1)) > 0) {
		net_fill(data, LARGE, 0);
		aw_writer_write(writer, data, byte == 'L' ? LARGE : 1);
	}
	return n;
}

/* A server on 127.0.0.1. */
static aw_server *
start(unsigned *begun)
{
	aw_server_options options = { .send_buffer = 4096 };
	aw_server *server;

	*begun = 0;
	ck_assert_int_eq(aw_start_server(handle, begun, "127.0.0.1", 0,
	    &options, &server), 0);
	return server;
}

/* A client whose connection is being handled. */
static int
connect_to(aw_server *server, const unsigned *begun)
{
	unsigned before = *begun;
	int fd = net_connect(net_port(aw_server_socket(server, 0)));

	while (*begun == before)
		net_turns(1);
	return fd;
}

static void
check_alive(int fd)
{
	char byte;

	net_send_text(fd, "?");
	ck_assert_int_eq(net_receive_once(fd, &byte, 1), 1);
}

/* Asks for much, and leaves it with the server. */
static void
ask_for_much(int fd)
{
	net_send_text(fd, "L");
	ck_assert_int_eq(aw_wait_readable(fd), 0);
	net_turns(2);
}

static int
run_wait_closed(void *arg)
{
	return aw_server_wait_closed(arg);
}

static int
run_serve_forever(void *arg)
{
	return aw_server_serve_forever(arg);
}

/* Starts the task and has it wait. */
static aw_task *
spawn(aw_coroutine *run, aw_server *server)
{
	aw_task *task = net_spawn(run, server);

	net_turns(2);
	ck_assert(!aw_future_done(task));
	return task;
}

NET_TEST(close_stops_listening)
{
	unsigned begun;
	aw_server *server = start(&begun);
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &size), 0);
	aw_server_close(server);
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, size), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	close(fd);
	aw_server_close(server);
	aw_server_free(server);
}

/* Clients that the kernel has connected, with nobody having accepted them. */
static void
connect_waiting(aw_server *server, int *fds, int count)
{
	int i;

	for (i = 0; i < count; i++)
		fds[i] = net_connect(net_port(aw_server_socket(server, 0)));
	ck_assert_uint_eq(aw_server_connection_count(server), 0);
}

NET_TEST(close_accepts_what_the_kernel_has_connected)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fds[10], i;

	connect_waiting(server, fds, 10);
	aw_server_close(server);
	for (i = 0; i < 10; i++)
		check_alive(fds[i]);
	for (i = 0; i < 10; i++)
		close(fds[i]);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(close_accepts_as_many_as_the_queue_holds)
{
	aw_server_options options = { .backlog = 3 };
	unsigned begun = 0;
	aw_server *server;
	int fds[4], i;

	ck_assert_int_eq(aw_start_server(handle, &begun, "127.0.0.1", 0,
	    &options, &server), 0);
	/* The kernel takes one more than it is told. */
	connect_waiting(server, fds, 4);
	aw_server_close(server);
	for (i = 0; i < 4; i++) {
		check_alive(fds[i]);
		close(fds[i]);
	}
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

/* What one server leaves in the queue is for the other one. */
NET_TEST(release_leaves_what_the_kernel_has_connected)
{
	unsigned begun, later = 0;
	aw_server *server = start(&begun), *other;
	int copy = dup(aw_server_socket(server, 0));
	int fd = net_connect(net_port(copy));

	ck_assert_int_eq(aw_start_server_sockets(aw_get_running_loop(), handle,
	    &later, &copy, 1, NULL, &other), 0);
	aw_server_release(server);
	ck_assert(!aw_server_is_serving(server));
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_release(server);
	aw_server_free(server);
	check_alive(fd);
	ck_assert_uint_eq(begun, 0);
	ck_assert_uint_eq(later, 1);
	close(fd);
	aw_server_free(other);
}

NET_TEST(close_does_not_insist_on_what_can_not_be_accepted)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fds[2], error;

	connect_waiting(server, fds, 2);
	fail_call("accept4", 1, 1, EMFILE);
	aw_server_close(server);
	ck_assert(fail_stop());
	ck_assert_uint_eq(net_take_report(&error, NULL), 1);
	ck_assert_int_eq(error, -EMFILE);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert_uint_eq(begun, 0);
	close(fds[0]);
	close(fds[1]);
	aw_server_free(server);
}

NET_TEST(close_lets_connections_go_on)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fd = connect_to(server, &begun);

	aw_server_close(server);
	check_alive(fd);
	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	close(fd);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(wait_closed_waits_for_close)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_wait_closed, server);

	aw_server_close(server);
	ck_assert_int_eq(net_join(task), 0);
	/* Once it is closed there is nothing to wait for. */
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(wait_closed_waits_for_the_last_connection)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int one = connect_to(server, &begun), two;
	aw_task *tasks[2];

	two = connect_to(server, &begun);
	tasks[0] = spawn(run_wait_closed, server);
	aw_server_close(server);
	tasks[1] = spawn(run_wait_closed, server);
	close(one);
	while (aw_server_connection_count(server) > 1)
		net_turns(1);
	net_turns(2);
	ck_assert(!aw_future_done(tasks[0]) && !aw_future_done(tasks[1]));
	close(two);
	ck_assert_int_eq(net_join(tasks[0]), 0);
	ck_assert_int_eq(net_join(tasks[1]), 0);
	aw_server_free(server);
}

NET_TEST(wait_closed_is_not_woken_while_it_listens)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_wait_closed, server);

	close(connect_to(server, &begun));
	while (aw_server_connection_count(server) > 0)
		net_turns(1);
	net_turns(2);
	ck_assert(!aw_future_done(task));
	aw_server_close(server);
	ck_assert_int_eq(net_join(task), 0);
	aw_server_free(server);
}

NET_TEST(wait_closed_can_be_cancelled)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fd = connect_to(server, &begun);
	aw_task *task = spawn(run_wait_closed, server);

	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	check_alive(fd);
	close(fd);
	net_stop_server(server);
}

NET_TEST(close_clients_closes_each_connection_after_its_output)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int busy = connect_to(server, &begun);
	int idle = connect_to(server, &begun);
	char byte;

	ask_for_much(busy);
	aw_server_close_clients(server);
	ck_assert_int_eq(net_receive_once(idle, &byte, 1), 0);
	ck_assert_uint_eq(net_receive(busy, received, LARGE + 1), LARGE);
	net_check(received, LARGE, 0);
	close(idle);
	close(busy);
	/* It listens still. */
	busy = connect_to(server, &begun);
	check_alive(busy);
	close(busy);
	net_stop_server(server);
}

NET_TEST(abort_clients_resets_each_connection)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int busy = connect_to(server, &begun);
	int idle = connect_to(server, &begun);
	ssize_t n;
	char byte;

	ask_for_much(busy);
	aw_server_abort_clients(server);
	ck_assert_int_eq(net_receive_once(idle, &byte, 1), -ECONNRESET);
	while ((n = net_receive_once(busy, received, LARGE)) > 0)
		continue;
	ck_assert_int_eq(n, -ECONNRESET);
	close(idle);
	close(busy);
	net_stop_server(server);
}

NET_TEST(abort_clients_ends_those_that_are_closing)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fd = connect_to(server, &begun);
	ssize_t n;

	ask_for_much(fd);
	aw_server_close(server);
	aw_server_close_clients(server);
	net_turns(3);
	ck_assert_uint_eq(aw_server_connection_count(server), 1);
	aw_server_abort_clients(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	while ((n = net_receive_once(fd, received, LARGE)) > 0)
		continue;
	ck_assert_int_eq(n, -ECONNRESET);
	close(fd);
	aw_server_free(server);
}

NET_TEST(without_clients_there_is_nothing_to_close)
{
	unsigned begun;
	aw_server *server = start(&begun);

	aw_server_close_clients(server);
	aw_server_abort_clients(server);
	aw_server_free(server);
}

NET_TEST(free_leaves_connections_what_they_need)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int fd = connect_to(server, &begun);
	char byte;

	aw_server_free(server);
	check_alive(fd);
	shutdown(fd, SHUT_WR);
	ck_assert_int_eq(net_receive_once(fd, &byte, 1), 0);
	close(fd);
	net_turns(3);
}

NET_TEST(serve_forever_serves_until_it_is_cancelled)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_serve_forever, server);
	int fd = connect_to(server, &begun);

	check_alive(fd);
	close(fd);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	aw_server_free(server);
}

NET_TEST(serve_forever_waits_for_its_connections_when_cancelled)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_serve_forever, server);
	int fd = connect_to(server, &begun);

	aw_cancel(task);
	net_turns(5);
	ck_assert(!aw_future_done(task));
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	check_alive(fd);
	close(fd);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	aw_server_free(server);
}

NET_TEST(serve_forever_cancelled_twice_waits_no_longer)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_serve_forever, server);
	int fd = connect_to(server, &begun);

	aw_cancel(task);
	net_turns(3);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	check_alive(fd);
	close(fd);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(close_ends_serve_forever)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_serve_forever, server);

	aw_server_close(server);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	aw_server_free(server);
}

NET_TEST(free_ends_serve_forever)
{
	unsigned begun;
	aw_server *server = start(&begun);
	aw_task *task = spawn(run_serve_forever, server);

	aw_server_free(server);
	ck_assert_int_eq(net_join(task), -ECANCELED);
}

NET_TEST(a_server_that_is_closed_does_not_serve)
{
	unsigned begun;
	aw_server *server = start(&begun);

	aw_server_close(server);
	ck_assert_int_eq(aw_server_serve_forever(server), AW_EINVALIDSTATE);
	aw_server_free(server);
}

int
main(void)
{
	const TTest *const tests[] = {
		close_stops_listening,
		close_accepts_what_the_kernel_has_connected,
		close_accepts_as_many_as_the_queue_holds,
		release_leaves_what_the_kernel_has_connected,
		close_does_not_insist_on_what_can_not_be_accepted,
		close_lets_connections_go_on,
		wait_closed_waits_for_close,
		wait_closed_waits_for_the_last_connection,
		wait_closed_is_not_woken_while_it_listens,
		wait_closed_can_be_cancelled,
		close_clients_closes_each_connection_after_its_output,
		abort_clients_resets_each_connection,
		abort_clients_ends_those_that_are_closing,
		without_clients_there_is_nothing_to_close,
		free_leaves_connections_what_they_need,
		serve_forever_serves_until_it_is_cancelled,
		serve_forever_waits_for_its_connections_when_cancelled,
		serve_forever_cancelled_twice_waits_no_longer,
		close_ends_serve_forever,
		free_ends_serve_forever,
		a_server_that_is_closed_does_not_serve,
	};

	return NET_MAIN("server_close", tests);
}
