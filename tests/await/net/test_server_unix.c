/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers on Unix sockets, and the files of these.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* A Unix server at the path. */
static aw_server *
start_unix(unsigned *begun, const char *path)
{
	aw_server *server;

	*begun = 0;
	ck_assert_int_eq(aw_start_unix_server(net_echo, begun, path, NULL,
	    &server), 0);
	return server;
}

static void
check_unix_alive(const char *path)
{
	aw_reader *reader;
	aw_writer *writer;
	char byte;

	ck_assert_int_eq(aw_open_unix_connection(path, NULL, &reader, &writer),
	    0);
	aw_writer_write(writer, "?", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	aw_writer_free(writer);
}

static bool
exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

NET_TEST(a_unix_server_serves_and_removes_its_path)
{
	unsigned begun;
	aw_server *server = start_unix(&begun, "server.sock");

	check_unix_alive("server.sock");
	aw_server_close(server);
	ck_assert(!exists("server.sock"));
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
}

NET_TEST(a_unix_server_replaces_a_stale_socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	aw_server *server;
	unsigned begun;

	strcpy(address.sun_path, "stale.sock");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	close(fd);
	server = start_unix(&begun, "stale.sock");
	check_unix_alive("stale.sock");
	aw_server_free(server);
	net_turns(4);
	ck_assert(!exists("stale.sock"));
}

NET_TEST(a_unix_server_does_not_replace_a_live_one)
{
	unsigned begun;
	aw_server *server = start_unix(&begun, "live.sock"), *other;

	ck_assert_int_eq(aw_start_unix_server(net_echo, &begun, "live.sock",
	    NULL, &other), -EADDRINUSE);
	check_unix_alive("live.sock");
	net_stop_server(server);
}

NET_TEST(a_path_that_is_another_file_by_now_is_left)
{
	unsigned begun;
	aw_server *server = start_unix(&begun, "moved.sock");
	int fd;

	/* The old file stays, so the new one is not given its number. */
	ck_assert_int_eq(rename("moved.sock", "away.sock"), 0);
	fd = open("moved.sock", O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	aw_server_free(server);
	ck_assert(exists("moved.sock"));
	unlink("moved.sock");
	unlink("away.sock");
}

NET_TEST(a_path_that_is_gone_by_now_is_no_error)
{
	unsigned begun;
	aw_server *server = start_unix(&begun, "gone.sock");

	unlink("gone.sock");
	aw_server_free(server);
}

NET_TEST(an_abstract_server_serves)
{
	char name[64];
	unsigned begun;
	aw_server *server;

	snprintf(name, sizeof(name), "@await-server-%d", (int)getpid());
	server = start_unix(&begun, name);
	check_unix_alive(name);
	net_stop_server(server);
}

NET_TEST(a_unix_server_that_fails_leaves_no_path)
{
	unsigned begun, descriptors = net_open_descriptors();
	aw_server *server = NULL;

	fail_call("calloc", 1, 1, ENOMEM);
	ck_assert_int_eq(aw_start_unix_server(net_echo, &begun, "failed.sock",
	    NULL, &server), -ENOMEM);
	ck_assert(fail_stop());
	ck_assert(!exists("failed.sock"));
	fail_call("strdup", 1, 1, ENOMEM);
	ck_assert_int_eq(aw_start_unix_server(net_echo, &begun, "failed.sock",
	    NULL, &server), -ENOMEM);
	ck_assert(fail_stop());
	ck_assert(!exists("failed.sock"));
	ck_assert_ptr_null(server);
	ck_assert_uint_eq(net_open_descriptors(), descriptors);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_unix_server_serves_and_removes_its_path,
		a_unix_server_replaces_a_stale_socket,
		a_unix_server_does_not_replace_a_live_one,
		a_path_that_is_another_file_by_now_is_left,
		a_path_that_is_gone_by_now_is_no_error,
		an_abstract_server_serves,
		a_unix_server_that_fails_leaves_no_path,
	};

	return NET_MAIN("server_unix", tests);
}
