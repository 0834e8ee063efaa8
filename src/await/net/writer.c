/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The writer: the sending half of a connection.
 */
#include <errno.h>
#include <string.h>

#include "net/connection.h"

static struct aw_transport *
transport_of(const aw_writer *writer)
{
	return &aw_connection_of_writer(writer)->transport;
}

void
aw_writer_write(aw_writer *writer, const void *data, size_t size)
{
	aw_transport_write(transport_of(writer), data, size);
}

int
aw_writer_drain(aw_writer *writer)
{
	return aw_transport_drain(transport_of(writer));
}

void
aw_writer_write_eof(aw_writer *writer)
{
	aw_transport_write_eof(transport_of(writer));
}

void
aw_writer_close(aw_writer *writer)
{
	aw_transport_close(transport_of(writer));
}

void
aw_writer_abort(aw_writer *writer)
{
	aw_transport_abort(transport_of(writer));
}

int
aw_writer_wait_closed(aw_writer *writer)
{
	return aw_transport_wait_closed(transport_of(writer));
}

bool
aw_writer_is_closing(const aw_writer *writer)
{
	return transport_of(writer)->closing;
}

size_t
aw_writer_get_write_buffer_size(const aw_writer *writer)
{
	return aw_transport_queue_size(transport_of(writer));
}

static int
copy_value(void *value, size_t size, const void *from, size_t length)
{
	if (length > size)
		return -ENOSPC;
	memcpy(value, from, length);
	return (int)length;
}

static int
get_peername(const aw_writer *writer, void *value, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	const void *from = &writer->peer;

	switch (writer->peer.any.sa_family) {
	case AF_INET:
		length = sizeof(writer->peer.in);
		break;
	case AF_INET6:
		length = sizeof(writer->peer.in6);
		break;
	default:
		from = &address;
		if (getpeername(transport_of(writer)->fd,
		    (struct sockaddr *)&address, &length) < 0)
			return -ENOENT;
	}
	return copy_value(value, size, from, length);
}

static int
get_sockname(const aw_writer *writer, void *value, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getsockname(transport_of(writer)->fd, (struct sockaddr *)&address,
	    &length) < 0)
		return -ENOENT;
	return copy_value(value, size, &address, length);
}

static int
get_socket(const aw_writer *writer, void *value, size_t size)
{
	int fd = transport_of(writer)->fd;

	return fd < 0 ? -ENOENT : copy_value(value, size, &fd, sizeof(fd));
}

static const struct {
	const char *name;
	int (*get)(const aw_writer *writer, void *value, size_t size);
} extra_info[] = {
	{ "peername", get_peername },
	{ "sockname", get_sockname },
	{ "socket", get_socket },
};

int
aw_writer_get_extra_info(const aw_writer *writer, const char *name,
    void *value, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(extra_info) / sizeof(extra_info[0]); i++)
		if (strcmp(extra_info[i].name, name) == 0)
			return extra_info[i].get(writer, value, size);
	return -ENOENT;
}
