/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reader: the receiving half of a stream.
 *
 * It receives straight into the caller's buffer, or into the loop's one receive
 * buffer, which it lends to the caller; only what is not taken there, or
 * what a search for a separator has to gather, lies in a buffer of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/connection.h"

/* The least that a buffer of its own grows to. */
#define LEAST_CAPACITY 4096

static struct aw_transport *
transport_of(const aw_reader *reader)
{
	return &aw_connection_of_reader(reader)->transport;
}

int
aw_reader_own(aw_reader *reader, size_t size)
{
	size_t capacity = reader->capacity;
	char *buffer = reader->buffer;

	if (capacity < size) {
		if (capacity == 0)
			capacity = LEAST_CAPACITY;
		while (capacity < size)
			capacity *= 2;
		buffer = malloc(capacity);
		if (buffer == NULL)
			return -ENOMEM;
	}
	if (reader->length > 0)
		memmove(buffer, reader->start, reader->length);
	if (buffer != reader->buffer)
		free(reader->buffer);
	if (aw_reader_is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
	reader->buffer = reader->start = buffer;
	reader->capacity = capacity;
	return 0;
}

void
aw_reader_end_loan(aw_loop *loop)
{
	aw_reader *lender = loop->lender;
	int err = 0;

	if (lender->length > 0)
		err = aw_reader_own(lender, lender->length);
	if (err < 0) {
		/* The bytes are lost, and with them the stream. */
		lender->error = err;
		lender->length = 0;
	}
	loop->lender = NULL;
}

void
aw_reader_release(aw_reader *reader)
{
	if (aw_reader_is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
	free(reader->buffer);
	reader->buffer = NULL;
	reader->length = reader->capacity = 0;
}

void
aw_reader_take(aw_reader *reader, size_t size)
{
	reader->start += size;
	reader->length -= size;
	if (reader->length == 0 && aw_reader_is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
}

void
aw_reader_wake(aw_reader *reader)
{
	if (reader->waiter != NULL)
		aw_task_wake(reader->waiter, 0);
}

static int
wait_for_data(aw_reader *reader)
{
	struct aw_transport *transport = transport_of(reader);
	struct task *task = transport->loop->current;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	if (reader->waiter != NULL)
		return -EBUSY;
	if (!transport->read_armed && aw_transport_watch(transport) < 0)
		return -ENOMEM;
	reader->waiter = task;
	if (transport->more) {
		/* Others first, so that a busy peer can't keep them waiting. */
		transport->more = false;
		transport->readable = true;
		err = aw_task_yield(task);
	} else {
		err = aw_task_park(task, "data to read");
	}
	reader->waiter = NULL;
	return err;
}

/* Receives what feed_eof left to come, which is in the socket already. */
static ssize_t
receive_rest(aw_reader *reader, void *buffer, size_t size)
{
	ssize_t n;

	if (reader->to_come == 0)
		return 0;
	n = aw_reader_receive_more(reader, buffer,
	    size < reader->to_come ? size : reader->to_come);
	if (n > 0)
		reader->to_come -= (size_t)n;
	/* Of TLS, only what is whole can be delivered. */
	if (n == -EAGAIN && transport_of(reader)->tls != NULL)
		n = 0;
	return n;
}

ssize_t
aw_reader_receive_more(aw_reader *reader, void *buffer, size_t size)
{
	struct aw_transport *transport = transport_of(reader);

	transport->readable = true;
	return aw_transport_pull(transport, buffer, size);
}

/* Whether it is worth while to call receive_now before waiting. */
static bool
may_receive(aw_reader *reader)
{
	const struct aw_transport *transport = transport_of(reader);

	return transport->readable || transport->closing ||
	    reader->source != AW_FROM_TRANSPORT;
}

/* Receives without waiting. */
static ssize_t
receive_now(aw_reader *reader, void *buffer, size_t size)
{
	ssize_t n;

	switch (__builtin_expect(reader->source, AW_FROM_TRANSPORT)) {
	case AW_FROM_TRANSPORT:
		n = aw_transport_pull(transport_of(reader), buffer, size);
		break;
	case AW_FROM_REST:
		n = receive_rest(reader, buffer, size);
		break;
	default:
		return -EAGAIN;
	}
	if (n == 0)
		reader->eof = true;
	return n;
}

/* Receives into a buffer of its own, behind what is there. */
static ssize_t
gather(aw_reader *reader)
{
	ssize_t n;
	int err;

	if (aw_reader_is_lending(reader) || reader->start != reader->buffer ||
	    reader->length == reader->capacity) {
		err = aw_reader_own(reader, reader->length + 1);
		if (err < 0)
			return err;
	}
	n = receive_now(reader, reader->buffer + reader->length,
	    reader->capacity - reader->length);
	if (n > 0)
		reader->length += (size_t)n;
	return n;
}

ssize_t
aw_reader_fill(aw_reader *reader)
{
	size_t before = reader->length;
	ssize_t n = 0;

	while (!reader->eof) {
		n = gather(reader);
		if (n != -EAGAIN)
			break;
		n = wait_for_data(reader);
		if (n == 0)
			n = aw_reader_stored_error(reader);
		if (n < 0)
			break;
		/* The program may have fed it. */
		n = (ssize_t)(reader->length - before);
		if (n > 0)
			break;
	}
	return n;
}

/* Receives into the loop's buffer, without waiting. */
static ssize_t
borrow(aw_reader *reader)
{
	aw_loop *loop = transport_of(reader)->loop;
	ssize_t n;

	/* A protocol's callback has the buffer, and reads a stream. */
	if (__builtin_expect(loop->delivering, 0))
		return gather(reader);
	aw_reader_reclaim(loop);
	n = receive_now(reader, loop->receive_buffer, AW_RECEIVE_BUFFER_SIZE);
	if (n > 0) {
		loop->lender = reader;
		reader->start = loop->receive_buffer;
		reader->length = (size_t)n;
	}
	return n;
}

ssize_t
aw_reader_peek(aw_reader *reader, const void **data)
{
	ssize_t n = aw_reader_stored_error(reader);

	while (n >= 0 && reader->length == 0 && !reader->eof) {
		n = may_receive(reader) ? borrow(reader) : -EAGAIN;
		if (n != -EAGAIN)
			continue;
		n = wait_for_data(reader);
		if (n == 0)
			n = aw_reader_stored_error(reader);
	}
	*data = reader->start;
	return n < 0 ? n : (ssize_t)reader->length;
}

void
aw_reader_consume(aw_reader *reader, size_t size)
{
	aw_reader_take(reader, size < reader->length ? size : reader->length);
}

ssize_t
aw_reader_read(aw_reader *reader, void *buffer, size_t size)
{
	ssize_t n = aw_reader_stored_error(reader);

	if (n < 0 || size == 0)
		return n;
	while (reader->length == 0) {
		if (reader->eof)
			return 0;
		n = may_receive(reader) ? receive_now(reader, buffer, size) :
		    -EAGAIN;
		if (n != -EAGAIN)
			return n;
		n = wait_for_data(reader);
		if (n == 0)
			n = aw_reader_stored_error(reader);
		if (n < 0)
			return n;
	}
	if (size > reader->length)
		size = reader->length;
	memcpy(buffer, reader->start, size);
	aw_reader_take(reader, size);
	return (ssize_t)size;
}

/* Puts bytes back that a cancelled call has already handed to the caller. */
static void
put_back(aw_reader *reader, const void *data, size_t size)
{
	if (size == 0)
		return;
	if (aw_reader_own(reader, reader->length + size) < 0) {
		reader->error = -ENOMEM;
		return;
	}
	memmove(reader->buffer + size, reader->start, reader->length);
	memcpy(reader->buffer, data, size);
	reader->length += size;
}

ssize_t
aw_reader_readexactly(aw_reader *reader, void *buffer, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = aw_reader_read(reader, (char *)buffer + done, size - done);
		if (n < 0) {
			put_back(reader, buffer, done);
			return n;
		}
		if (n == 0) {
			reader->partial = done;
			return AW_EINCOMPLETE;
		}
		done += (size_t)n;
	}
	return (ssize_t)size;
}

size_t
aw_reader_partial(const aw_reader *reader)
{
	return reader->partial;
}

bool
aw_reader_at_eof(const aw_reader *reader)
{
	return reader->length == 0 && (reader->eof ||
	    (reader->source == AW_FROM_REST && reader->to_come == 0));
}
