/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where servers listen, and why they can't.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

NET_TEST(port_0_is_chosen_by_the_kernel)
{
	unsigned begun = 0;
	aw_server *server;

	ck_assert_int_eq(aw_start_server(net_echo, &begun, "127.0.0.1", 0, NULL,
	    &server), 0);
	ck_assert_uint_ne(net_port(aw_server_socket(server, 0)), 0);
	ck_assert_int_eq(aw_server_socket(server, 1), -1);
	net_stop_server(server);
}

/* The port of a server on that address, and how its text is written. */
static void
check_address(const char *host, const char *written)
{
	unsigned begun = 0;
	char text[AW_ADDRESS_TEXT_SIZE], expected[AW_ADDRESS_TEXT_SIZE];
	aw_server *server;

	ck_assert_int_eq(aw_start_server(net_echo, &begun, host, 0, NULL,
	    &server), 0);
	ck_assert_int_eq(aw_server_port(server),
	    net_port(aw_server_socket(server, 0)));
	snprintf(expected, sizeof(expected), "%s:%d", written,
	    aw_server_port(server));
	ck_assert_str_eq(aw_server_address_text(server, 0, text, sizeof(text)),
	    expected);
	ck_assert_str_eq(aw_server_address_text(server, 1, text, sizeof(text)),
	    "");
	aw_server_close(server);
	ck_assert_int_eq(aw_server_port(server), -1);
	net_stop_server(server);
}

NET_TEST(a_server_tells_its_address_and_port)
{
	check_address("127.0.0.1", "127.0.0.1");
	check_address("::1", "[::1]");
}

NET_TEST(without_a_host_it_is_every_interface_of_both_families)
{
	unsigned begun = 0;
	struct sockaddr_storage address;
	bool in = false, in6 = false;
	aw_server *server;
	socklen_t size;
	size_t i;

	ck_assert_int_eq(aw_start_server(net_echo, &begun, NULL, 0, NULL,
	    &server), 0);
	for (i = 0; aw_server_socket(server, i) >= 0; i++) {
		size = sizeof(address);
		ck_assert_int_eq(getsockname(aw_server_socket(server, i),
		    (struct sockaddr *)&address, &size), 0);
		in |= address.ss_family == AF_INET;
		in6 |= address.ss_family == AF_INET6;
	}
	ck_assert_uint_eq(i, 2);
	ck_assert(in && in6);
	net_stop_server(server);
}

/* The family can't be had; it stands for a kernel without IPv6. */
NET_TEST(a_family_that_the_kernel_does_not_have_is_left_out)
{
	unsigned begun = 0;
	aw_server *server;

	fail_call("socket", 1, 1, EAFNOSUPPORT);
	ck_assert_int_eq(aw_start_server(net_echo, &begun, NULL, 0, NULL,
	    &server), 0);
	ck_assert(fail_stop());
	ck_assert_int_ge(aw_server_socket(server, 0), 0);
	ck_assert_int_eq(aw_server_socket(server, 1), -1);
	net_stop_server(server);
}

NET_TEST(without_any_family_there_is_no_server)
{
	unsigned begun = 0;
	aw_server *server;

	fail_call("socket", 1, 2, EAFNOSUPPORT);
	ck_assert_int_eq(aw_start_server(net_echo, &begun, NULL, 0, NULL,
	    &server), -EAFNOSUPPORT);
	ck_assert(fail_stop());
}

/* A name of three addresses, of which two are the same. */
static int
three_addresses(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list)
{
	struct addrinfo numeric = *hints;
	int error;

	if ((hints->ai_flags & AI_NUMERICHOST) != 0 || host == NULL)
		return net_look_up(host, port, hints, list);
	numeric.ai_flags |= AI_NUMERICHOST;
	error = net_look_up("::1", port, &numeric, list);
	if (error == 0)
		error = net_look_up("127.0.0.1", port, &numeric,
		    &(*list)->ai_next);
	if (error == 0)
		error = net_look_up("::1", port, &numeric,
		    &(*list)->ai_next->ai_next);
	return error;
}

NET_TEST(each_address_of_a_name_is_listened_on_once)
{
	unsigned begun = 0;
	aw_reader *reader;
	aw_writer *writer;
	aw_server *server;

	if (!net_has_ipv6())
		return;
	net_getaddrinfo = three_addresses;
	ck_assert_int_eq(aw_start_server(net_echo, &begun, "three.test", 0,
	    NULL, &server), 0);
	ck_assert_int_ge(aw_server_socket(server, 1), 0);
	ck_assert_int_eq(aw_server_socket(server, 2), -1);
	ck_assert_int_eq(aw_open_connection("::1",
	    net_port(aw_server_socket(server, 0)), NULL, &reader, &writer), 0);
	aw_writer_free(writer);
	ck_assert_int_eq(aw_open_connection("127.0.0.1",
	    net_port(aw_server_socket(server, 1)), NULL, &reader, &writer), 0);
	aw_writer_free(writer);
	while (begun < 2)
		net_turns(1);
	net_stop_server(server);
}

NET_TEST(an_address_that_can_not_be_had_leaves_no_other)
{
	unsigned begun = 0;
	unsigned before;
	aw_server *server = NULL;
	uint16_t port;
	int fd;

	if (!net_has_ipv6())
		return;
	fd = net_listen(1, &port);
	net_getaddrinfo = three_addresses;
	before = net_open_descriptors();
	ck_assert_int_eq(aw_start_server(net_echo, &begun, "three.test", port,
	    NULL, &server), -EADDRINUSE);
	ck_assert_ptr_null(server);
	ck_assert_ptr_nonnull(strstr(aw_error_text(), "127.0.0.1:"));
	ck_assert_uint_eq(net_open_descriptors(), before);
	close(fd);
}

NET_TEST(a_host_that_is_unknown_is_told)
{
	unsigned begun = 0;
	aw_server *server;

	net_getaddrinfo = net_know_nothing;
	ck_assert_int_eq(aw_start_server(net_echo, &begun, "nowhere.test", 0,
	    NULL, &server), AW_EDNS);
	ck_assert_str_eq(aw_error_text(),
	    "nowhere.test: Name or service not known");
}

NET_TEST(sockets_that_listen_can_be_taken_over)
{
	unsigned begun = 0;
	uint16_t ports[2];
	int fds[2] = { net_listen(5, &ports[0]), net_listen(5, &ports[1]) };
	aw_server *server;
	int i, fd;

	ck_assert_int_eq(aw_start_server_sockets(aw_get_running_loop(),
	    net_echo, &begun, fds, 2, NULL, &server), 0);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(aw_server_socket(server, (size_t)i), fds[i]);
		fd = net_connect(ports[i]);
		net_check_echo(fd, "taken over");
		close(fd);
	}
	net_stop_server(server);
	/* They were the server's to close. */
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), -1);
}

/* Service managers hand over sockets that block. */
NET_TEST(a_socket_that_blocks_is_made_not_to)
{
	unsigned begun = 0;
	aw_server *server;
	uint16_t port;
	int fd = net_listen(5, &port);

	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(aw_start_server_sockets(aw_get_running_loop(),
	    net_echo, &begun, &fd, 1, NULL, &server), 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	fd = net_connect(port);
	/* If it blocked, the loop would stand still in accept. */
	net_check_echo(fd, "hello");
	close(fd);
	net_stop_server(server);
}

NET_TEST(sockets_stay_the_callers_if_one_is_none)
{
	unsigned begun = 0;
	aw_server *server = NULL;
	uint16_t port;
	int fds[2] = { net_listen(5, &port), -1 };

	ck_assert_int_eq(aw_start_server_sockets(aw_get_running_loop(),
	    net_echo, &begun, fds, 2, NULL, &server), -EBADF);
	ck_assert_ptr_null(server);
	ck_assert_int_ge(fcntl(fds[0], F_GETFD), 0);
	/* Nothing accepts on it behind the caller's back. */
	close(net_connect(port));
	net_turns(3);
	ck_assert_uint_eq(begun, 0);
	close(fds[0]);
}

NET_TEST(a_server_without_sockets_is_a_server)
{
	aw_server *server;

	ck_assert_int_eq(aw_start_server_sockets(aw_get_running_loop(),
	    net_echo, NULL, NULL, 0, NULL, &server), 0);
	ck_assert_int_eq(aw_server_socket(server, 0), -1);
	net_stop_server(server);
}

START_TEST(outside_of_a_task_only_sockets_make_a_server)
{
	unsigned begun = 0;
	aw_loop *loop = aw_loop_new(NULL);
	aw_server *server;
	uint16_t port;
	int fd = net_listen(5, &port);

	ck_assert_int_eq(aw_start_server(net_echo, &begun, "127.0.0.1", 0, NULL,
	    &server), AW_ENOTASK);
	ck_assert_int_eq(aw_start_unix_server(net_echo, &begun, "x.sock", NULL,
	    &server), AW_ENOTASK);
	ck_assert_int_eq(aw_start_server_sockets(loop, net_echo, &begun, &fd, 1,
	    NULL, &server), 0);
	ck_assert_int_eq(aw_server_wait_closed(server), AW_ENOTASK);
	ck_assert_int_eq(aw_server_serve_forever(server), AW_ENOTASK);
	aw_server_free(server);
	aw_server_free(NULL);
	aw_loop_close(loop);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		port_0_is_chosen_by_the_kernel,
		a_server_tells_its_address_and_port,
		without_a_host_it_is_every_interface_of_both_families,
		a_family_that_the_kernel_does_not_have_is_left_out,
		without_any_family_there_is_no_server,
		each_address_of_a_name_is_listened_on_once,
		an_address_that_can_not_be_had_leaves_no_other,
		a_host_that_is_unknown_is_told,
		sockets_that_listen_can_be_taken_over,
		a_socket_that_blocks_is_made_not_to,
		sockets_stay_the_callers_if_one_is_none,
		a_server_without_sockets_is_a_server,
		outside_of_a_task_only_sockets_make_a_server,
	};

	return NET_MAIN("server_start", tests);
}
