/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/report_json.h"

#include <jansson.h>
#include <string.h>

#include "load/hdr_log.h"
#include "load/option_values.h"
#include "load/search.h"
#include "sample.h"
#include "unit.h"

static struct load_result *result;

/* Reads the report of a run back, which must be one line. */
static json_t *
read_report(void)
{
	const struct load_result *results[] = { result };
	char *line = report_json_runs(results, 1);
	json_error_t error;
	json_t *object;

	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	object = json_loads(line, 0, &error);
	ck_assert_msg(object != NULL, "%s: %s", error.text, line);
	free(line);
	return object;
}

static json_t *
read_sample(const char *name)
{
	result = sample_new(name);
	ck_assert_ptr_nonnull(result);
	return read_report();
}

static void
end(json_t *object)
{
	json_decref(object);
	load_result_free(result);
}

static json_t *
run_of(json_t *object)
{
	return json_array_get(json_object_get(object, "runs"), 0);
}

START_TEST(it_names_its_schema_and_versions)
{
	json_t *object = read_sample("single");
	const char *schema, *program, *version, *own;

	ck_assert_int_eq(json_unpack(object, "{s:s,s:s,s:s,s:{s:s}}",
	    "schema", &schema, "program", &program, "version", &version,
	    "versions", "echo-load", &own), 0);
	ck_assert_str_eq(schema, "echo-load/1");
	ck_assert_str_eq(program, "echo-load");
	ck_assert_str_eq(version, PACKAGE_VERSION);
	ck_assert_str_eq(own, PACKAGE_VERSION);
	end(object);
}
END_TEST

START_TEST(every_counter_and_every_time_is_there)
{
	json_t *object = read_sample("full");
	json_t *counters = json_object_get(run_of(object), "counters");
	json_t *times = json_object_get(run_of(object), "times");

	for (size_t i = 0; i < COUNT_KINDS; i++)
		ck_assert_uint_eq((uint64_t)json_integer_value(json_object_get(
		    counters, statistics_counters[i].name)),
		    result->total->counters[i]);
	ck_assert_uint_eq(json_object_size(counters), COUNT_KINDS);
	for (size_t i = 0; i < TIME_KINDS; i++) {
		json_t *time = json_object_get(times,
		    statistics_times[i].name);

		ck_assert_uint_eq((uint64_t)json_integer_value(json_object_get(
		    time, "count")), result->total->times[i].count);
		ck_assert_int_eq(json_integer_value(json_object_get(time,
		    "max_ns")), result->total->times[i].most);
	}
	ck_assert_uint_eq(json_object_size(times), TIME_KINDS);
	end(object);
}
END_TEST

START_TEST(histograms_can_be_read_back)
{
	struct histogram *histogram = calloc(1, sizeof(*histogram));
	const struct histogram *written;
	json_t *object = read_sample("full");
	char error[256] = "";
	const char *text;

	ck_assert_ptr_nonnull(histogram);
	ck_assert_int_eq(json_unpack(run_of(object), "{s:{s:{s:s}}}", "times",
	    "response", "hdr", &text), 0);
	ck_assert_msg(hdr_log_decode(text, strlen(text), histogram, error,
	    sizeof(error)) == 0, "%s", error);
	written = &result->total->times[TIME_RESPONSE];
	ck_assert_uint_eq(histogram->count, written->count);
	ck_assert_mem_eq(histogram->buckets, written->buckets,
	    sizeof(written->buckets));
	free(histogram);
	end(object);
}
END_TEST

START_TEST(percentiles_are_those_of_the_histogram)
{
	json_t *object = read_sample("full");
	json_t *list, *entry;
	double percent;
	json_int_t value, above;
	size_t i;

	ck_assert_int_eq(json_unpack(run_of(object), "{s:{s:{s:o}}}", "times",
	    "lag", "percentiles", &list), 0);
	ck_assert_uint_eq(json_array_size(list), 8);
	json_array_foreach(list, i, entry) {
		const struct histogram *lag =
		    &result->total->times[TIME_LAG];

		ck_assert_int_eq(json_unpack(entry, "{s:F,s:I,s:I}", "percent",
		    &percent, "value_ns", &value, "samples_above", &above), 0);
		ck_assert_int_eq(value, histogram_percentile(lag, percent));
		ck_assert_uint_eq((uint64_t)above,
		    histogram_samples_above(lag, percent));
	}
	end(object);
}
END_TEST

START_TEST(seeds_keep_all_of_their_digits)
{
	json_t *object = read_sample("full");
	const char *seed, *option;

	ck_assert_int_eq(json_unpack(run_of(object), "{s:s,s:{s:s}}", "seed",
	    &seed, "options", "seed", &option), 0);
	ck_assert_str_eq(seed, "18446744073709551615");
	ck_assert_str_eq(option, "1234");
	end(object);
}
END_TEST

START_TEST(options_are_in_force_as_text_or_number)
{
	json_t *object = read_sample("full");
	const char *rate, *size, *slo, *mode;
	int tls;
	double duration;
	json_int_t connections;
	json_t *options, *none;

	ck_assert_int_eq(json_unpack(run_of(object), "{s:o,s:{s:s,s:s,s:s,"
	    "s:s,s:b,s:F,s:I,s:o}}", "options", &options, "options", "rate",
	    &rate, "size", &size, "slo", &slo, "mode", &mode, "tls", &tls,
	    "duration", &duration, "connections", &connections, "cert",
	    &none), 0);
	ck_assert_uint_eq(json_object_size(options), option_values_count);
	ck_assert_str_eq(rate, "2500");
	ck_assert_str_eq(size, "64:9,1k-16k");
	ck_assert_str_eq(slo, "p99<500ms,errors=0");
	ck_assert_str_eq(mode, "open");
	ck_assert_int_eq(tls, 1);
	ck_assert_double_eq(duration, 10);
	ck_assert_int_eq(connections, 50);
	ck_assert(json_is_null(none));
	end(object);
}
END_TEST

START_TEST(the_first_difference_and_errors_are_told)
{
	json_t *object = read_sample("full");
	const char *kind, *text;
	json_int_t connection, offset, expected;
	json_t *received;

	ck_assert_int_eq(json_unpack(run_of(object), "{s:{s:I,s:I,s:I,s:o},"
	    "s:[{s:s,s:s}]}", "difference", "connection", &connection,
	    "offset", &offset, "expected", &expected, "received", &received,
	    "errors", "kind", &kind, "text", &text), 0);
	ck_assert_int_eq(connection, 3);
	ck_assert_int_eq(offset, 4711);
	ck_assert_int_eq(expected, 0x41);
	ck_assert(json_is_null(received));
	ck_assert_str_eq(kind, "reset_errors");
	end(object);
}
END_TEST

START_TEST(verdict_and_objectives_are_told)
{
	json_t *object = read_sample("full");
	const char *kind, *objective;
	int valid, first, second;
	json_int_t status;

	ck_assert_int_eq(json_unpack(run_of(object), "{s:{s:b,s:[{s:s}]},"
	    "s:[{s:s,s:b},{s:b}],s:I}", "verdict", "valid", &valid, "reasons",
	    "kind", &kind, "objectives", "objective", &objective, "met",
	    &first, "met", &second, "exit_status", &status), 0);
	ck_assert_int_eq(valid, 0);
	ck_assert_str_eq(kind, "wrong");
	ck_assert_str_eq(objective, "p99<500ms");
	ck_assert_int_eq(first, 1);
	ck_assert_int_eq(second, 0);
	ck_assert_int_eq(status, LOAD_WRONG);
	end(object);
}
END_TEST

START_TEST(a_search_is_told_with_its_trials)
{
	struct load_search search = { .rate = 5000, .is_highest = true,
	    .count = 2, .trials = { { .rate = 5000, .met = true },
	    { .rate = 10000, .reason = "p99 was 7 ms" } } };
	json_t *object;
	double rate;
	json_t *first;
	const char *second;

	result = sample_new("single");
	ck_assert_ptr_nonnull(result);
	result->search = &search;
	object = read_report();
	ck_assert_int_eq(json_unpack(object, "{s:{s:F,s:[{s:o},{s:s}]}}",
	    "search", "rate", &rate, "trials", "reason", &first, "reason",
	    &second), 0);
	ck_assert_double_eq(rate, 5000);
	ck_assert(json_is_null(first));
	ck_assert_str_eq(second, "p99 was 7 ms");
	end(object);
}
END_TEST

START_TEST(without_a_run_there_is_no_summary)
{
	char *line = report_json_runs(NULL, 0);

	ck_assert_ptr_nonnull(strstr(line, "\"runs\": [], \"summary\": null"));
	free(line);
}
END_TEST

static unsigned until_failure;

static void *
failing_malloc(size_t size)
{
	return --until_failure == 0 ? NULL : malloc(size);
}

/* Some of the allocations, as there are thousands. */
START_TEST(without_memory_there_is_no_report)
{
	const struct load_result *results[1];
	char *whole, *line;
	unsigned n = 1;
	bool failed;

	results[0] = result = sample_new("empty");
	ck_assert_ptr_nonnull(result);
	whole = report_json_runs(results, 1);
	json_set_alloc_funcs(failing_malloc, free);
	do {
		until_failure = n;
		line = report_json_runs(results, 1);
		/* It has wrapped around then. */
		failed = until_failure == 0 || until_failure > n;
		/* A text is tried twice, as if it were no UTF-8. */
		if (line != NULL)
			ck_assert_str_eq(line, whole);
		ck_assert(failed || line != NULL);
		free(line);
		n += 1 + n / 8;
	} while (failed);
	ck_assert_uint_gt(n, 300);
	json_set_alloc_funcs(malloc, free);
	free(whole);
	load_result_free(result);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_names_its_schema_and_versions,
		every_counter_and_every_time_is_there,
		histograms_can_be_read_back,
		percentiles_are_those_of_the_histogram,
		seeds_keep_all_of_their_digits,
		options_are_in_force_as_text_or_number,
		the_first_difference_and_errors_are_told,
		verdict_and_objectives_are_told,
		a_search_is_told_with_its_trials,
		without_a_run_there_is_no_summary,
		without_memory_there_is_no_report,
	};

	return UNIT_RUN("report_json", tests);
}
