/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reader: the receiving half of a connection.
 *
 * It receives straight into the caller's buffer, or into the loop's one receive
 * buffer, which it lends to the caller; only what is not taken there, or
 * what a search for a separator has to gather, lies in a buffer of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "net/connection.h"

/* The least that a buffer of its own grows to. */
#define LEAST_CAPACITY 4096

static struct aw_transport *
transport_of(const aw_reader *reader)
{
	return &aw_connection_of_reader(reader)->transport;
}

static bool
is_lending(const aw_reader *reader)
{
	return transport_of(reader)->loop->lender == reader;
}

/* Moves what it has to the start of a buffer of its own, of at least size. */
static int
own(aw_reader *reader, size_t size)
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
	if (is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
	reader->buffer = reader->start = buffer;
	reader->capacity = capacity;
	return 0;
}

/* Gives the loop's receive buffer free, whoever lends from it. */
static void
reclaim_receive_buffer(aw_loop *loop)
{
	aw_reader *lender = loop->lender;
	int err = 0;

	if (lender == NULL)
		return;
	if (lender->length > 0)
		err = own(lender, lender->length);
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
	if (is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
	free(reader->buffer);
	reader->buffer = NULL;
	reader->length = reader->capacity = 0;
}

/* Takes bytes that have been received off the start. */
static void
take(aw_reader *reader, size_t size)
{
	reader->start += size;
	reader->length -= size;
	if (reader->length == 0 && is_lending(reader))
		transport_of(reader)->loop->lender = NULL;
}

/* An error comes before data that has been received. */
static int
stored_error(const aw_reader *reader)
{
	return reader->error != 0 ? reader->error : transport_of(reader)->error;
}

static int
wait_for_data(aw_reader *reader)
{
	struct aw_transport *transport = transport_of(reader);
	struct task *task = transport->loop->current;

	if (task == NULL)
		return AW_ENOTASK;
	return aw_transport_wait_readable(transport, task);
}

/* Receives what feed_eof left to come, which is in the socket already. */
static ssize_t
receive_rest(aw_reader *reader, void *buffer, size_t size)
{
	struct aw_transport *transport = transport_of(reader);
	ssize_t n;

	if (reader->to_come == 0)
		return 0;
	transport->readable = true;
	n = aw_transport_receive(transport, buffer,
	    size < reader->to_come ? size : reader->to_come);
	if (n > 0)
		reader->to_come -= (size_t)n;
	return n;
}

/* Receives without waiting. */
static ssize_t
receive_now(aw_reader *reader, void *buffer, size_t size)
{
	ssize_t n;

	if (__builtin_expect(reader->ending, 0))
		n = receive_rest(reader, buffer, size);
	else
		n = aw_transport_receive(transport_of(reader), buffer, size);
	if (n == 0)
		reader->eof = true;
	return n;
}

/* Waits for bytes and receives them to where the caller says. */
static ssize_t
receive(aw_reader *reader, void *buffer, size_t size)
{
	ssize_t n = 0;
	int err;

	while (!reader->eof) {
		n = receive_now(reader, buffer, size);
		if (n != -EAGAIN)
			break;
		err = wait_for_data(reader);
		if (err < 0)
			return err;
	}
	return n;
}

/* Receives into the loop's buffer, without waiting. */
static ssize_t
borrow(aw_reader *reader)
{
	aw_loop *loop = transport_of(reader)->loop;
	ssize_t n;

	reclaim_receive_buffer(loop);
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
	ssize_t n = stored_error(reader);

	while (n >= 0 && reader->length == 0 && !reader->eof) {
		n = borrow(reader);
		if (n == -EAGAIN)
			n = wait_for_data(reader);
	}
	*data = reader->start;
	return n < 0 ? n : (ssize_t)reader->length;
}

void
aw_reader_consume(aw_reader *reader, size_t size)
{
	take(reader, size < reader->length ? size : reader->length);
}

ssize_t
aw_reader_read(aw_reader *reader, void *buffer, size_t size)
{
	int err = stored_error(reader);

	if (err < 0)
		return err;
	if (size == 0)
		return 0;
	if (reader->length == 0)
		return receive(reader, buffer, size);
	if (size > reader->length)
		size = reader->length;
	memcpy(buffer, reader->start, size);
	take(reader, size);
	return (ssize_t)size;
}

/* Puts bytes back that a cancelled call has already handed to the caller. */
static void
put_back(aw_reader *reader, const void *data, size_t size)
{
	if (size == 0)
		return;
	if (own(reader, reader->length + size) < 0) {
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

/* Waits for more bytes and adds them to those that there are. */
static ssize_t
fill(aw_reader *reader)
{
	size_t used;
	ssize_t n;
	int err;

	if (is_lending(reader) || reader->start != reader->buffer ||
	    reader->length == reader->capacity) {
		err = own(reader, reader->length + 1);
		if (err < 0)
			return err;
	}
	used = reader->length;
	n = receive(reader, reader->buffer + used, reader->capacity - used);
	if (n > 0)
		reader->length += (size_t)n;
	return n;
}

/* Hands out the first size bytes; the memory stays until the next call. */
static ssize_t
hand_out(aw_reader *reader, size_t size, const char **data)
{
	int err = 0;

	/* What is lent from the loop goes as soon as anybody receives. */
	if (is_lending(reader))
		err = own(reader, reader->length);
	if (err < 0)
		return err;
	*data = reader->start;
	reader->start += size;
	reader->length -= size;
	return (ssize_t)size;
}

/*
 * Waits for the separator and returns the length up to its end, or the error
 * with everything left in place.
 */
static ssize_t
find(aw_reader *reader, const char *separator, size_t separator_size)
{
	size_t seen = 0; /* as far as that there is none */
	const char *match;
	ssize_t n;

	for (;;) {
		n = stored_error(reader);
		if (n < 0)
			return n;
		match = reader->length - seen < separator_size ? NULL :
		    memmem(reader->start + seen, reader->length - seen,
		    separator, separator_size);
		if (match != NULL)
			break;
		/* The next byte may complete a separator that began here. */
		if (reader->length >= separator_size)
			seen = reader->length - separator_size + 1;
		if (seen > reader->limit)
			return AW_ELIMIT;
		n = fill(reader);
		if (n < 0)
			return n;
		if (n == 0)
			return AW_EINCOMPLETE;
	}
	if ((size_t)(match - reader->start) > reader->limit)
		return AW_ELIMIT;
	return match - reader->start + (ssize_t)separator_size;
}

ssize_t
aw_reader_readuntil(aw_reader *reader, const void *separator,
    size_t separator_size, const char **data)
{
	ssize_t n, err;

	if (separator_size == 0)
		return -EINVAL;
	n = find(reader, separator, separator_size);
	if (n == AW_EINCOMPLETE) {
		reader->partial = reader->length;
		err = hand_out(reader, reader->length, data);
		return err < 0 ? err : n;
	}
	return n < 0 ? n : hand_out(reader, (size_t)n, data);
}

/* Drops a line that is too long, to its end if that has come. */
static void
drop_line(aw_reader *reader)
{
	const char *end = NULL;

	if (reader->length > 0)
		end = memchr(reader->start, '\n', reader->length);
	take(reader, end != NULL ? (size_t)(end - reader->start) + 1 :
	    reader->length);
}

ssize_t
aw_reader_readline(aw_reader *reader, const char **line)
{
	ssize_t n = find(reader, "\n", 1);

	if (n == AW_EINCOMPLETE)
		n = (ssize_t)reader->length;
	else if (n == AW_ELIMIT)
		drop_line(reader);
	return n < 0 ? n : hand_out(reader, (size_t)n, line);
}

size_t
aw_reader_partial(const aw_reader *reader)
{
	return reader->partial;
}

bool
aw_reader_at_eof(const aw_reader *reader)
{
	return reader->eof && reader->length == 0;
}

void
aw_reader_feed_eof(aw_reader *reader)
{
	struct aw_transport *transport = transport_of(reader);
	int received = 0;

	if (reader->ending)
		return;
	/* Not shutdown(SHUT_RD), which the peer of a Unix socket notices. */
	if (transport->fd >= 0)
		(void)ioctl(transport->fd, FIONREAD, &received);
	reader->ending = true;
	reader->to_come = (size_t)received;
	if (transport->read_waiter != NULL)
		aw_task_wake(transport->read_waiter, 0);
}
