/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/notify.h"

#include "manager.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

START_TEST(messages)
{
#ifdef HAVE_LIBSYSTEMD
	const char *text;
	unsigned long long time;
#endif
	int fd;

	folder_make();
	fd = manager_start();
	ck_assert(notify_is_wanted());
	notify_ready();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(manager_was_told(fd), "READY=1");
#endif
	notify_status("100 % well");
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(manager_was_told(fd), "STATUS=100 % well");
#endif
	notify_reloading();
#ifdef HAVE_LIBSYSTEMD
	text = manager_was_told(fd);
	ck_assert_msg(sscanf(text, "RELOADING=1\nMONOTONIC_USEC=%llu",
	    &time) == 1, "%s", text);
	ck_assert_uint_gt(time, 0);
#endif
	notify_watchdog();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(manager_was_told(fd), "WATCHDOG=1");
#endif
	notify_stopping();
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(manager_was_told(fd),
	    "STOPPING=1\nSTATUS=Finishing open connections");
#endif
	ck_assert_str_eq(manager_was_told(fd), "");
	close(fd);
	folder_remove();
}
END_TEST

START_TEST(nobody_listens)
{
	unsetenv("NOTIFY_SOCKET");
	ck_assert(!notify_is_wanted());
	notify_barrier();
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

START_TEST(room_for_descriptors)
{
	unsetenv("FDSTORE");
	ck_assert_uint_eq(notify_store_room(), 0);
	setenv("FDSTORE", "17", 1);
	ck_assert_uint_eq(notify_store_room(), 17);
}
END_TEST

#ifdef HAVE_LIBSYSTEMD
/* More than fit one message; the manager forgets those that came. */
START_TEST(descriptors_are_left_together_or_not_at_all)
{
	int fds[130], fd;

	folder_make();
	fd = manager_start();
	for (size_t i = 0; i < 130; i++)
		fds[i] = i < 128 ? STDIN_FILENO : -1;
	ck_assert(notify_store(fds, 128, "a"));
	ck_assert_str_eq(manager_was_told(fd), "FDSTORE=1\nFDPOLL=0\nFDNAME=a");
	ck_assert(!notify_store(fds, 130, "b"));
	ck_assert_str_eq(manager_was_told(fd), "FDSTORE=1\nFDPOLL=0\nFDNAME=b");
	ck_assert_str_eq(manager_was_told(fd), "FDSTOREREMOVE=1\nFDNAME=b");
	ck_assert_str_eq(manager_was_told(fd), "");
	close(fd);
	folder_remove();
}
END_TEST
#endif

int
main(void)
{
	const TTest *const tests[] = { messages, nobody_listens,
	    time_of_the_watchdog, room_for_descriptors,
#ifdef HAVE_LIBSYSTEMD
	    descriptors_are_left_together_or_not_at_all,
#endif
	};

	return UNIT_RUN("notify", tests);
}
