/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/suggest.h"

#include "unit.h"

#include <limits.h>
#include <string.h>

START_TEST(distances)
{
	ck_assert_uint_eq(suggest_distance("", ""), 0);
	ck_assert_uint_eq(suggest_distance("abc", ""), 3);
	ck_assert_uint_eq(suggest_distance("", "abc"), 3);
	ck_assert_uint_eq(suggest_distance("listen", "listen"), 0);
	ck_assert_uint_eq(suggest_distance("lisen", "listen"), 1);
	ck_assert_uint_eq(suggest_distance("listten", "listen"), 1);
	ck_assert_uint_eq(suggest_distance("lixten", "listen"), 1);
	ck_assert_uint_eq(suggest_distance("litsen", "listen"), 1);
	ck_assert_uint_eq(suggest_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(long_words)
{
	char word[200];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_uint_eq(suggest_distance(word, "a"), UINT_MAX);
	ck_assert_uint_eq(suggest_distance("a", word), UINT_MAX);
	word[63] = '\0';
	ck_assert_uint_eq(suggest_distance(word, word), 0);
}
END_TEST

START_TEST(suggestions)
{
	static const char *const names[] = { "listen", "backlog", "warning",
	    "cat", NULL };

	ck_assert_str_eq(suggest("lisen", names), "listen");
	ck_assert_str_eq(suggest("blacklog", names), "backlog");
	ck_assert_str_eq(suggest("warn", names), "warning");
	ck_assert_str_eq(suggest("ct", names), "cat");
	ck_assert_ptr_null(suggest("dog", names));
	ck_assert_ptr_null(suggest("", names));
	ck_assert_ptr_null(suggest("high_water", names));
}
END_TEST

START_TEST(choices)
{
	static const char *const names[] = { "error", "warning", NULL };
	char error[128];

	suggest_choice("wrning", names, error, sizeof(error));
	ck_assert_str_eq(error, "'wrning' is not one of error, warning; "
	    "did you mean 'warning'?");
	suggest_choice("x", names, error, sizeof(error));
	ck_assert_str_eq(error, "'x' is not one of error, warning");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { distances, long_words, suggestions,
	    choices };

	return UNIT_RUN("suggest", tests);
}
