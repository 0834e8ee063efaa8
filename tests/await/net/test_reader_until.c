/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reading until one of several separators.
 */
#include <errno.h>
#include <string.h>

#include "net/reading.h"

#define SEPARATOR(text) { (char []){ text }, sizeof(text) - 1 }

static aw_reader *
fed(size_t limit, const char *text)
{
	aw_reader *reader = new_reader(limit);

	feed(reader, text);
	return reader;
}

static void
check(aw_reader *reader, const struct iovec *separators, size_t count,
    const char *expected)
{
	const char *data;
	ssize_t n;

	n = aw_reader_readuntil_any(reader, separators, count, &data);
	ck_assert_int_eq(n, strlen(expected));
	ck_assert_mem_eq(data, expected, (size_t)n);
}

NET_TEST(the_one_that_ends_first_counts)
{
	const struct iovec separators[] = {
		SEPARATOR("\r\n"), SEPARATOR("\n"), SEPARATOR(";"),
	};
	aw_reader *reader = fed(0, "one;two\r\nthree\nfour;");

	check(reader, separators, 3, "one;");
	check(reader, separators, 3, "two\r\n");
	check(reader, separators, 3, "three\n");
	check(reader, separators, 3, "four;");
	aw_reader_free(reader);
}

NET_TEST(a_shorter_one_within_a_longer_one_ends_first)
{
	const struct iovec separators[] = {
		SEPARATOR("longer"), SEPARATOR("on"), SEPARATOR("ger"),
	};
	aw_reader *reader = fed(0, "longer");

	check(reader, separators, 3, "lon");
	check(reader, separators, 3, "ger");
	aw_reader_free(reader);
}

NET_TEST(of_those_that_end_together_the_longest_counts_for_the_limit)
{
	const struct iovec longest_last[] = {
		SEPARATOR("c"), SEPARATOR("bc"), SEPARATOR("abc"),
	};
	const struct iovec longest_first[] = {
		SEPARATOR("abc"), SEPARATOR("bc"), SEPARATOR("c"),
	};
	const struct iovec shortest = SEPARATOR("c");
	const char *data;
	aw_reader *reader = fed(1, "xabcyabczabc");

	check(reader, longest_last, 3, "xabc");
	check(reader, longest_first, 3, "yabc");
	ck_assert_int_eq(aw_reader_readuntil_any(reader, &shortest, 1, &data),
	    AW_ELIMIT);
	aw_reader_free(reader);
}

struct search {
	struct net_pair pair;
	const struct iovec *separators;
	size_t count;
	char found[32];
	ssize_t n;
	bool ended;
};

static int
run_search(void *arg)
{
	struct search *search = arg;
	const char *data;

	search->n = aw_reader_readuntil_any(search->pair.reader,
	    search->separators, search->count, &data);
	if (search->n > 0)
		memcpy(search->found, data, (size_t)search->n);
	search->ended = true;
	return 0;
}

NET_TEST(separators_may_come_in_pieces)
{
	const struct iovec separators[] = {
		SEPARATOR("<end>"), SEPARATOR("##"),
	};
	const char *const pieces[] = { "a#<", "en", "#", "d>", "x#", "#" };
	struct search search = { .separators = separators, .count = 2 };
	aw_task *task;
	size_t i;

	net_unix_pair(&search.pair, NULL);
	task = net_spawn(run_search, &search);
	for (i = 0; i < 6; i++) {
		ck_assert(!search.ended);
		net_send_text(search.pair.peer, pieces[i]);
		net_turns(3);
	}
	net_join(task);
	ck_assert_int_eq(search.n, 11);
	ck_assert_mem_eq(search.found, "a#<en#d>x##", 11);
	net_pair_free(&search.pair);
}

NET_TEST(at_the_end_it_is_incomplete)
{
	const struct iovec separators[] = { SEPARATOR("ab"), SEPARATOR("cd") };
	aw_reader *reader = fed(0, "rest");
	const char *data;

	aw_reader_feed_eof(reader);
	ck_assert_int_eq(aw_reader_readuntil_any(reader, separators, 2, &data),
	    AW_EINCOMPLETE);
	ck_assert_uint_eq(aw_reader_partial(reader), 4);
	ck_assert_mem_eq(data, "rest", 4);
	ck_assert(aw_reader_at_eof(reader));
	aw_reader_free(reader);
}

NET_TEST(a_limit_overrun_leaves_the_data)
{
	const struct iovec separators[] = { SEPARATOR("AAA"), SEPARATOR("BB") };
	aw_reader *reader = fed(4, "some data");
	const char *data;

	ck_assert_int_eq(aw_reader_readuntil_any(reader, separators, 2, &data),
	    AW_ELIMIT);
	ck_assert_int_eq(aw_reader_feed_data(reader, "BB", 2), 0);
	/* It is there, but too late. */
	ck_assert_int_eq(aw_reader_readuntil_any(reader, separators, 2, &data),
	    AW_ELIMIT);
	ck_assert_int_eq(aw_reader_readuntil(reader, "e", 1, &data), 4);
	ck_assert_mem_eq(data, "some", 4);
	aw_reader_free(reader);
}

NET_TEST(what_is_no_separator_is_refused)
{
	const struct iovec empty[] = { SEPARATOR("x"), SEPARATOR("") };
	aw_reader *reader = fed(0, "x");
	const char *data;

	ck_assert_int_eq(aw_reader_readuntil_any(reader, empty, 2, &data),
	    -EINVAL);
	ck_assert_int_eq(aw_reader_readuntil_any(reader, empty, 0, &data),
	    -EINVAL);
	ck_assert_int_eq(aw_reader_readuntil_any(reader, empty, 1, &data), 1);
	aw_reader_free(reader);
}

NET_TEST(a_separator_before_the_longest_could_fit_is_found)
{
	const struct iovec separators[] = {
		SEPARATOR("a very long separator"), SEPARATOR("!"),
	};
	aw_reader *reader = fed(0, "");

	ck_assert_int_eq(aw_reader_feed_data(reader, "hi!", 3), 0);
	check(reader, separators, 2, "hi!");
	aw_reader_free(reader);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_one_that_ends_first_counts,
		a_shorter_one_within_a_longer_one_ends_first,
		of_those_that_end_together_the_longest_counts_for_the_limit,
		separators_may_come_in_pieces,
		at_the_end_it_is_incomplete,
		a_limit_overrun_leaves_the_data,
		what_is_no_separator_is_refused,
		a_separator_before_the_longest_could_fit_is_found,
	};

	return NET_MAIN("reader_until", tests);
}
