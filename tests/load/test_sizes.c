/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/sizes.h"

#include <errno.h>
#include <string.h>

#include "refusals.h"
#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define DRAWS 20000

static struct sizes sizes;
static struct random generator;
static char error[256], text[SIZES_TEXT_SIZE];

static void
parse(const char *words)
{
	int err = sizes_parse(words, &sizes, error, sizeof(error));

	ck_assert_msg(err == 0, "'%s': %s", words, error);
	random_init(&generator, 1, 0);
}

START_TEST(one_size_is_always_drawn)
{
	parse("64");
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(sizes_draw(&sizes, &generator), 64);
	ck_assert_double_eq(sizes_mean(&sizes), 64);
	ck_assert_uint_eq(sizes_greatest(&sizes), 64);
}
END_TEST

START_TEST(each_size_of_a_range_is_drawn_as_often)
{
	unsigned counts[5] = { 0 };
	uint64_t size;

	parse("3-7");
	for (int i = 0; i < DRAWS; i++) {
		size = sizes_draw(&sizes, &generator);
		if (size < 3 || size > 7)
			ck_abort_msg("%llu", (unsigned long long)size);
		counts[size - 3]++;
	}
	for (int i = 0; i < 5; i++)
		ck_assert_double_eq_tol(counts[i] / (DRAWS / 5.0), 1, 0.07);
	ck_assert_double_eq(sizes_mean(&sizes), 5);
	ck_assert_uint_eq(sizes_greatest(&sizes), 7);
}
END_TEST

START_TEST(weights_say_how_often)
{
	unsigned small = 0;
	double sum = 0;
	uint64_t size;

	parse("64:9,1k-16k:1");
	for (int i = 0; i < DRAWS; i++) {
		size = sizes_draw(&sizes, &generator);
		if (size != 64 && (size < 1024 || size > 16384))
			ck_abort_msg("%llu", (unsigned long long)size);
		small += size == 64;
		sum += (double)size;
	}
	ck_assert_double_eq_tol(small / (double)DRAWS, 0.9, 0.01);
	ck_assert_double_eq(sizes_mean(&sizes), 928);
	ck_assert_double_eq_tol(sum / DRAWS / sizes_mean(&sizes), 1, 0.05);
	ck_assert_uint_eq(sizes_greatest(&sizes), 16384);
}
END_TEST

START_TEST(errors_say_what_was_expected)
{
	static const struct refusal bad[] = {
		{ "", "'' is not a size; expected bytes, or a number with k, M "
		    "or G, such as 64k", -EINVAL },
		{ "64,", "'' is not a size", -EINVAL },
		{ "0", "0 is out of range; expected 1 to 64M", -ERANGE },
		{ "65M", "65M is out of range; expected 1 to 64M", -ERANGE },
		{ "1k-64", "64 is out of range; expected 1k to 64M", -ERANGE },
		{ "64-", "'' is not a size", -EINVAL },
		{ "64:", "'' is not a whole number; expected 1 to 1000000",
		    -EINVAL },
		{ "64:0", "0 is out of range; expected 1 to 1000000",
		    -ERANGE },
		{ "64:1:2", "'1:2' is not a whole number", -EINVAL },
		{ "1-2-3", "'2-3' is not a size", -EINVAL },
	};
	int err;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		parse("77");
		err = sizes_parse(bad[i].text, &sizes, error, sizeof(error));
		refusal_check(&bad[i], err, error);
		ck_assert_uint_eq(sizes_greatest(&sizes), 77);
	}
}
END_TEST

START_TEST(there_are_bounds)
{
	char words[SIZES_TEXT_SIZE] = "1";

	for (int i = 1; i < SIZES_MOST; i++)
		strcat(words, ",1");
	parse(words);
	strcat(words, ",1");
	ck_assert_int_eq(sizes_parse(words, &sizes, error, sizeof(error)),
	    -ERANGE);
	ck_assert_str_eq(error,
	    "these are too many sizes; expected at most 16");
	memset(words, '1', sizeof(words) - 1);
	ck_assert_int_eq(sizes_parse(words, &sizes, error, sizeof(error)),
	    -ERANGE);
	ck_assert_str_eq(error,
	    "this is too long; expected at most 511 characters");
}
END_TEST

START_TEST(texts_are_read_back)
{
	static const char *const same[] = { "64", "64-1k", "64:9,1k-16k",
	    "1-3:1000000,1000:2,64M" };
	char short_text[6];

	for (size_t i = 0; i < LENGTH(same); i++) {
		parse(same[i]);
		ck_assert_str_eq(sizes_text(&sizes, text, sizeof(text)),
		    same[i]);
	}
	parse("1024:1,5-5");
	ck_assert_str_eq(sizes_text(&sizes, text, sizeof(text)), "1k,5");
	parse("100,200");
	ck_assert_str_eq(sizes_text(&sizes, short_text, sizeof(short_text)),
	    "100,2");
}
END_TEST

START_TEST(an_option_stores_it)
{
	ck_assert_int_eq(sizes_store(NULL, "2k", &sizes, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(sizes_greatest(&sizes), 2048);
	ck_assert_int_eq(sizes_store(NULL, "x", &sizes, error,
	    sizeof(error)), -EINVAL);
}
END_TEST

START_TEST(no_sizes_have_no_mean)
{
	struct sizes none = { .count = 0 };

	ck_assert_double_eq(sizes_mean(&none), 0);
	ck_assert_uint_eq(sizes_greatest(&none), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		one_size_is_always_drawn,
		each_size_of_a_range_is_drawn_as_often,
		weights_say_how_often,
		errors_say_what_was_expected,
		there_are_bounds,
		texts_are_read_back,
		an_option_stores_it,
		no_sizes_have_no_mean,
	};

	return UNIT_RUN("sizes", tests);
}
