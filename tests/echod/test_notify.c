/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/notify.h"

#include "../common/folder.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
manager_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/n", folder);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	return fd;
}

static const char *
receive(int fd)
{
	static char text[512];
	ssize_t length = recv(fd, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

START_TEST(messages)
{
#ifdef HAVE_LIBSYSTEMD
	const char *text;
	unsigned long long time;
#endif
	int fd;

	folder_make();
	fd = manager_socket();
	ck_assert(notify_is_wanted());
	notify_ready();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(receive(fd), "READY=1");
#endif
	notify_status("100 % well");
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(receive(fd), "STATUS=100 % well");
#endif
	notify_reloading();
#ifdef HAVE_LIBSYSTEMD
	text = receive(fd);
	ck_assert_msg(sscanf(text, "RELOADING=1\nMONOTONIC_USEC=%llu",
	    &time) == 1, "%s", text);
	ck_assert_uint_gt(time, 0);
#endif
	notify_watchdog();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(receive(fd), "WATCHDOG=1");
#endif
	notify_stopping();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(receive(fd),
	    "STOPPING=1\nSTATUS=Finishing open connections");
#endif
	ck_assert_str_eq(receive(fd), "");
	close(fd);
	folder_remove();
}
END_TEST

START_TEST(nobody_listens)
{
	unsetenv("NOTIFY_SOCKET");
	ck_assert(!notify_is_wanted());
	notify_ready();
	notify_status("");
	notify_watchdog();
	notify_stopping();
}
END_TEST

START_TEST(time_of_the_watchdog)
{
	char pid[16];

	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	ck_assert_double_eq(notify_watchdog_time(), 0);
	setenv("WATCHDOG_USEC", "2500000", 1);
#ifdef HAVE_LIBSYSTEMD
	ck_assert_double_eq_tol(notify_watchdog_time(), 2.5, 1e-9);
#endif
	/* It is for another process. */
	setenv("WATCHDOG_PID", "1", 1);
	ck_assert_double_eq(notify_watchdog_time(), 0);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
#ifdef HAVE_LIBSYSTEMD
	ck_assert_double_gt(notify_watchdog_time(), 2);
#endif
	setenv("WATCHDOG_USEC", "soon", 1);
	ck_assert_double_eq(notify_watchdog_time(), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { messages, nobody_listens,
	    time_of_the_watchdog };

	return UNIT_RUN("notify", tests);
}
