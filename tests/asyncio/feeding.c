/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <string.h>

#include "feeding.h"

aw_reader *reader;

void
feed(const char *data)
{
	if (aw_reader_feed_data(reader, data, strlen(data)) < 0)
		say("can't feed");
}

void
make_reader(size_t limit, const char *data)
{
	reader = aw_reader_new(aw_get_running_loop(), limit);
	feed(data);
}

int
end_reader(void)
{
	aw_reader_free(reader);
	return 0;
}

const char *
text_of(const char *data, size_t size)
{
	static char text[128];
	size_t i;

	for (i = 0; i < size && i + 1 < sizeof(text); i++)
		text[i] = data[i] == '\n' ? '$' : data[i];
	text[i] = '\0';
	return text;
}

int
got(const char *what, ssize_t size, const char *data)
{
	if (size == AW_EINCOMPLETE)
		say("%s -> %s [%s]", what, spell((int)size),
		    text_of(data, aw_reader_partial(reader)));
	else if (size < 0)
		say("%s -> %s", what, spell((int)size));
	else
		say("%s -> %zd [%s]", what, size, text_of(data, (size_t)size));
	return size == -ECANCELED ? -ECANCELED : 0;
}

int
read_some(size_t size)
{
	char data[128];

	return got("read", aw_reader_read(reader, data, size), data);
}

int
read_ten(void *arg)
{
	(void)arg;
	return read_some(10);
}

int
read_exactly(void *size)
{
	char data[128];

	return got("readexactly",
	    aw_reader_readexactly(reader, data, (size_t)(uintptr_t)size), data);
}

int
read_line(void *arg)
{
	const char *line = NULL;
	ssize_t size = aw_reader_readline(reader, &line);

	(void)arg;
	return got("readline", size, line);
}

int
read_until(void *separator)
{
	const char *data = NULL;
	ssize_t size;

	size = aw_reader_readuntil(reader, separator, strlen(separator), &data);
	return got("readuntil", size, data);
}

int
until(const char *separator)
{
	return read_until((void *)separator);
}
