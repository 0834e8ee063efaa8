/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <sys/socket.h>

#include "await.h"
#include "peer.h"

size_t
receive_from(int peer, char *data, size_t size)
{
	size_t length = 0;
	ssize_t n;

	while (length < size) {
		n = recv(peer, data + length, size - length, 0);
		if (n < 0 && errno == EAGAIN) {
			if (aw_wait_readable(peer) < 0)
				break;
			continue;
		}
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	return length;
}
