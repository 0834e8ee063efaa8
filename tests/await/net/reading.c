/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "net/reading.h"

aw_reader *
new_reader(size_t limit)
{
	aw_reader *reader = aw_reader_new(aw_get_running_loop(), limit);

	ck_assert_ptr_nonnull(reader);
	return reader;
}

void
feed(aw_reader *reader, const char *text)
{
	ck_assert_int_eq(aw_reader_feed_data(reader, text, strlen(text)), 0);
}

static aw_task *
start(struct reading *reading, aw_coroutine *run)
{
	aw_task *task = net_spawn(run, reading);

	net_turns(2);
	ck_assert(!reading->ended);
	return task;
}

aw_task *
start_reading(struct reading *reading, aw_reader *reader, aw_coroutine *run)
{
	*reading = (struct reading){ .reader = reader };
	return start(reading, run);
}

int
end_reading(struct reading *reading, ssize_t n, const void *data)
{
	reading->n = n;
	if (n > 0)
		memcpy(reading->text, data, (size_t)n);
	reading->ended = true;
	return 0;
}

static int
run_readuntil(void *arg)
{
	struct reading *reading = arg;
	const char *found = NULL;
	ssize_t n;

	n = aw_reader_readuntil(reading->reader, reading->separator,
	    strlen(reading->separator), &found);
	return end_reading(reading, n, found);
}

aw_task *
start_readuntil(struct reading *reading, aw_reader *reader,
    const char *separator)
{
	*reading = (struct reading){ .reader = reader,
	    .separator = separator };
	return start(reading, run_readuntil);
}

void
check_line(struct net_pair *pair, const char *text)
{
	const char *line;
	ssize_t n = aw_reader_readline(pair->reader, &line);

	ck_assert_int_eq(n, strlen(text));
	ck_assert_mem_eq(line, text, strlen(text));
}

void
check_rest(struct net_pair *pair, const char *text)
{
	char buffer[64];

	shutdown(pair->peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_readexactly(pair->reader, buffer,
	    sizeof(buffer)), AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair->reader), strlen(text));
	ck_assert_mem_eq(buffer, text, strlen(text));
}
