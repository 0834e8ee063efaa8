/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The reader: what ends with a separator, or with the stream.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/connection.h"

/* Hands out the first size bytes; the memory stays until the next call. */
static ssize_t
hand_out(aw_reader *reader, size_t size, const char **data)
{
	int err = 0;

	/* What is lent from the loop goes as soon as anybody receives. */
	if (aw_reader_is_lending(reader))
		err = aw_reader_own(reader, reader->length);
	if (err < 0)
		return err;
	*data = reader->start;
	reader->start += size;
	reader->length -= size;
	return (ssize_t)size;
}

/* A separator that was found: where it begins and ends. */
struct match {
	size_t start, end;
};

/*
 * Looks, from as far as has been seen, for the separator that ends first, and
 * of several that end there for the longest.
 */
static bool
search(const aw_reader *reader, size_t seen, const struct iovec *separators,
    size_t count, struct match *match)
{
	size_t i, size, until = reader->length;
	const char *at;
	bool found = false;

	for (i = 0; i < count; i++) {
		size = separators[i].iov_len;
		if (until - seen < size)
			continue;
		at = memmem(reader->start + seen, until - seen,
		    separators[i].iov_base, size);
		if (at == NULL)
			continue;
		if (found && (size_t)(at - reader->start) + size == until &&
		    match->start < (size_t)(at - reader->start))
			continue;
		match->start = (size_t)(at - reader->start);
		match->end = until = match->start + size;
		found = true;
	}
	return found;
}

static void
get_sizes(const struct iovec *separators, size_t count, size_t *least,
    size_t *most)
{
	size_t i;

	*least = count > 0 ? separators[0].iov_len : 0;
	*most = 0;
	for (i = 0; i < count; i++) {
		if (separators[i].iov_len < *least)
			*least = separators[i].iov_len;
		if (separators[i].iov_len > *most)
			*most = separators[i].iov_len;
	}
}

/*
 * Waits for a separator and returns the length up to its end, or the error
 * with everything left in place.
 */
static ssize_t
find(aw_reader *reader, const struct iovec *separators, size_t count)
{
	size_t seen = 0; /* as far as that none begins */
	size_t least, most;
	struct match match;
	ssize_t n;

	get_sizes(separators, count, &least, &most);
	if (least == 0)
		return -EINVAL;
	for (;;) {
		n = aw_reader_stored_error(reader);
		if (n < 0)
			return n;
		if (reader->length >= least &&
		    search(reader, seen, separators, count, &match))
			break;
		/* The next byte may complete a separator that began here. */
		if (reader->length >= most)
			seen = reader->length - most + 1;
		if (seen > reader->limit)
			return AW_ELIMIT;
		n = aw_reader_fill(reader);
		if (n < 0)
			return n;
		if (n == 0)
			return AW_EINCOMPLETE;
	}
	return match.start > reader->limit ? AW_ELIMIT : (ssize_t)match.end;
}

ssize_t
aw_reader_readuntil_any(aw_reader *reader, const struct iovec *separators,
    size_t count, const char **data)
{
	ssize_t n, err;

	n = find(reader, separators, count);
	if (n == AW_EINCOMPLETE) {
		reader->partial = reader->length;
		err = hand_out(reader, reader->length, data);
		return err < 0 ? err : n;
	}
	return n < 0 ? n : hand_out(reader, (size_t)n, data);
}

ssize_t
aw_reader_readuntil(aw_reader *reader, const void *separator,
    size_t separator_size, const char **data)
{
	const struct iovec piece = {
		.iov_base = (void *)(uintptr_t)separator,
		.iov_len = separator_size,
	};

	return aw_reader_readuntil_any(reader, &piece, 1, data);
}

/* Drops a line that is too long, to its end if that has come. */
static void
drop_line(aw_reader *reader)
{
	const char *end = NULL;

	if (reader->length > 0)
		end = memchr(reader->start, '\n', reader->length);
	aw_reader_take(reader, end != NULL ?
	    (size_t)(end - reader->start) + 1 : reader->length);
}

ssize_t
aw_reader_readline(aw_reader *reader, const char **line)
{
	static char end[] = "\n";
	static const struct iovec separator = { end, 1 };
	ssize_t n = find(reader, &separator, 1);

	if (n == AW_EINCOMPLETE)
		n = (ssize_t)reader->length;
	else if (n == AW_ELIMIT)
		drop_line(reader);
	return n < 0 ? n : hand_out(reader, (size_t)n, line);
}

/* Gives the caller the reader's own buffer, which has all that came. */
static ssize_t
give_away(aw_reader *reader, char **data)
{
	ssize_t length = (ssize_t)reader->length;
	int err;

	err = aw_reader_own(reader, reader->length + 1);
	if (err < 0)
		return err;
	reader->buffer[length] = '\0';
	*data = reader->buffer;
	reader->buffer = reader->start = NULL;
	reader->length = reader->capacity = 0;
	return length;
}

ssize_t
aw_reader_read_all(aw_reader *reader, size_t limit, char **data)
{
	ssize_t n;

	n = aw_reader_stored_error(reader);
	while (n >= 0) {
		if (limit != 0 && reader->length > limit)
			return AW_ELIMIT;
		n = aw_reader_fill(reader);
		if (n == 0)
			return give_away(reader, data);
	}
	return n;
}
