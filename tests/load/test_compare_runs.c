/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/compare_runs.h"

#include <string.h>

#include "load/alike.h"
#include "load/results.h"
#include "unit.h"

#define RUNS 6

static struct load_options options;
static struct report_run made[2 * RUNS];
static const struct report_run *runs[2 * RUNS];
static struct compare_row rows[COMPARE_FIGURES];

/*
 * Makes count runs of each group.  Rates vary by some per cent, and those of b
 * are so many times as high; so are the response times.
 */
static void
make_runs(size_t count, double rate, double time)
{
	options = results_options(MODE_CLOSED);
	for (size_t i = 0; i < 2 * count; i++) {
		bool is_b = i >= count;
		double noise = 1 + 0.01 * (double)(i * 7 % 5) +
		    0.001 * (double)i;
		uint64_t messages = (uint64_t)(20000 * noise *
		    (is_b ? rate : 1));
		struct load_result *result = results_new(&options, 0);

		result->total->counters[COUNT_RECEIVED] = messages;
		results_add(result, TIME_RESPONSE, (int64_t)(1e6 * noise *
		    (is_b ? time : 1)), 2000);
		made[i] = (struct report_run){ .result = result };
		runs[i] = &made[i];
	}
}

static void
free_runs(size_t count)
{
	for (size_t i = 0; i < 2 * count; i++)
		load_result_free(made[i].result);
}

/* Compares them, and expects a word for the rate and for the median. */
static void
assert_words(size_t count, enum compare_word rate, enum compare_word p50)
{
	const struct compare_group a = { runs, count };
	const struct compare_group b = { runs + count, count };

	ck_assert_int_eq(compare_runs(&a, &b, 0.95, rows), 0);
	ck_assert_int_eq(rows[0].word, rate);
	ck_assert_int_eq(rows[1].word, p50);
	free_runs(count);
}

START_TEST(faster_is_told_from_slower)
{
	make_runs(RUNS, 1.2, 0.8);
	assert_words(RUNS, COMPARE_BETTER, COMPARE_BETTER);
	ck_assert_str_eq(rows[0].text, "faster");
	ck_assert_str_eq(rows[1].text, "faster");
	ck_assert_double_eq_tol(rows[0].difference.ratio, 1.2, 0.02);
	ck_assert_double_eq_tol(rows[1].difference.ratio, 0.8, 0.02);
	make_runs(RUNS, 0.8, 1.2);
	assert_words(RUNS, COMPARE_WORSE, COMPARE_WORSE);
	ck_assert_str_eq(rows[0].text, "slower");
	ck_assert_str_eq(rows[1].text, "slower");
}
END_TEST

START_TEST(what_is_less_than_the_noise_is_none)
{
	make_runs(RUNS, 1.005, 0.995);
	assert_words(RUNS, COMPARE_SAME, COMPARE_SAME);
	ck_assert_str_eq(rows[0].text, "no difference shown");
	ck_assert_double_lt(rows[0].difference.lowest, 1);
	ck_assert_double_gt(rows[0].difference.highest, 1);
}
END_TEST

START_TEST(three_runs_show_nothing)
{
	make_runs(3, 2, 0.5);
	assert_words(3, COMPARE_FEW, COMPARE_FEW);
}
END_TEST

/* 2,000 samples are enough for p99, and not for p99.9. */
START_TEST(percentiles_need_samples)
{
	make_runs(RUNS, 1, 1);
	assert_words(RUNS, COMPARE_SAME, COMPARE_SAME);
	ck_assert_int_eq(rows[2].word, COMPARE_SAME);
	ck_assert_str_eq(rows[3].name, "p99.9");
	ck_assert_int_eq(rows[3].word, COMPARE_NONE);
}
END_TEST

/* The generator's time is the same: less of it an echo if there are more. */
START_TEST(processor_time_is_told)
{
	make_runs(RUNS, 1.5, 1);
	assert_words(RUNS, COMPARE_BETTER, COMPARE_SAME);
	ck_assert_str_eq(rows[4].text, "less");
	ck_assert_double_eq_tol(rows[4].difference.ratio, 1 / 1.5, 0.02);
}
END_TEST

START_TEST(a_table_is_printed)
{
	const struct compare_group a = { runs, RUNS };
	const struct compare_group b = { runs + RUNS, RUNS };
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	make_runs(RUNS, 1.2, 1);
	ck_assert_int_eq(compare_runs(&a, &b, 0.95, rows), 0);
	compare_print(file, rows, 0.95);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text, "in 95 % of cases"));
	ck_assert_ptr_nonnull(strstr(text, "\nrate a second "));
	ck_assert_ptr_nonnull(strstr(text, " faster\n"));
	ck_assert_ptr_nonnull(strstr(text, "\np50 "));
	ck_assert_ptr_nonnull(strstr(text, " no difference shown\n"));
	ck_assert_ptr_nonnull(strstr(text, "too few samples"));
	for (char *line = strtok(text, "\n"); line != NULL;
	    line = strtok(NULL, "\n"))
		ck_assert_msg(strlen(line) < 80, "%s", line);
	free(text);
	free_runs(RUNS);
}
END_TEST

static json_t *
values(const char *text)
{
	json_t *object = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(object);
	return object;
}

static int
check(enum alike_purpose purpose, const char *a, const char *b,
    int64_t found)
{
	static char error[256];
	struct report_run one = { .option_values = values(a) };
	struct report_run other = { .option_values = values(b) };
	int err;

	one.options.find_max.count = (size_t)found;
	other.options.find_max.count = (size_t)found;
	err = alike_check(purpose, &one, &other, error, sizeof(error));
	json_decref(one.option_values);
	json_decref(other.option_values);
	return err;
}

/* Servers may differ where they are compared, and shares in a whole. */
START_TEST(what_may_differ_is_free)
{
	static const char a[] = "{\"address\": \"a:1\", \"depth\": 1}";
	static const char b[] = "{\"address\": \"b:1\", \"depth\": 1}";
	static const char c[] = "{\"address\": \"a:1\", \"depth\": 2}";
	static const char rate[] = "{\"rate\": \"1k\"}";
	static const char other[] = "{\"rate\": \"2k\"}";

	ck_assert_int_eq(check(ALIKE_TO_COMPARE, a, b, 0), 0);
	ck_assert_int_lt(check(ALIKE_TO_MERGE, a, b, 0), 0);
	ck_assert_int_lt(check(ALIKE_TO_COMPARE, a, c, 0), 0);
	ck_assert_int_lt(check(ALIKE_TO_MERGE, a, c, 0), 0);
	ck_assert_int_eq(check(ALIKE_TO_MERGE, rate, other, 0), 0);
	ck_assert_int_lt(check(ALIKE_TO_COMPARE, rate, other, 0), 0);
	/* A rate that was found is what is compared. */
	ck_assert_int_eq(check(ALIKE_TO_COMPARE, rate, other, 1), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		faster_is_told_from_slower,
		what_is_less_than_the_noise_is_none,
		three_runs_show_nothing,
		percentiles_need_samples,
		processor_time_is_told,
		a_table_is_printed,
		what_may_differ_is_free,
	};

	return UNIT_RUN("compare_runs", tests);
}
