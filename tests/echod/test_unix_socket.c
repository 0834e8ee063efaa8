/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/unix_socket.h"

#include "../common/folder.h"
#include "unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct unix_socket one, other;

static int
try_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = sizeof(address);
	int fd, err;

	strcpy(address.sun_path, path);
	if (path[0] == '@') {
		address.sun_path[0] = '\0';
		length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
		    strlen(path));
	}
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	err = connect(fd, (struct sockaddr *)&address, length) < 0 ? -errno : 0;
	close(fd);
	return err;
}

START_TEST(fresh)
{
	struct stat status;

	folder_make();
	ck_assert_int_eq(unix_listen("s", 0640, 5, &one), 0);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0640);
	ck_assert_int_eq(try_connect("s"), 0);
	unix_remove(&one);
	ck_assert_int_eq(lstat("s", &status), -1);
	close(one.fd);
	folder_remove();
}
END_TEST

START_TEST(stale_is_replaced)
{
	folder_make();
	ck_assert_int_eq(unix_listen("s", 0666, 5, &one), 0);
	close(one.fd);
	ck_assert_int_eq(try_connect("s"), -ECONNREFUSED);
	ck_assert_int_eq(unix_listen("s", 0666, 5, &other), 0);
	ck_assert_int_eq(try_connect("s"), 0);
	close(other.fd);
	folder_remove();
}
END_TEST

START_TEST(live_is_left_alone)
{
	folder_make();
	ck_assert_int_eq(unix_listen("s", 0666, 5, &one), 0);
	ck_assert_int_eq(unix_listen("s", 0666, 5, &other), -EADDRINUSE);
	ck_assert_int_eq(try_connect("s"), 0);
	close(one.fd);
	folder_remove();
}
END_TEST

START_TEST(datagram_socket_is_left_alone)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	folder_make();
	strcpy(address.sun_path, "s");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	ck_assert_int_eq(unix_listen("s", 0666, 5, &one), -EADDRINUSE);
	close(fd);
	folder_remove();
}
END_TEST

START_TEST(file_is_left_alone)
{
	struct stat status;

	folder_make();
	folder_write("s", "precious");
	ck_assert_int_eq(unix_listen("s", 0666, 5, &one), -EEXIST);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(status.st_size, 8);
	folder_remove();
}
END_TEST

START_TEST(no_folder)
{
	folder_make();
	ck_assert_int_eq(unix_listen("none/s", 0666, 5, &one), -ENOENT);
	folder_remove();
}
END_TEST

START_TEST(abstract)
{
	char name[64];

	snprintf(name, sizeof(name), "@echod-test-%d", (int)getpid());
	ck_assert_int_eq(unix_listen(name, 0666, 5, &one), 0);
	ck_assert_int_eq(try_connect(name), 0);
	ck_assert_int_eq(unix_listen(name, 0666, 5, &other), -EADDRINUSE);
	unix_remove(&one);
	close(one.fd);
	ck_assert_int_eq(try_connect(name), -ECONNREFUSED);
}
END_TEST

START_TEST(longest_path)
{
	char path[109];

	memset(path, 'x', sizeof(path));
	path[107] = '\0';
	folder_make();
	ck_assert_int_eq(unix_listen(path, 0666, 5, &one), 0);
	ck_assert_int_eq(try_connect(path), 0);
	unix_remove(&one);
	close(one.fd);
	path[107] = 'x';
	path[108] = '\0';
	ck_assert_int_eq(unix_listen(path, 0666, 5, &one), -ENAMETOOLONG);
	folder_remove();
}
END_TEST

/* Another echod may have put its own socket there meanwhile. */
START_TEST(only_ours_is_removed)
{
	folder_make();
	ck_assert_int_eq(unix_listen("s", 0666, 5, &one), 0);
	ck_assert_int_eq(rename("s", "t"), 0);
	ck_assert_int_eq(unix_listen("s", 0666, 5, &other), 0);
	unix_remove(&one);
	ck_assert_int_eq(try_connect("s"), 0);
	unix_remove(&other);
	ck_assert_int_eq(try_connect("s"), -ENOENT);
	close(one.fd);
	close(other.fd);
	folder_remove();
}
END_TEST

/* Returns how many clients the queue takes. */
static int
fill(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fds[16], count = 0;

	strcpy(address.sun_path, path);
	for (; count < 16; count++) {
		fds[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[count], (struct sockaddr *)&address,
		    sizeof(address)) < 0)
			break;
	}
	ck_assert_int_lt(count, 16);
	ck_assert_int_eq(errno, EAGAIN);
	for (int i = 0; i <= count; i++)
		close(fds[i]);
	return count;
}

START_TEST(what_is_taken_over)
{
	struct stat status;

	folder_make();
	ck_assert_int_eq(unix_listen("s", 0600, 10, &one), 0);
	ck_assert_int_eq(unix_take_over("s", 0640, 3, one.fd, &other), 0);
	ck_assert_int_eq(other.fd, one.fd);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0640);
	/* The kernel's queue holds one more than it was told. */
	ck_assert_int_eq(fill("s"), 4);
	unix_remove(&other);
	ck_assert_int_eq(try_connect("s"), -ENOENT);
	close(one.fd);
	folder_remove();
}
END_TEST

START_TEST(only_ours_gets_a_mode)
{
	struct stat status;

	folder_make();
	folder_write("f", "somebody else's");
	ck_assert_int_eq(chmod("f", 0600), 0);
	ck_assert_int_eq(unix_listen("s", 0640, 5, &one), 0);
	ck_assert_int_eq(unix_set_mode(&one, 0660), 0);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0660);
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(unix_set_mode(&one, 0666), -ENOENT);
	ck_assert_int_eq(symlink("f", "s"), 0);
	ck_assert_int_eq(unix_set_mode(&one, 0666), -EEXIST);
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(link("f", "s"), 0);
	ck_assert_int_eq(unix_set_mode(&one, 0666), -EEXIST);
	ck_assert_int_eq(stat("f", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	close(one.fd);
	ck_assert_int_eq(unix_listen("@echod-test-mode", 0640, 5, &one), 0);
	ck_assert_int_eq(unix_set_mode(&one, 0666), 0);
	close(one.fd);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { fresh, stale_is_replaced,
	    live_is_left_alone, datagram_socket_is_left_alone,
	    file_is_left_alone, no_folder, abstract, longest_path,
	    only_ours_is_removed, what_is_taken_over,
	    only_ours_gets_a_mode };

	return UNIT_RUN("unix_socket", tests);
}
