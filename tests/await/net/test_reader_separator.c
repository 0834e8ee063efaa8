/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * readuntil: separators, limits, ends.
 */
#include <errno.h>
#include <string.h>

#include "net/reading.h"

/* readuntil a separator gives the text. */
static void
check_until(struct net_pair *pair, const char *separator, const char *text)
{
	const char *found;
	ssize_t n = aw_reader_readuntil(pair->reader, separator,
	    strlen(separator), &found);

	ck_assert_int_eq(n, strlen(text));
	ck_assert_mem_eq(found, text, strlen(text));
}

NET_TEST(readuntil_finds_a_separator_of_several_bytes)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "head: 1\r\nline\nend\r\n\r\nbody");
	check_until(&pair, "\r\n\r\n", "head: 1\r\nline\nend\r\n\r\n");
	check_rest(&pair, "body");
	net_pair_free(&pair);
}

NET_TEST(a_separator_may_come_in_pieces)
{
	struct net_pair pair;
	struct reading reading;
	aw_task *task;
	int i;

	net_unix_pair(&pair, NULL);
	task = start_readuntil(&reading, pair.reader, "ABC");
	for (i = 0; i < 8; i++) {
		ck_assert(!reading.ended);
		net_send(pair.peer, &"xABABABC"[i], 1);
		net_turns(3);
	}
	net_join(task);
	ck_assert_int_eq(reading.n, 8);
	ck_assert_str_eq(reading.text, "xABABABC");
	net_pair_free(&pair);
}

NET_TEST(a_separator_that_only_begins_is_data)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "a\r\r\nb\rc\r\n");
	check_until(&pair, "\r\n", "a\r\r\n");
	check_until(&pair, "\r\n", "b\rc\r\n");
	net_pair_free(&pair);
}

NET_TEST(a_separator_may_come_first)
{
	struct net_pair pair;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, ";;a");
	check_until(&pair, ";", ";");
	check_until(&pair, ";", ";");
	check_rest(&pair, "a");
	net_pair_free(&pair);
}

NET_TEST(a_separator_may_hold_zero_bytes)
{
	struct net_pair pair;
	const char *found;

	net_unix_pair(&pair, NULL);
	net_send(pair.peer, "ab\0c\0\0d", 7);
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, "\0\0", 2, &found),
	    6);
	ck_assert_mem_eq(found, "ab\0c\0\0", 6);
	net_pair_free(&pair);
}

NET_TEST(an_empty_separator_is_refused)
{
	struct net_pair pair;
	const char *found;

	net_unix_pair(&pair, NULL);
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, "", 0, &found),
	    -EINVAL);
	net_pair_free(&pair);
}

NET_TEST(readuntil_at_the_end_is_incomplete_with_the_part)
{
	struct net_pair pair;
	const char *found;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "part");
	shutdown(pair.peer, SHUT_WR);
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, ";", 1, &found),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair.reader), 4);
	ck_assert_mem_eq(found, "part", 4);
	ck_assert(aw_reader_at_eof(pair.reader));
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, ";", 1, &found),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(pair.reader), 0);
	net_pair_free(&pair);
}

NET_TEST(a_limit_overrun_leaves_the_data)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;
	const char *found;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "1234567");
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, ";", 1, &found),
	    AW_ELIMIT);
	net_send_text(pair.peer, "8;9");
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, ";", 1, &found),
	    AW_ELIMIT);
	check_rest(&pair, "12345678;9");
	net_pair_free(&pair);
}

NET_TEST(a_separator_beyond_the_limit_is_an_overrun_too)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;
	const char *found;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "123456;");
	ck_assert_int_eq(aw_reader_readuntil(pair.reader, ";", 1, &found),
	    AW_ELIMIT);
	check_rest(&pair, "123456;");
	net_pair_free(&pair);
}

NET_TEST(the_separator_itself_does_not_count_for_the_limit)
{
	aw_connection_options options = { .limit = 5 };
	struct net_pair pair;

	net_unix_pair(&pair, &options);
	net_send_text(pair.peer, "12345<end>");
	check_until(&pair, "<end>", "12345<end>");
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		readuntil_finds_a_separator_of_several_bytes,
		a_separator_may_come_in_pieces,
		a_separator_that_only_begins_is_data,
		a_separator_may_come_first,
		a_separator_may_hold_zero_bytes,
		an_empty_separator_is_refused,
		readuntil_at_the_end_is_incomplete_with_the_part,
		a_limit_overrun_leaves_the_data,
		a_separator_beyond_the_limit_is_an_overrun_too,
		the_separator_itself_does_not_count_for_the_limit,
	};

	return NET_MAIN("reader_separator", tests);
}
