/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>

#include "feeding.h"

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
	CASE(an_error_comes_before_the_data),
	CASE(an_error_wakes_a_reader),
	CASE(a_second_reader),
	CASE(a_cancelled_reader_leaves_the_data),
	CASE(a_cancelled_readexactly_leaves_the_data),
	CASE(what_is_there_is_read_without_waiting),
	CASE(an_empty_piece_wakes_nobody),
};
TRACE_MAIN(cases)
