/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers that begin to listen later.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

static int
handle(aw_reader *reader, aw_writer *writer, void *arg)
{
	unsigned *begun = arg;

	(void)reader, (void)writer;
	(*begun)++;
	return 0;
}

static aw_server *
start(unsigned *begun)
{
	aw_server_options options = { .start_later = true };
	aw_server *server;

	*begun = 0;
	ck_assert_int_eq(aw_start_server(handle, begun, "127.0.0.1", 0,
	    &options, &server), 0);
	ck_assert(!aw_server_is_serving(server));
	return server;
}

/* Tries to connect: 0 or the error. */
static int
knock(uint16_t port, int *fd)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int err = 0;

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(*fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err = -errno;
	return err;
}

NET_TEST(nobody_listens_before_it_serves)
{
	unsigned begun;
	aw_server *server = start(&begun);
	uint16_t port = net_port(aw_server_socket(server, 0));
	int fd;

	ck_assert_int_eq(knock(port, &fd), -ECONNREFUSED);
	close(fd);
	ck_assert_int_eq(aw_server_start_serving(server), 0);
	ck_assert(aw_server_is_serving(server));
	ck_assert_int_eq(knock(port, &fd), 0);
	while (begun == 0)
		net_turns(1);
	/* Once more is fine. */
	ck_assert_int_eq(aw_server_start_serving(server), 0);
	close(fd);
	aw_server_close(server);
	ck_assert(!aw_server_is_serving(server));
	ck_assert_int_eq(aw_server_start_serving(server), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(one_that_serves_at_once_has_nothing_to_start)
{
	aw_server *server;
	unsigned begun = 0;

	ck_assert_int_eq(aw_start_server(handle, &begun, "127.0.0.1", 0, NULL,
	    &server), 0);
	ck_assert(aw_server_is_serving(server));
	ck_assert_int_eq(aw_server_start_serving(server), 0);
	aw_server_free(server);
}

NET_TEST(one_that_never_served_can_be_closed)
{
	unsigned begun;
	aw_server *server = start(&begun);

	aw_server_close(server);
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

static int
run_serve_forever(void *arg)
{
	return aw_server_serve_forever(arg);
}

NET_TEST(serve_forever_starts_it)
{
	unsigned begun;
	aw_server *server = start(&begun);
	uint16_t port = net_port(aw_server_socket(server, 0));
	aw_task *task = net_spawn(run_serve_forever, server);
	int fd;

	net_turns(2);
	ck_assert(aw_server_is_serving(server));
	ck_assert_int_eq(knock(port, &fd), 0);
	while (begun == 0)
		net_turns(1);
	close(fd);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert(!aw_server_is_serving(server));
	aw_server_free(server);
}

NET_TEST(a_unix_server_starts_later_too)
{
	aw_server_options options = { .start_later = true };
	aw_reader *reader;
	aw_writer *writer;
	aw_server *server;
	unsigned begun = 0;
	char byte;

	ck_assert_int_eq(aw_start_unix_server(handle, &begun, "later.sock",
	    &options, &server), 0);
	ck_assert_int_eq(aw_open_unix_connection("later.sock", NULL, &reader,
	    &writer), -ECONNREFUSED);
	ck_assert_int_eq(aw_server_start_serving(server), 0);
	ck_assert_int_eq(aw_open_unix_connection("later.sock", NULL, &reader,
	    &writer), 0);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	ck_assert_uint_eq(begun, 1);
	aw_writer_free(writer);
	aw_server_free(server);
	ck_assert(access("later.sock", F_OK) < 0);
}

NET_TEST(a_start_that_fails_can_be_tried_again)
{
	unsigned begun;
	aw_server *server = start(&begun);
	int err;

	fail_call("listen", 1, 1, EADDRINUSE);
	err = aw_server_start_serving(server);
	ck_assert(fail_stop());
	ck_assert_int_eq(err, -EADDRINUSE);
	ck_assert(!aw_server_is_serving(server));
	net_refusal.fd = aw_server_socket(server, 0);
	net_refusal.times = 1;
	ck_assert_int_eq(aw_server_start_serving(server), -ENOMEM);
	ck_assert(!aw_server_is_serving(server));
	ck_assert_int_eq(aw_server_start_serving(server), 0);
	aw_server_free(server);
}

int
main(void)
{
	const TTest *const tests[] = {
		nobody_listens_before_it_serves,
		one_that_serves_at_once_has_nothing_to_start,
		one_that_never_served_can_be_closed,
		serve_forever_starts_it,
		a_unix_server_starts_later_too,
		a_start_that_fails_can_be_tried_again,
	};

	return NET_MAIN("server_later", tests);
}
