/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* What a browser makes of it is another test's; see test_report_page.py. */
#include "load/report_html.h"

#include <errno.h>
#include <string.h>

#include "await/fail.h"
#include "load/search.h"
#include "sample.h"
#include "unit.h"

#define RUNS_MOST 3

static char *text;
static size_t size;

static void
write_results(struct load_result *const *results, size_t count)
{
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(report_html_runs(file,
	    (const struct load_result *const *)results, count), 0);
	fclose(file);
}

static void
write_runs(const char *name, size_t count)
{
	struct load_result *results[RUNS_MOST] = { NULL };

	for (size_t i = 0; i < count; i++) {
		results[i] = sample_new_run(name, (int64_t)i + 1,
		    1 + 0.5 * (double)i);
		ck_assert_ptr_nonnull(results[i]);
	}
	write_results(results, count);
	for (size_t i = 0; i < count; i++)
		load_result_free(results[i]);
}

static unsigned
occurrences(const char *part)
{
	unsigned count = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

static void
must_have(const char *part)
{
	ck_assert_msg(occurrences(part) > 0, "no \"%s\"", part);
}

START_TEST(it_is_a_page_with_each_picture_in_two_widths)
{
	static const char *const samples[] = { "full", "handshakes", "empty",
	    "single", "hostile" };

	for (size_t i = 0; i < 5; i++) {
		write_runs(samples[i], 1);
		ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>", 15), 0);
		ck_assert_str_eq(text + size - 8, "</html>\n");
		ck_assert_uint_eq(occurrences("<svg class=\"wide\""), 4);
		ck_assert_uint_eq(occurrences("<svg class=\"narrow\""), 4);
		ck_assert_uint_eq(occurrences("</svg>"), 8);
		/* No place in a picture is without a number. */
		ck_assert_uint_eq(occurrences("nan"), 0);
		ck_assert_uint_eq(occurrences("\"inf"), 0);
		free(text);
	}
}
END_TEST

START_TEST(it_tells_verdict_objectives_and_errors)
{
	write_runs("full", 1);
	must_have("<p class=\"verdict bad\">SUSPECT</p>");
	must_have("<li>1 echo was wrong</li>");
	must_have("<strong class=\"good\">met</strong>");
	must_have("<strong class=\"bad\">missed</strong>");
	must_have("expected 0x41, received nothing");
	must_have("18446744073709551615");
	must_have("TLS_AES_256_GCM_SHA384");
	must_have("64:9,1k-16k");
	free(text);
	write_runs("single", 1);
	must_have("<p class=\"verdict good\">VALID</p>");
	ck_assert_uint_eq(occurrences("<h2>Errors"), 0);
	ck_assert_uint_eq(occurrences("<h2>Objectives"), 0);
	free(text);
}
END_TEST

START_TEST(texts_of_others_are_escaped)
{
	write_runs("hostile", 1);
	ck_assert_uint_eq(occurrences("<script"), 0);
	ck_assert_uint_eq(occurrences("<img"), 0);
	ck_assert_uint_eq(occurrences("</style>"), 1);
	must_have("unix:/&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;"
	    "&#39;?");
	for (size_t i = 0; i < size; i++)
		ck_assert((unsigned char)text[i] >= ' ' || text[i] == '\n');
	free(text);
}
END_TEST

START_TEST(of_several_runs_all_are_listed)
{
	write_runs("full", 3);
	must_have("<h2>All 3 runs</h2>");
	must_have("3, best</th>");
	must_have("2, median</th>");
	must_have("1, worst</th>");
	/* The page is of the median. */
	must_have("5.33 s measured");
	free(text);
	write_runs("full", 0);
	ck_assert_uint_eq(size, 0);
	free(text);
}
END_TEST

START_TEST(a_search_is_listed_with_its_trials)
{
	struct load_search search = { .rate = 5000, .count = 2, .trials = {
	    { .rate = 5000, .achieved = 4990, .met = true },
	    { .rate = 10000, .reason = "p99 was <7 ms>" } } };
	struct load_result *result = sample_new("single");

	ck_assert_ptr_nonnull(result);
	result->search = &search;
	write_results(&result, 1);
	must_have("<h2>Search for the highest rate</h2>");
	must_have("4,990");
	must_have("missed: p99 was &lt;7 ms&gt;");
	load_result_free(result);
	free(text);
}
END_TEST

START_TEST(without_memory_there_is_no_page)
{
	struct load_result *result = sample_new("single");
	FILE *file = open_memstream(&text, &size);
	int err;

	ck_assert_ptr_nonnull(result);
	fail_at(1, false);
	err = report_html_runs(file, (const struct load_result *const *)
	    &result, 1);
	ck_assert(fail_stop());
	ck_assert_int_eq(err, -ENOMEM);
	fclose(file);
	free(text);
	load_result_free(result);
}
END_TEST

/* A run ends a little after its last interval; that is no fall of the rate. */
START_TEST(what_is_left_of_an_interval_has_no_rate)
{
	struct load_result *result = sample_new_run("full", 1, 1);
	struct series *series = &result->series;
	const struct series_entry *last = &series->entries[series->count - 1];
	double end = last->start + last->seconds;
	unsigned points;

	write_results(&result, 1);
	points = occurrences("L");
	free(text);
	series->entries[series->count++] = (struct series_entry){
		.start = end,
		.seconds = result->options->interval / 1000,
	};
	write_results(&result, 1);
	/* What was due goes on, in both widths; the table has a row more. */
	ck_assert_uint_le(occurrences("L"), points + 2);
	free(text);
	load_result_free(result);
}
END_TEST

START_TEST(handshakes_are_told_of_as_such)
{
	write_runs("handshakes", 1);
	must_have("Handshakes a second");
	must_have("Median handshake");
	must_have(">resumed</text>");
	/* The rate's name is written at its curve, in both widths. */
	ck_assert_uint_eq(occurrences(">handshakes</text>"), 2);
	must_have("<th>handshakes/s</th>");
	ck_assert_uint_eq(occurrences(">echoes</text>"), 0);
	free(text);
}
END_TEST

START_TEST(connecting_is_a_part_of_churn)
{
	struct load_options churn = { .mode = MODE_CHURN, .interval = 1 };
	struct load_result *result = sample_new("single");

	ck_assert_ptr_nonnull(result);
	result->options = &churn;
	write_results(&result, 1);
	ck_assert_uint_eq(occurrences(">connect</text>"), 2);
	ck_assert_uint_eq(occurrences(">lag</text>"), 0);
	load_result_free(result);
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_is_a_page_with_each_picture_in_two_widths,
		it_tells_verdict_objectives_and_errors,
		texts_of_others_are_escaped,
		of_several_runs_all_are_listed,
		a_search_is_listed_with_its_trials,
		without_memory_there_is_no_page,
		what_is_left_of_an_interval_has_no_rate,
		handshakes_are_told_of_as_such,
		connecting_is_a_part_of_churn,
	};

	return UNIT_RUN("report_html", tests);
}
