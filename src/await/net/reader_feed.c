/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reader: what the program feeds it.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "net/connection.h"
#include "net/tls.h"

aw_reader *
aw_reader_new(aw_loop *loop, size_t limit)
{
	struct aw_connection *connection = aw_connection_new_fed(loop, limit);

	return connection != NULL ? &connection->reader : NULL;
}

/* Bytes that the kernel has received and nobody has read; none of a file. */
static size_t
unread(const aw_reader *reader)
{
	const struct aw_transport *transport =
	    &aw_connection_of_reader(reader)->transport;
	int received = 0;

	if (reader->source == AW_FROM_TRANSPORT && transport->fd >= 0 &&
	    (transport->pipe == NULL || aw_pipe_can_be_polled(transport->pipe)))
		(void)ioctl(transport->fd, FIONREAD, &received);
	/* Encrypted they are more, but some may have been received. */
	if (transport->tls != NULL)
		received += (int)aw_tls_pending(transport->tls);
	return (size_t)received;
}

void
aw_reader_feed_eof(aw_reader *reader)
{
	struct aw_connection *connection = aw_connection_of_reader(reader);

	if (reader->source == AW_FROM_REST)
		return;
	/* Not shutdown(SHUT_RD), which the peer of a Unix socket notices. */
	reader->to_come = unread(reader);
	if (connection->transport.tls != NULL &&
	    connection->transport.fd >= 0)
		aw_tls_limit(&connection->transport);
	reader->source = AW_FROM_REST;
	aw_reader_wake(reader);
}

/* Receives what was there before. */
static int
receive_unread(aw_reader *reader, size_t size)
{
	ssize_t n;

	while (size > 0) {
		n = aw_reader_receive_more(reader,
		    reader->buffer + reader->length, size);
		if (n == -EAGAIN)
			break;
		if (n <= 0)
			return n < 0 ? (int)n : AW_EINVALIDSTATE;
		reader->length += (size_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int
aw_reader_feed_data(aw_reader *reader, const void *data, size_t size)
{
	struct aw_connection *connection = aw_connection_of_reader(reader);
	size_t before = unread(reader);
	int err;

	if (reader->eof || reader->source == AW_FROM_REST ||
	    (reader->source == AW_FROM_TRANSPORT &&
	    connection->transport.closing))
		return AW_EINVALIDSTATE;
	if (size == 0)
		return 0;
	err = aw_reader_own(reader, reader->length + before + size);
	if (err == 0)
		err = receive_unread(reader, before);
	if (err < 0)
		return err;
	memcpy(reader->buffer + reader->length, data, size);
	reader->length += size;
	aw_reader_wake(reader);
	return 0;
}

void
aw_reader_set_error(aw_reader *reader, int error)
{
	reader->error = error;
	aw_reader_wake(reader);
}

int
aw_reader_error(const aw_reader *reader)
{
	return aw_reader_stored_error(reader);
}
