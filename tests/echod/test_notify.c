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
	int fd;

	folder_make();
	fd = manager_socket();
	notify_ready(2, 3);
#ifdef HAVE_LIBSYSTEMD
	ck_assert_str_eq(receive(fd),
	    "READY=1\nSTATUS=Serving; workers: 2, addresses: 3");
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
	notify_ready(1, 1);
	notify_stopping();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { messages, nobody_listens };

	return UNIT_RUN("notify", tests);
}
