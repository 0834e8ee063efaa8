/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "feeding.h"

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

static const struct trace_case cases[] = {
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
};
TRACE_MAIN(cases)
