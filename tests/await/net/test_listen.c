/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listening sockets: their options, and the files of Unix sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail.h"
#include "net/listen.h"
#include "net/net.h"

static const aw_server_options defaults;

/* Listens on 127.0.0.1 at the port. */
static int
listen_in(uint16_t port, const aw_server_options *options)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	return aw_listen((struct sockaddr *)&address, sizeof(address),
	    options);
}

/* The same on ::1 or, if any, on every interface. */
static int
listen_in6(uint16_t port, bool any)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };

	address.sin6_addr = any ? in6addr_any : in6addr_loopback;
	address.sin6_port = htons(port);
	return aw_listen((struct sockaddr *)&address, sizeof(address),
	    &defaults);
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &size), 0);
	return value;
}

/* A connection to the listener as the server gets it. */
static int
accepted(int listener, int *client)
{
	int fd;

	*client = net_connect(net_port(listener));
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	return fd;
}

/* A Unix socket with a file, listening or not. */
static int
unix_socket(const char *path, bool listens)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

NET_TEST(a_socket_listens_and_does_not_block)
{
	int fd = listen_in(0, &defaults);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
}

NET_TEST(an_address_in_use_is_named)
{
	char expected[80];
	int fd = listen_in(0, &defaults);
	uint16_t port = net_port(fd);

	ck_assert_int_eq(listen_in(port, &defaults), -EADDRINUSE);
	snprintf(expected, sizeof(expected),
	    "127.0.0.1:%u: Address already in use", port);
	ck_assert_str_eq(aw_error_text(), expected);
	close(fd);
}

NET_TEST(an_address_may_be_had_again_at_once)
{
	int fd = listen_in(0, &defaults), connection, client;
	uint16_t port = net_port(fd);

	/* The server closes first, which leaves the address in TIME_WAIT. */
	connection = accepted(fd, &client);
	close(connection);
	close(client);
	close(fd);
	fd = listen_in(port, &defaults);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

NET_TEST(reuse_port_shares_an_address)
{
	aw_server_options options = { .reuse_port = true };
	int one = listen_in(0, &options), two;

	ck_assert_int_ge(one, 0);
	two = listen_in(net_port(one), &options);
	ck_assert_int_ge(two, 0);
	close(one);
	close(two);
}

NET_TEST(connections_inherit_what_is_always_set)
{
	int fd = listen_in(0, &defaults), client;
	int connection = accepted(fd, &client);

	ck_assert_int_eq(option(connection, IPPROTO_TCP, TCP_NODELAY), 1);
	ck_assert_int_eq(option(connection, SOL_SOCKET, SO_KEEPALIVE), 0);
	close(connection);
	close(client);
	close(fd);
}

NET_TEST(connections_inherit_what_is_asked_for)
{
	aw_server_options options = {
		.keep_alive = true,
		.send_buffer = 20000,
		.receive_buffer = 30000,
	};
	int fd = listen_in(0, &options), client;
	int connection = accepted(fd, &client);

	ck_assert_int_eq(option(connection, SOL_SOCKET, SO_KEEPALIVE), 1);
	/* The kernel counts its own needs too. */
	ck_assert_int_eq(option(connection, SOL_SOCKET, SO_SNDBUF), 40000);
	ck_assert_int_eq(option(connection, SOL_SOCKET, SO_RCVBUF), 60000);
	close(connection);
	close(client);
	close(fd);
}

/* How many connections to a Unix socket wait before one is refused. */
static int
backlog_of(const aw_server_options *options)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fds[200], listener, n = 0;

	listener = aw_listen_unix("backlog.sock", options);
	ck_assert_int_ge(listener, 0);
	strcpy(address.sun_path, "backlog.sock");
	do {
		fds[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	} while (connect(fds[n], (struct sockaddr *)&address,
	    sizeof(address)) == 0 && ++n < 200);
	ck_assert_int_lt(n, 200);
	close(listener);
	for (int i = 0; i <= n; i++)
		close(fds[i]);
	unlink("backlog.sock");
	/* The kernel takes one more than it is told. */
	return n - 1;
}

NET_TEST(the_backlog_is_100_or_as_it_is_given)
{
	aw_server_options options = { .backlog = 3 };

	ck_assert_int_eq(backlog_of(&defaults), 100);
	ck_assert_int_eq(backlog_of(&options), 3);
}

NET_TEST(an_ipv6_socket_is_for_ipv6_only)
{
	int fd6 = listen_in6(0, true), fd4;

	ck_assert_int_ge(fd6, 0);
	ck_assert_int_eq(option(fd6, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	/* So both families may have the same port. */
	fd4 = listen_in(net_port(fd6), &defaults);
	ck_assert_int_ge(fd4, 0);
	close(fd4);
	close(fd6);
}

NET_TEST(a_unix_socket_listens)
{
	int fd = aw_listen_unix("listen.sock", &defaults);
	struct stat status;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_eq(lstat("listen.sock", &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	close(fd);
	unlink("listen.sock");
}

NET_TEST(a_stale_unix_socket_is_replaced)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, client;

	close(unix_socket("stale.sock", true));
	fd = aw_listen_unix("stale.sock", &defaults);
	ck_assert_int_ge(fd, 0);
	/* The path leads to the new one. */
	strcpy(address.sun_path, "stale.sock");
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	close(client);
	client = accept(fd, NULL, NULL);
	ck_assert_int_ge(client, 0);
	close(client);
	close(fd);
	unlink("stale.sock");
}

NET_TEST(a_live_unix_socket_is_left_alone)
{
	int live = unix_socket("live.sock", true);

	ck_assert_int_eq(aw_listen_unix("live.sock", &defaults), -EADDRINUSE);
	ck_assert_str_eq(aw_error_text(),
	    "unix:live.sock: Address already in use");
	ck_assert_int_eq(access("live.sock", F_OK), 0);
	close(live);
	unlink("live.sock");
}

NET_TEST(a_live_unix_socket_with_a_full_backlog_is_left_alone)
{
	int live = unix_socket("busy.sock", false), waiting, n;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, "busy.sock");
	ck_assert_int_eq(listen(live, 0), 0);
	waiting = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(waiting, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	for (n = 0; n < 2; n++)
		ck_assert_int_eq(aw_listen_unix("busy.sock", &defaults),
		    -EADDRINUSE);
	close(waiting);
	close(live);
	unlink("busy.sock");
}

NET_TEST(another_kind_of_socket_that_is_live_is_left_alone)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	strcpy(address.sun_path, "datagram.sock");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	ck_assert_int_eq(aw_listen_unix("datagram.sock", &defaults),
	    -EADDRINUSE);
	ck_assert_int_eq(access("datagram.sock", F_OK), 0);
	close(fd);
	unlink("datagram.sock");
}

NET_TEST(a_regular_file_is_left_alone)
{
	int fd = open("file", O_CREAT | O_WRONLY, 0600);
	struct stat status;

	ck_assert_int_eq(write(fd, "data", 4), 4);
	close(fd);
	ck_assert_int_eq(aw_listen_unix("file", &defaults), -EADDRINUSE);
	ck_assert_int_eq(lstat("file", &status), 0);
	ck_assert_int_eq(status.st_size, 4);
	unlink("file");
}

NET_TEST(a_link_to_a_socket_is_left_alone)
{
	close(unix_socket("target.sock", true));
	ck_assert_int_eq(symlink("target.sock", "link.sock"), 0);
	ck_assert_int_eq(aw_listen_unix("link.sock", &defaults),
	    -EADDRINUSE);
	ck_assert_int_eq(access("target.sock", F_OK), 0);
	unlink("link.sock");
	unlink("target.sock");
}

NET_TEST(a_folder_that_is_missing_is_told)
{
	ck_assert_int_eq(aw_listen_unix("missing/listen.sock", &defaults),
	    -ENOENT);
	ck_assert_str_eq(aw_error_text(),
	    "unix:missing/listen.sock: No such file or directory");
}

NET_TEST(an_abstract_name_has_no_file)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "@await-test-%d", (int)getpid());
	fd = aw_listen_unix(name, &defaults);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(access(name, F_OK), -1);
	ck_assert_int_eq(aw_listen_unix(name, &defaults), -EADDRINUSE);
	close(fd);
}

NET_TEST(a_path_that_is_too_long_is_refused)
{
	char path[200];

	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(aw_listen_unix(path, &defaults), -ENAMETOOLONG);
	ck_assert_int_eq(aw_listen_unix("", &defaults), -EINVAL);
}

/* Each call that is needed fails in turn; nothing is left open. */
NET_TEST(whatever_fails_is_told_and_leaves_nothing)
{
	static const struct {
		const char *call;
		int error;
	} failures[] = {
		{ "socket", EMFILE },
		{ "bind", EACCES },
		{ "listen", EADDRINUSE },
	};
	unsigned before = net_open_descriptors();
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		fail_call(failures[i].call, 1, 1, failures[i].error);
		ck_assert_int_eq(listen_in(0, &defaults), -failures[i].error);
		ck_assert(fail_stop());
		ck_assert_ptr_nonnull(strstr(aw_error_text(), "127.0.0.1:0: "));
		ck_assert_uint_eq(net_open_descriptors(), before);
	}
}

/* Who can't ask must not take the socket for a stale one. */
NET_TEST(a_unix_socket_that_can_not_be_asked_is_left_alone)
{
	int live = unix_socket("unasked.sock", true);

	fail_call("socket", 1, 1, EMFILE);
	ck_assert_int_eq(aw_listen_unix("unasked.sock", &defaults),
	    -EADDRINUSE);
	ck_assert(fail_stop());
	ck_assert_int_eq(access("unasked.sock", F_OK), 0);
	close(live);
	unlink("unasked.sock");
}

START_TEST(outside_of_a_task_there_is_no_text)
{
	int fd = listen_in(0, &defaults);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(listen_in(net_port(fd), &defaults), -EADDRINUSE);
	ck_assert_str_eq(aw_error_text(), "");
	close(fd);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_socket_listens_and_does_not_block,
		an_address_in_use_is_named,
		an_address_may_be_had_again_at_once,
		reuse_port_shares_an_address,
		connections_inherit_what_is_always_set,
		connections_inherit_what_is_asked_for,
		the_backlog_is_100_or_as_it_is_given,
		an_ipv6_socket_is_for_ipv6_only,
		a_unix_socket_listens,
		a_stale_unix_socket_is_replaced,
		a_live_unix_socket_is_left_alone,
		a_live_unix_socket_with_a_full_backlog_is_left_alone,
		another_kind_of_socket_that_is_live_is_left_alone,
		a_regular_file_is_left_alone,
		a_link_to_a_socket_is_left_alone,
		a_folder_that_is_missing_is_told,
		an_abstract_name_has_no_file,
		a_path_that_is_too_long_is_refused,
		whatever_fails_is_told_and_leaves_nothing,
		a_unix_socket_that_can_not_be_asked_is_left_alone,
		outside_of_a_task_there_is_no_text,
	};

	return NET_MAIN("listen", tests);
}
