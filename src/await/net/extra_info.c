/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is known of a connection.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "net/tls.h"
#include "net/transport.h"

int
aw_copy_info(void *value, size_t size, const void *from, size_t length)
{
	if (length > size)
		return -ENOSPC;
	memcpy(value, from, length);
	return (int)length;
}

static int
get_peername(const aw_transport *transport, void *value, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	const void *from = &transport->peer;

	switch (transport->peer.any.sa_family) {
	case AF_INET:
		length = sizeof(transport->peer.in);
		break;
	case AF_INET6:
		length = sizeof(transport->peer.in6);
		break;
	default:
		from = &address;
		if (getpeername(transport->fd, (struct sockaddr *)&address,
		    &length) < 0)
			return -ENOENT;
	}
	return aw_copy_info(value, size, from, length);
}

static int
get_sockname(const aw_transport *transport, void *value, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(transport->fd, (struct sockaddr *)&address,
	    &length) < 0)
		return -ENOENT;
	return aw_copy_info(value, size, &address, length);
}

static int
get_fd(const aw_transport *transport, void *value, size_t size)
{
	return transport->fd < 0 ? -ENOENT : aw_copy_info(value, size,
	    &transport->fd, sizeof(transport->fd));
}

static int
get_socket(const aw_transport *transport, void *value, size_t size)
{
	return transport->pipe != NULL ? -ENOENT :
	    get_fd(transport, value, size);
}

static int
get_pipe(const aw_transport *transport, void *value, size_t size)
{
	return transport->pipe == NULL ? -ENOENT :
	    get_fd(transport, value, size);
}

static const struct {
	const char *name;
	int (*get)(const aw_transport *transport, void *value, size_t size);
} extra_info[] = {
	{ "peername", get_peername },
	{ "sockname", get_sockname },
	{ "socket", get_socket },
	{ "pipe", get_pipe },
};

int
aw_transport_get_extra_info(const aw_transport *transport, const char *name,
    void *value, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(extra_info) / sizeof(extra_info[0]); i++)
		if (strcmp(extra_info[i].name, name) == 0)
			return extra_info[i].get(transport, value, size);
	return transport->tls != NULL ?
	    aw_tls_get_extra_info(transport, name, value, size) : -ENOENT;
}
