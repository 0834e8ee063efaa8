/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The writer: the sending half of a stream.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "net/connection.h"
#include "net/tls.h"

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

void
aw_writer_writelines(aw_writer *writer, const struct iovec *pieces,
    size_t count)
{
	aw_transport_writelines(transport_of(writer), pieces, count);
}

int
aw_writer_drain(aw_writer *writer)
{
	struct aw_connection *connection = aw_connection_of_writer(writer);
	struct aw_transport *transport = &connection->transport;
	struct task *task;
	int err;

	if (connection->reader.error != 0)
		return connection->reader.error;
	if (transport->fd < 0) {
		aw_tls_explain(transport);
		return aw_transport_lost_error(transport);
	}
	if (!transport->write_paused)
		return 0;
	task = aw_task_current();
	if (task == NULL)
		return AW_ENOTASK;
	err = aw_waiters_wait(&writer->drain_waiters, task,
	    "the write queue to drain");
	if (err == 0 && transport->fd < 0) {
		aw_tls_explain(transport);
		err = aw_transport_lost_error(transport);
	}
	return err;
}

void
aw_writer_write_eof(aw_writer *writer)
{
	aw_transport_write_eof(transport_of(writer));
}

bool
aw_writer_can_write_eof(const aw_writer *writer)
{
	return aw_transport_can_write_eof(transport_of(writer));
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
	return aw_connection_wait_closed(aw_connection_of_writer(writer));
}

bool
aw_writer_is_closing(const aw_writer *writer)
{
	return aw_transport_is_closing(transport_of(writer));
}

size_t
aw_writer_get_write_buffer_size(const aw_writer *writer)
{
	return aw_transport_get_write_buffer_size(transport_of(writer));
}

aw_transport *
aw_writer_transport(aw_writer *writer)
{
	return transport_of(writer);
}

int
aw_writer_get_extra_info(const aw_writer *writer, const char *name,
    void *value, size_t size)
{
	return aw_transport_get_extra_info(transport_of(writer), name, value,
	    size);
}

const char *
aw_writer_address_text(const aw_writer *writer, const char *name, char *buffer,
    size_t size)
{
	struct sockaddr_storage address;
	int length = -ENOENT;

	if (strcmp(name, "peername") == 0 || strcmp(name, "sockname") == 0)
		length = aw_writer_get_extra_info(writer, name, &address,
		    sizeof(address));
	if (length >= 0)
		return aw_address_text((struct sockaddr *)&address,
		    (socklen_t)length, buffer, size);
	if (size > 0)
		buffer[0] = '\0';
	return buffer;
}
