/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A service manager, as far as it listens.
 */
#ifndef TESTS_ECHOD_MANAGER_H
#define TESTS_ECHOD_MANAGER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../common/folder.h"

/* Its socket, in the test's folder, which is there. */
static inline int
manager_start(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/n", folder);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	return fd;
}

/* The next message; "" if there is none. */
static inline const char *
manager_was_told(int fd)
{
	static char text[512];
	ssize_t length = recv(fd, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

#endif
