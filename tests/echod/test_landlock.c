/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/landlock.h"

#include "../common/folder.h"
#include "child.h"
#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* Which call of syscall(2) from now on is to fail; 0 is none. */
static int failing;
static int failing_error;

long __real_syscall(long number, long a, long b, long c, long d);
long __wrap_syscall(long number, long a, long b, long c, long d);

long
__wrap_syscall(long number, long a, long b, long c, long d)
{
	if (failing > 0 && --failing == 0) {
		errno = failing_error;
		return -1;
	}
	return __real_syscall(number, a, b, c, d);
}

/* Files "own/a" and "other/a", of which the child may use own as it says. */
static unsigned uses;
static int version;

static void
enter(void)
{
	struct landlock landlock;

	must(landlock_open(&landlock, false) == 0);
	must(landlock_allow(&landlock, "own", uses) == 0);
	must(landlock_allow(&landlock, "missing", uses) == 0);
	must(landlock_close(&landlock, true) == 0);
	version = landlock.version;
}

static int
open_and_close(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd < 0 ? -1 : close(fd);
}

static int
bind_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), result, saved;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	result = bind(fd, (struct sockaddr *)&address, sizeof(address));
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

static void
set_up(void)
{
	folder_make();
	ck_assert_int_eq(mkdir("own", 0700), 0);
	ck_assert_int_eq(mkdir("other", 0700), 0);
	folder_write("own/a", "1");
	folder_write("other/a", "1");
}

static void
tear_down(void)
{
	const char *const files[] = { "own/a", "own/b", "own/s", "other/a" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	ck_assert_int_eq(rmdir("own"), 0);
	ck_assert_int_eq(rmdir("other"), 0);
	folder_remove();
}

static void
run(unsigned wanted, void (*function)(void))
{
	if (lacks_landlock())
		return;
	set_up();
	uses = wanted;
	in_child(function);
	tear_down();
}

static void
try_reading(void)
{
	enter();
	must(open_and_close("own/a", O_RDONLY) == 0);
	must(open_and_close("own", O_RDONLY | O_DIRECTORY) == 0);
	must_fail(open_and_close("own/a", O_WRONLY), EACCES);
	must_fail(open_and_close("own/b", O_WRONLY | O_CREAT), EACCES);
	must_fail(open_and_close("other/a", O_RDONLY), EACCES);
	must_fail(open_and_close("/etc/passwd", O_RDONLY), EACCES);
	must_fail(unlink("own/a"), EACCES);
	must_fail(mkdir("own/c", 0700), EACCES);
	must_fail(symlink("a", "own/c"), EACCES);
	must_fail(bind_unix("own/s"), EACCES);
	must_fail(execl("/bin/false", "false", NULL), EACCES);
	if (version >= 3)
		must_fail(truncate("own/a", 0), EACCES);
}

START_TEST(reading)
{
	run(LANDLOCK_READ, try_reading);
}
END_TEST

static void
try_appending(void)
{
	enter();
	must(open_and_close("own/a", O_WRONLY | O_APPEND) == 0);
	must(open_and_close("own/b", O_WRONLY | O_APPEND | O_CREAT) == 0);
	must_fail(open_and_close("own/a", O_RDONLY), EACCES);
	must_fail(open_and_close("other/a", O_WRONLY), EACCES);
	must_fail(unlink("own/a"), EACCES);
}

START_TEST(appending)
{
	run(LANDLOCK_APPEND, try_appending);
}
END_TEST

static void
try_sockets(void)
{
	enter();
	must(bind_unix("own/s") == 0);
	must(unlink("own/s") == 0);
	must_fail(bind_unix("other/s"), EACCES);
	must_fail(open_and_close("own/b", O_WRONLY | O_CREAT), EACCES);
}

START_TEST(sockets)
{
	run(LANDLOCK_SOCKET, try_sockets);
}
END_TEST

static void
try_replacing(void)
{
	enter();
	must(unlink("own/a") == 0);
	must(open_and_close("own/a", O_WRONLY | O_CREAT | O_EXCL) == 0);
	must(open_and_close("own/a", O_RDONLY) == 0);
	must_fail(unlink("other/a"), EACCES);
}

START_TEST(replacing)
{
	run(LANDLOCK_REPLACE, try_replacing);
}
END_TEST

/* A device is no folder, and takes fewer rights. */
static void
try_device(void)
{
	struct landlock landlock;

	must(landlock_open(&landlock, true) == 0);
	must(landlock_allow(&landlock, "/dev/null",
	    LANDLOCK_READ | LANDLOCK_WRITE) == 0);
	must(landlock_close(&landlock, true) == 0);
	must(open_and_close("/dev/null", O_RDWR) == 0);
	must_fail(open_and_close("/dev/zero", O_RDONLY), EACCES);
}

START_TEST(device)
{
	run(0, try_device);
}
END_TEST

/* Addresses can be bound, as a reload may name any; but nobody is called. */
static void
try_network(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	enter();
	must(bind(server, (struct sockaddr *)&address, size) == 0);
	must(listen(server, 1) == 0);
	must(getsockname(server, (struct sockaddr *)&address, &size) == 0);
	if (version >= 4)
		must_fail(connect(client, (struct sockaddr *)&address, size),
		    EACCES);
	if (version >= 6)
		must_fail(kill(getppid(), 0), EPERM);
	must(kill(getpid(), 0) == 0);
}

START_TEST(network)
{
	run(0, try_network);
}
END_TEST

/* Where it can't be had, the process is as it was. */
static int
use_it(void)
{
	struct landlock landlock;
	int err = landlock_open(&landlock, false), closed;

	if (err < 0)
		return err;
	err = landlock_allow(&landlock, "/usr", LANDLOCK_READ);
	closed = landlock_close(&landlock, err == 0);
	return err < 0 ? err : closed;
}

static void
fail_each(void)
{
	int n = 0;

	for (failing_error = ENOMEM;; ) {
		failing = ++n;
		if (use_it() == 0)
			break;
		must(failing == 0);
		must(open_and_close("/etc/passwd", O_RDONLY) == 0);
	}
	must(failing > 0);
	must(n > 3);
	failing = 0;
	must_fail(open_and_close("/etc/passwd", O_RDONLY), EACCES);
}

START_TEST(each_call_fails)
{
	if (!lacks_landlock())
		in_child(fail_each);
}
END_TEST

START_TEST(kernels_without_it)
{
	const int errors[] = { ENOSYS, EOPNOTSUPP };
	struct landlock landlock;

	for (size_t i = 0; i < 2; i++) {
		failing = 1;
		failing_error = errors[i];
		ck_assert_int_eq(landlock_open(&landlock, false), -errors[i]);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { reading, appending, sockets, replacing,
	    device, network, each_call_fails, kernels_without_it };

	return UNIT_RUN("landlock", tests);
}
