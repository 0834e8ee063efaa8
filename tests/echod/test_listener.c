/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/listener.h"

#include "../common/folder.h"
#include "entries.h"
#include "unit.h"
#include "fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct listeners listeners;
static struct settings *settings;
static char error[512];

static int
open_on(const char **addresses, size_t count, size_t workers)
{
	settings = fixture_settings(addresses, count);
	return listeners_open(&listeners, settings, workers, NULL, error,
	    sizeof(error));
}

static void
close_all(void)
{
	listeners_close(&listeners);
	settings_free(settings);
}

/* The address of the i-th socket, for another listener. */
static const char *
text(size_t i)
{
	return listeners.items[0].addresses[i]->text;
}

static int
take(size_t worker, int *fds)
{
	return listener_take(&listeners.items[0], worker, listeners.workers,
	    fds);
}

static ino_t
inode(int fd)
{
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	return status.st_ino;
}

static void
assert_fails(const char *address, int err, const char *expected)
{
	struct listeners open_before = listeners;
	struct settings *settings_before = settings;
	unsigned descriptors = count_descriptors();

	ck_assert_int_eq(open_on(&address, 1, 2), err);
	ck_assert_str_eq(error, expected);
	ck_assert_uint_eq(count_descriptors(), descriptors);
	settings_free(settings);
	settings = settings_before;
	listeners = open_before;
}

START_TEST(tcp)
{
	const char *addresses[] = { "127.0.0.1:0", "127.0.0.1:0" };
	int one[2], other[2];

	ck_assert_int_eq(open_on(addresses, 2, 2), 0);
	ck_assert_uint_eq(listeners.items[0].address_count, 2);
	ck_assert_msg(strncmp(text(0), "127.0.0.1:", 10) == 0, "%s", text(0));
	ck_assert_str_ne(text(0), "127.0.0.1:0");
	ck_assert_str_ne(text(0), text(1));
	ck_assert_int_eq(take(0, one), 0);
	ck_assert_int_eq(take(1, other), 0);
	ck_assert_int_ne(inode(one[0]), inode(other[0]));
	/* What was taken stays. */
	listeners_close_sockets(&listeners);
	ck_assert_int_eq(close(one[0]), 0);
	ck_assert_int_eq(close(one[1]), 0);
	ck_assert_int_eq(close(other[0]), 0);
	ck_assert_int_eq(close(other[1]), 0);
	close_all();
}
END_TEST

START_TEST(unix_socket_is_shared)
{
	const char *addresses[] = { "unix:s" };
	int one[1], other[1];
	struct stat status;

	folder_make();
	ck_assert_int_eq(open_on(addresses, 1, 2), 0);
	ck_assert_str_eq(text(0), "unix:s");
	ck_assert_int_eq(take(0, one), 0);
	ck_assert_int_eq(take(1, other), 0);
	ck_assert_int_ne(one[0], other[0]);
	ck_assert_int_eq(inode(one[0]), inode(other[0]));
	close(one[0]);
	close(other[0]);
	listeners_remove_paths(&listeners);
	ck_assert_int_lt(lstat("s", &status), 0);
	close_all();
	folder_remove();
}
END_TEST

START_TEST(every_interface)
{
	const char *addresses[] = { ":0" };

	fixture_capture_log();
	ck_assert_int_eq(open_on(addresses, 1, 1), 0);
	ck_assert_uint_ge(listeners.items[0].address_count, 1);
	listeners_log(&listeners, NULL);
	ck_assert_ptr_nonnull(strstr(fixture_logged(),
	    "notice: listening on 0.0.0.0:"));
	close_all();
}
END_TEST

START_TEST(port_in_use)
{
	const char *addresses[] = { "127.0.0.1:0" };
	char address[64], expected[256];

	ck_assert_int_eq(open_on(addresses, 1, 2), 0);
	strcpy(address, text(0));
	snprintf(expected, sizeof(expected), "cannot listen on %s: the port is "
	    "in use; `ss -ltnp 'sport = :%s'` shows by whom", address,
	    strchr(address, ':') + 1);
	assert_fails(address, -EADDRINUSE, expected);
	close_all();
}
END_TEST

START_TEST(unix_errors)
{
	const char *addresses[] = { "unix:s" };

	folder_make();
	ck_assert_int_eq(open_on(addresses, 1, 2), 0);
	assert_fails("unix:s", -EADDRINUSE, "cannot listen on unix:s: the "
	    "socket is in use: another process listens on it");
	folder_write("f", "x");
	assert_fails("unix:f", -EEXIST, "cannot listen on unix:f: the file "
	    "there is not a socket, and is left alone");
	assert_fails("unix:none/s", -ENOENT, "cannot listen on unix:none/s: "
	    "its folder does not exist");
	close_all();
	folder_remove();
}
END_TEST

START_TEST(absent_address)
{
	assert_fails("203.0.113.7:0", -EADDRNOTAVAIL, "cannot listen on "
	    "203.0.113.7:0: no interface of this machine has that address; "
	    "`ip address` lists them");
}
END_TEST

/* A child, since there is no way back from being nobody. */
static int
try_low_port(void)
{
	const char *address = "127.0.0.1:1";

	if (getuid() == 0 && setuid(65534) < 0)
		return 2;
	if (open_on(&address, 1, 1) != -EACCES)
		return 3;
	return strcmp(error, "cannot listen on 127.0.0.1:1: no permission for "
	    "a low port; let systemd hand the socket over (echod.socket), or "
	    "give CAP_NET_BIND_SERVICE") == 0 ? 0 : 4;
}

START_TEST(low_port)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start",
	    "r");
	int first = 1024, status;
	pid_t pid;

	if (file != NULL) {
		ck_assert_int_eq(fscanf(file, "%d", &first), 1);
		fclose(file);
	}
	/* A machine on which anybody may. */
	if (first <= 1)
		return;
	pid = fork();
	if (pid == 0)
		_exit(try_low_port());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(all_or_nothing)
{
	const char *addresses[] = { "127.0.0.1:0", "unix:s", "203.0.113.7:0" };
	struct stat status;
	unsigned descriptors;

	folder_make();
	descriptors = count_descriptors();
	ck_assert_int_eq(open_on(addresses, 3, 2), -EADDRNOTAVAIL);
	ck_assert_uint_eq(count_descriptors(), descriptors);
	ck_assert_int_lt(lstat("s", &status), 0);
	settings_free(settings);
	folder_remove();
}
END_TEST

/* Settings of the listener that nobody asked for, with other addresses. */
static int
open_default(const char **addresses, size_t count)
{
	struct arguments arguments = { .config = NULL };

	fixture_capture_log();
	settings = config_load(&arguments, fixture_report, NULL);
	ck_assert_ptr_nonnull(settings);
	ck_assert_int_eq(settings_set(settings, &settings->sections[0],
	    "listen", addresses, count, error, sizeof(error)), 0);
	return listeners_open(&listeners, settings, 1, NULL, error,
	    sizeof(error));
}

/* As on a machine without IPv6; one of the two has to be there. */
START_TEST(lenient)
{
	const char *addresses[] = { "203.0.113.7:0", "127.0.0.1:0" };

	ck_assert_int_eq(open_default(addresses, 2), 0);
	ck_assert_uint_eq(listeners.items[0].address_count, 1);
	ck_assert_ptr_nonnull(strstr(fixture_logged(),
	    "warning: cannot listen on 203.0.113.7:0: no interface"));
	close_all();
}
END_TEST

START_TEST(lenient_needs_one)
{
	const char *addresses[] = { "203.0.113.7:0", "203.0.113.8:0" };

	ck_assert_int_eq(open_default(addresses, 2), -EADDRNOTAVAIL);
	ck_assert_ptr_nonnull(strstr(error, "203.0.113.8:0"));
	settings_free(settings);
}
END_TEST

/* ------------------------------------------------------ one after another */

static struct listeners before;
static struct settings *settings_before;

/* Reads a file, and keeps what it can of what was open. */
static int
reopen(const char *text)
{
	struct arguments arguments = { .config = "f" };
	bool first = listeners.count == 0;

	before = listeners;
	settings_before = settings;
	folder_write("f", text);
	settings = config_load(&arguments, fixture_report, NULL);
	ck_assert_ptr_nonnull(settings);
	return listeners_open(&listeners, settings, 2, first ? NULL : &before,
	    error, sizeof(error));
}

static void
close_before(void)
{
	listeners_close(&before);
	settings_free(settings_before);
}

static const struct listening *
address(const struct listeners *of, size_t i, size_t j)
{
	ck_assert_uint_lt(i, of->count);
	ck_assert_uint_lt(j, of->items[i].address_count);
	return of->items[i].addresses[j];
}

START_TEST(addresses_that_stay_keep_their_sockets)
{
	struct stat status;
	unsigned descriptors;

	fixture_capture_log();
	folder_make();
	descriptors = count_descriptors();
	ck_assert_int_eq(reopen("listener a { listen = { 127.0.0.1:0, "
	    "127.0.0.1:0, \"unix:s\" } }\n"), 0);
	ck_assert_int_eq(reopen("listener b { listen = \"unix:s\" }\n"
	    "listener a { listen = { 127.0.0.1:0, 127.0.0.1:0, "
	    "127.0.0.1:0 } }\n"), 0);
	/* A path goes with its address, a free port stays with its name. */
	ck_assert_ptr_eq(address(&listeners, 0, 0), address(&before, 0, 2));
	ck_assert_ptr_eq(address(&listeners, 1, 0), address(&before, 0, 0));
	ck_assert_ptr_eq(address(&listeners, 1, 1), address(&before, 0, 1));
	listeners_log(&listeners, &before);
	ck_assert_ptr_nonnull(strstr(fixture_logged(),
	    address(&listeners, 1, 2)->text));
	ck_assert_ptr_null(strstr(fixture_logged(),
	    address(&listeners, 1, 1)->text));
	close_before();
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_ge(address(&listeners, 0, 0)->fds[0], 0);
	ck_assert_uint_eq(listeners_address_count(&listeners), 4);
	close_all();
	ck_assert_int_lt(lstat("s", &status), 0);
	ck_assert_uint_eq(count_descriptors(), descriptors);
	folder_remove();
}
END_TEST

START_TEST(addresses_that_go_are_closed)
{
	struct stat status;
	int fd;

	folder_make();
	ck_assert_int_eq(reopen("listener a { listen = { 127.0.0.1:0, "
	    "\"unix:s\" } }\n"), 0);
	fd = address(&listeners, 0, 0)->fds[1];
	ck_assert_int_eq(reopen("listener b { listen = 127.0.0.1:0 }\n"), 0);
	/* Another name, so another port. */
	ck_assert_ptr_ne(address(&listeners, 0, 0), address(&before, 0, 0));
	close_before();
	ck_assert_int_lt(lstat("s", &status), 0);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
	close_all();
	folder_remove();
}
END_TEST

START_TEST(what_fails_to_open_leaves_all_as_it_was)
{
	struct stat status;
	unsigned descriptors;

	folder_make();
	ck_assert_int_eq(reopen("listener a { listen = { 127.0.0.1:0, "
	    "\"unix:s\" } }\n"), 0);
	descriptors = count_descriptors();
	ck_assert_int_eq(reopen("listener a { listen = { 127.0.0.1:0, "
	    "\"unix:s\", \"unix:t\", 203.0.113.7:0 } }\n"), -EADDRNOTAVAIL);
	ck_assert_uint_eq(count_descriptors(), descriptors);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_lt(lstat("t", &status), 0);
	ck_assert_uint_eq(address(&before, 0, 0)->references, 1);
	close_before();
	settings_free(settings);
	folder_remove();
}
END_TEST

static int
option(int fd, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, name, &value, &length), 0);
	return value;
}

static void
set_option(int fd, int name, int value)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, name, &value,
	    sizeof(value)), 0);
}

START_TEST(what_was_set_is_unset)
{
	int fd, on = 1, send, receive;
	socklen_t length = sizeof(on);

	folder_make();
	ck_assert_int_eq(reopen("listener a { listen = 127.0.0.1:0 }\n"), 0);
	fd = address(&listeners, 0, 0)->fds[1];
	send = option(fd, SO_SNDBUF);
	receive = option(fd, SO_RCVBUF);
	set_option(fd, SO_KEEPALIVE, 1);
	set_option(fd, SO_SNDBUF, 20000);
	set_option(fd, SO_RCVBUF, 20000);
	ck_assert_int_eq(reopen("listener a { listen = 127.0.0.1:0 "
	    "keep_alive = yes send_buffer = 20k receive_buffer = 20k }\n"), 0);
	listeners_adjust(&listeners);
	ck_assert_int_eq(option(fd, SO_KEEPALIVE), 1);
	ck_assert_int_eq(option(fd, SO_SNDBUF), 40000);
	ck_assert_int_eq(option(fd, SO_RCVBUF), 40000);
	close_before();
	ck_assert_int_eq(reopen("listener a { listen = 127.0.0.1:0 }\n"), 0);
	listeners_adjust(&listeners);
	ck_assert_int_eq(option(fd, SO_KEEPALIVE), 0);
	if (getsockopt(fd, SOL_SOCKET, 72 /* SO_BUF_LOCK */, &on,
	    &length) == 0) {
		ck_assert_int_eq(on, 0);
		ck_assert_int_eq(option(fd, SO_SNDBUF), send);
		ck_assert_int_eq(option(fd, SO_RCVBUF), receive);
	}
	close_before();
	close_all();
	folder_remove();
}
END_TEST

START_TEST(sockets_that_stay_are_adjusted)
{
	struct stat status;

	folder_make();
	ck_assert_int_eq(reopen("listener a { listen = \"unix:s\" "
	    "unix_mode = 0600 }\n"), 0);
	ck_assert_int_eq(reopen("listener a { listen = \"unix:s\" "
	    "unix_mode = 0660 backlog = 5 }\n"), 0);
	listeners_adjust(&listeners);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0660);
	close_before();
	close_all();
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tcp, unix_socket_is_shared,
	    every_interface, port_in_use, unix_errors, absent_address,
	    low_port, all_or_nothing, lenient, lenient_needs_one,
	    addresses_that_stay_keep_their_sockets,
	    addresses_that_go_are_closed,
	    what_fails_to_open_leaves_all_as_it_was,
	    what_was_set_is_unset, sockets_that_stay_are_adjusted };

	return UNIT_RUN("listener", tests);
}
