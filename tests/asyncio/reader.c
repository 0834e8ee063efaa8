/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* The reader of the case. */
static aw_reader *reader;

static void
feed(const char *data)
{
	if (aw_reader_feed_data(reader, data, strlen(data)) < 0)
		say("can't feed");
}

static void
make_reader(size_t limit, const char *data)
{
	reader = aw_reader_new(aw_get_running_loop(), limit);
	feed(data);
}

static int
end_reader(void)
{
	aw_reader_free(reader);
	return 0;
}

/* The bytes as text, with $ for the end of a line. */
static const char *
text_of(const char *data, size_t size)
{
	static char text[128];
	size_t i;

	for (i = 0; i < size && i + 1 < sizeof(text); i++)
		text[i] = data[i] == '\n' ? '$' : data[i];
	text[i] = '\0';
	return text;
}

/* Says which bytes came. */
static int
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

static int
read_some(size_t size)
{
	char data[128];

	return got("read", aw_reader_read(reader, data, size), data);
}

static int
read_ten(void *arg)
{
	(void)arg;
	return read_some(10);
}

static int
read_exactly(void *size)
{
	char data[128];

	return got("readexactly",
	    aw_reader_readexactly(reader, data, (size_t)(uintptr_t)size), data);
}

#define SIZE(n) ((void *)(uintptr_t)(n))

static int
read_line(void *arg)
{
	const char *line = NULL;
	ssize_t size = aw_reader_readline(reader, &line);

	(void)arg;
	return got("readline", size, line);
}

static int
read_until(void *separator)
{
	const char *data = NULL;
	ssize_t size;

	size = aw_reader_readuntil(reader, separator, strlen(separator), &data);
	return got("readuntil", size, data);
}

static int
until(const char *separator)
{
	return read_until((void *)separator);
}

static int
read_to_the_end(void *arg)
{
	char *data = NULL;
	ssize_t size = aw_reader_read_all(reader, 0, &data);
	int result = got("read all", size, data);

	(void)arg;
	free(data);
	return result;
}

static void
say_at_end(void)
{
	say("at end %s", yes(aw_reader_at_eof(reader)));
}

static int
read_what_is_there(void)
{
	make_reader(16, "hello");
	feed("world");
	read_some(3);
	read_some(100);
	return end_reader();
}

static int
read_waits_for_the_first_byte(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	say("done %s", yes(aw_future_done(a)));
	feed("x");
	join(a);
	return end_reader();
}

static int
read_at_the_end(void)
{
	make_reader(16, "last");
	aw_reader_feed_eof(reader);
	say_at_end();
	read_some(100);
	say_at_end();
	read_some(100);
	read_some(100);
	return end_reader();
}

static int
the_end_wakes_a_reader(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	aw_reader_feed_eof(reader);
	join(a);
	return end_reader();
}

static int
feed_after_the_end(void)
{
	make_reader(16, "");
	aw_reader_feed_eof(reader);
	told("feed", aw_reader_feed_data(reader, "x", 1));
	return end_reader();
}

static int
read_all(void)
{
	aw_task *a;

	make_reader(16, "one");
	a = spawn(read_to_the_end, NULL, "a");
	turns(1);
	feed("two");
	turns(1);
	say("done %s", yes(aw_future_done(a)));
	aw_reader_feed_eof(reader);
	join(a);
	return end_reader();
}

static int
readexactly(void)
{
	aw_task *a;

	make_reader(16, "abcdefgh");
	read_exactly(SIZE(3));
	a = spawn(read_exactly, SIZE(7), "a");
	turns(1);
	say("done %s", yes(aw_future_done(a)));
	feed("ij");
	join(a);
	return end_reader();
}

static int
readexactly_more_than_the_limit(void)
{
	aw_task *a;

	make_reader(4, "");
	a = spawn(read_exactly, SIZE(10), "a");
	turns(1);
	feed("abcd");
	turns(1);
	feed("efgh");
	turns(1);
	feed("ijkl");
	join(a);
	read_some(10);
	return end_reader();
}

static int
readexactly_at_the_end(void)
{
	make_reader(16, "abc");
	aw_reader_feed_eof(reader);
	read_exactly(SIZE(5));
	read_exactly(SIZE(1));
	say_at_end();
	return end_reader();
}

static int
readexactly_nothing(void)
{
	make_reader(16, "");
	read_exactly(SIZE(0));
	return end_reader();
}

static int
readline(void)
{
	aw_task *a;

	make_reader(16, "one\ntwo\nth");
	read_line(NULL);
	read_line(NULL);
	a = spawn(read_line, NULL, "a");
	turns(1);
	feed("ree\nrest");
	join(a);
	aw_reader_feed_eof(reader);
	read_line(NULL);
	read_line(NULL);
	return end_reader();
}

static int
readline_over_the_limit_drops_the_line(void)
{
	make_reader(5, "0123456789\nnext\n");
	read_line(NULL);
	read_line(NULL);
	return end_reader();
}

static int
readline_over_the_limit_without_an_end(void)
{
	make_reader(5, "0123456789");
	read_line(NULL);
	feed("next\n");
	read_line(NULL);
	return end_reader();
}

static int
readline_as_long_as_the_limit(void)
{
	make_reader(5, "01234\n01234\n");
	read_line(NULL);
	end_reader();
	make_reader(5, "012345\nrest\n");
	read_line(NULL);
	read_line(NULL);
	return end_reader();
}

static int
readuntil(void)
{
	make_reader(16, "one--two--");
	until("--");
	until("--");
	return end_reader();
}

static int
a_separator_that_comes_in_pieces(void)
{
	static const char *const pieces[] = {
		"-en", "-", "--en", "d-", "-rest",
	};
	static char separator[] = "--end--";
	aw_task *a;
	int i;

	make_reader(16, "one-");
	a = spawn(read_until, separator, "a");
	for (i = 0; i < 5; i++) {
		turns(1);
		feed(pieces[i]);
	}
	join(a);
	read_some(10);
	return end_reader();
}

static int
readuntil_over_the_limit_leaves_the_data(void)
{
	make_reader(5, "0123456789;rest");
	until(";");
	read_some(100);
	return end_reader();
}

static int
readuntil_over_the_limit_without_a_separator(void)
{
	make_reader(5, "0123456789");
	until(";");
	read_exactly(SIZE(10));
	return end_reader();
}

static int
readuntil_at_the_end(void)
{
	make_reader(16, "part");
	aw_reader_feed_eof(reader);
	until(";");
	read_some(10);
	return end_reader();
}

static int
an_empty_separator(void)
{
	make_reader(16, "part");
	until("");
	return end_reader();
}

static int
until_any(const char *const *texts, size_t count)
{
	struct iovec separators[3];
	const char *data = NULL;
	ssize_t size;
	size_t i;

	for (i = 0; i < count; i++) {
		separators[i].iov_base = (void *)texts[i];
		separators[i].iov_len = strlen(texts[i]);
	}
	size = aw_reader_readuntil_any(reader, separators, count, &data);
	return got("readuntil", size, data);
}

static int
several_separators(void)
{
	static const char *const separators[] = { ",", ";", "\n" };
	int i;

	make_reader(16, "a,b;c\nd,\n");
	for (i = 0; i < 5; i++)
		until_any(separators, 3);
	return end_reader();
}

static int
of_several_separators_the_one_that_ends_first(void)
{
	static const char *const pairs[][2] = {
		{ "\r\n", "ne" }, { "\r\n", "two" }, { "\n", "two\n" },
	};
	int i;

	make_reader(16, "one\r\ntwo\n");
	for (i = 0; i < 3; i++)
		until_any(pairs[i], 2);
	return end_reader();
}

static int
an_error_comes_before_the_data(void)
{
	make_reader(16, "data\n");
	aw_reader_set_error(reader, FAILURE(1));
	read_some(10);
	read_line(NULL);
	read_exactly(SIZE(2));
	say("error %s", spell(aw_reader_error(reader)));
	return end_reader();
}

static int
an_error_wakes_a_reader(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	aw_reader_set_error(reader, FAILURE(1));
	join(a);
	return end_reader();
}

static int
a_second_reader(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	read_some(10);
	read_line(NULL);
	feed("for a");
	join(a);
	return end_reader();
}

static int
a_cancelled_reader_leaves_the_data(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	feed("data");
	aw_cancel(a);
	if (join(a) == -ECANCELED)
		say("a is cancelled");
	read_some(10);
	return end_reader();
}

static int
a_cancelled_readexactly_leaves_the_data(void)
{
	aw_task *a;

	make_reader(16, "dat");
	a = spawn(read_exactly, SIZE(10), "a");
	turns(1);
	aw_cancel(a);
	if (join(a) == -ECANCELED)
		say("a is cancelled");
	feed("a");
	read_some(10);
	return end_reader();
}

static int
what_is_there_is_read_without_waiting(void)
{
	static char word[] = "called";

	make_reader(16, "some\ndata");
	aw_loop_call_soon(aw_get_running_loop(), say_word, word);
	read_line(NULL);
	read_exactly(SIZE(2));
	read_some(10);
	turns(1);
	return end_reader();
}

static int
an_empty_piece_wakes_nobody(void)
{
	aw_task *a;

	make_reader(16, "");
	a = spawn(read_ten, NULL, "a");
	turns(1);
	feed("");
	turns(2);
	say("done %s", yes(aw_future_done(a)));
	aw_reader_feed_eof(reader);
	join(a);
	return end_reader();
}

static const struct trace_case cases[] = {
	CASE(read_what_is_there),
	CASE(read_waits_for_the_first_byte),
	CASE(read_at_the_end),
	CASE(the_end_wakes_a_reader),
	CASE(feed_after_the_end),
	CASE(read_all),
	CASE(readexactly),
	CASE(readexactly_more_than_the_limit),
	CASE(readexactly_at_the_end),
	CASE(readexactly_nothing),
	CASE(readline),
	CASE(readline_over_the_limit_drops_the_line),
	CASE(readline_over_the_limit_without_an_end),
	CASE(readline_as_long_as_the_limit),
	CASE(readuntil),
	CASE(a_separator_that_comes_in_pieces),
	CASE(readuntil_over_the_limit_leaves_the_data),
	CASE(readuntil_over_the_limit_without_a_separator),
	CASE(readuntil_at_the_end),
	CASE(an_empty_separator),
	CASE(several_separators),
	CASE(of_several_separators_the_one_that_ends_first),
	CASE(an_error_comes_before_the_data),
	CASE(an_error_wakes_a_reader),
	CASE(a_second_reader),
	CASE(a_cancelled_reader_leaves_the_data),
	CASE(a_cancelled_readexactly_leaves_the_data),
	CASE(what_is_there_is_read_without_waiting),
	CASE(an_empty_piece_wakes_nobody),
};
TRACE_MAIN(cases)
