/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/report_read.h"

#include <errno.h>
#include <sys/stat.h>

#include "await/fail.h"
#include "load/report_texts.h"
#include "unit.h"

static char error[1024];

/* A result with something in each of its parts. */
static struct load_result *
rich_result(struct load_options *options)
{
	struct load_result *result;

	*options = results_options(MODE_OPEN);
	rate_plan_set(&options->rate, 200);
	options->warm_up = 1;
	options->slo.count = 0;
	ck_assert_int_eq(objective_list_parse("p99<2ms,errors<1%",
	    &options->slo, error, sizeof(error)), 0);
	options->tls.enabled = true;
	options->tls.insecure = true;
	options->tls.alpn = "echo";
	options->sources = "127.0.0.2-127.0.0.9";
	options->seed = UINT64_MAX;
	options->seed_given = true;
	options->json_file = "/nowhere/r.json";
	result = results_new(options, 2000);
	result->run = 1;
	strcpy(result->peer, "127.0.0.1:7007");
	result->encrypted = true;
	strcpy(result->tls.version, "TLSv1.3");
	strcpy(result->tls.alpn, "echo");
	result->started = 1795327937.123456;
	result->measured_from = 1;
	result->memory = 12345678;
	results_add(result, TIME_CONNECT, 123456, 10);
	results_add(result, TIME_RESPONSE, HISTOGRAM_HIGHEST * 2, 1);
	result->series.count = 2;
	result->series.joined = 1;
	result->series.entries[0] = (struct series_entry){ .seconds = 1,
	    .sent = 3, .opened = 8, .handshakes = 7, .p50 = 17, .lag_p99 = 4 };
	result->series.entries[1] = (struct series_entry){ .start = 1,
	    .seconds = 1, .connections = 9, .most = 99 };
	result->error_kinds = 1;
	result->errors[0] = (struct load_error){ .kind = COUNT_RESET_ERRORS,
	    .count = 2, .connection = 7, .seconds = 1.5, .text = "reset" };
	result->difference = (struct load_difference){ .found = true,
	    .connection = 1, .message = 2, .offset = 300, .within = 4,
	    .expected = -1, .received = 255, .text = "one too many" };
	result->status = LOAD_WRONG;
	return result;
}

static void
assert_same_histogram(const struct histogram *a, const struct histogram *b)
{
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_int_eq(a->least, b->least);
	ck_assert_int_eq(a->most, b->most);
	ck_assert_double_eq_tol(a->sum, b->sum, 1 + 1e-9 * b->sum);
	ck_assert_uint_eq(a->beyond, b->beyond);
	ck_assert_int_eq(memcmp(a->buckets, b->buckets, sizeof(a->buckets)),
	    0);
}

static void
assert_same_statistics(const struct statistics *a, const struct statistics *b)
{
	for (int i = 0; i < COUNT_KINDS; i++)
		ck_assert_uint_eq(a->counters[i], b->counters[i]);
	for (int i = 0; i < TIME_KINDS; i++)
		assert_same_histogram(&a->times[i], &b->times[i]);
}

START_TEST(what_was_written_is_read)
{
	struct load_options options;
	struct load_result *result = rich_result(&options);
	const struct load_result *read;
	struct report_file *file;

	folder_make();
	report_texts_write("r.json", &result, 1);
	file = report_texts_open("r.json");
	ck_assert_uint_eq(file->count, 1);
	ck_assert_str_eq(file->name, "r.json");
	read = file->runs[0].result;
	assert_same_statistics(read->total, result->total);
	ck_assert_uint_eq(read->seed, UINT64_MAX);
	ck_assert_double_eq_tol(read->started, result->started, 1e-5);
	ck_assert_double_eq(read->measured_from, 1);
	ck_assert_double_eq(read->under_way, result->under_way);
	ck_assert_uint_eq(read->memory, 12345678);
	ck_assert_str_eq(read->peer, result->peer);
	ck_assert(read->encrypted);
	ck_assert_str_eq(read->tls.version, "TLSv1.3");
	ck_assert_double_eq(read->echoes_squares, result->echoes_squares);
	ck_assert_double_eq(read->verdict.cpu_share, 0.1);
	ck_assert_int_eq(read->status, LOAD_WRONG);
	ck_assert_uint_eq(read->series.count, 2);
	ck_assert_mem_eq(read->series.entries, result->series.entries,
	    2 * sizeof(struct series_entry));
	ck_assert_uint_eq(read->error_kinds, 1);
	ck_assert_int_eq(read->errors[0].kind, COUNT_RESET_ERRORS);
	ck_assert_str_eq(read->errors[0].text, "reset");
	ck_assert(read->difference.found);
	ck_assert_int_eq(read->difference.expected, -1);
	ck_assert_int_eq(read->difference.received, 255);
	ck_assert_uint_eq(read->difference.offset, 300);
	report_file_free(file);
	load_result_free(result);
	folder_remove();
}
END_TEST

START_TEST(options_are_those_of_the_command_line)
{
	struct load_options options;
	struct load_result *result = rich_result(&options);
	const struct load_options *read;
	struct report_file *file;

	folder_make();
	report_texts_write("r.json", &result, 1);
	load_result_free(result);
	file = report_texts_open("r.json");
	read = &file->runs[0].options;
	ck_assert_ptr_eq(file->runs[0].result->options, read);
	ck_assert_str_eq(read->text, "127.0.0.1:7007");
	ck_assert_int_eq(read->address.port, 7007);
	ck_assert_int_eq(read->mode, MODE_OPEN);
	ck_assert_int_eq(read->connections, RESULTS_CONNECTIONS);
	ck_assert_double_eq(rate_plan_highest(&read->rate), 200);
	ck_assert_double_eq(read->duration, 10);
	ck_assert_double_eq(read->warm_up, 1);
	ck_assert_uint_eq(read->slo.count, 2);
	ck_assert_str_eq(read->slo.items[1].text, "errors<1%");
	ck_assert(read->tls.enabled);
	ck_assert(read->tls.insecure);
	ck_assert_str_eq(read->tls.alpn, "echo");
	ck_assert_str_eq(read->sources, "127.0.0.2-127.0.0.9");
	ck_assert(read->verify);
	/* What the run wrote is nobody's business now. */
	ck_assert_ptr_null(read->json_file);
	report_file_free(file);
	folder_remove();
}
END_TEST

START_TEST(several_runs_are_read)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct load_result *results[3];
	struct report_file *file;

	options.runs = 3;
	options.verify = false;
	options.duration = 0;
	options.count = 2000;
	folder_make();
	for (int i = 0; i < 3; i++) {
		results[i] = results_new(&options, 2000);
		results[i]->seed += (uint64_t)i;
		results[i]->run = i + 1;
	}
	report_texts_write("r.json", results, 3);
	file = report_texts_open("r.json");
	ck_assert_uint_eq(file->count, 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(file->runs[i].result->seed, i + 1);
		ck_assert(!file->runs[i].options.verify);
		load_result_free(results[i]);
	}
	report_file_free(file);
	folder_remove();
}
END_TEST

static void
assert_refused(const char *expected)
{
	struct report_file *file;

	error[0] = '\0';
	ck_assert_int_eq(report_read("r.json", &file, error, sizeof(error)),
	    -EINVAL);
	ck_assert_msg(strstr(error, expected) != NULL, "'%s' lacks '%s'",
	    error, expected);
	ck_assert_ptr_nonnull(strstr(error, "r.json: "));
}

/* What is replaced by what, and what is said then. */
static const struct {
	const char *words;
	const char *others;
	const char *expected;
} damages[] = {
	{ "{", "[", "line 1: expected a report" },
	{ "\"echo-load/1\"", "\"echo-load/2\"",
	    "r.json: schema: expected \"echo-load/1\"" },
	{ "\"runs\":", "\"walks\":", "runs: expected an array" },
	{ "\"counters\":", "\"c\":", "runs[0].counters: expected an object" },
	{ "\"messages_sent\": 2000", "\"messages_sent\": -1",
	    "runs[0].counters.messages_sent: expected a whole number that is "
	    "not negative" },
	{ "\"measured\": 10.0", "\"measured\": \"long\"",
	    "runs[0].measured: expected a number" },
	{ "\"measured\": 10.0", "\"measured\": -10",
	    "runs[0].measured: expected a number that is not negative" },
	{ "\"hdr\": \"H", "\"hdr\": \"!", "runs[0].times.response.hdr: "
	    "expected a histogram" },
	{ "\"count\": 2000", "\"count\": 2001", "runs[0].times.response.hdr: "
	    "expected a histogram of the count that is beside it" },
	{ "\"min_ns\": 1000000", "\"min_ns\": 3600000000001",
	    "runs[0].times.response.min_ns: expected about 999" },
	{ "\"max_ns\": 1000000", "\"max_ns\": 1",
	    "runs[0].times.response.max_ns: expected about 1000" },
	{ "\"end\": \"duration\"", "\"end\": \"never\"",
	    "runs[0].end: expected \"duration\" or" },
	{ "\"connections\": 10", "\"connections\": 0",
	    "runs[0].options: expected what a command line may have" },
	{ "\"rate\": \"200\"", "\"rate\": \"fast\"", "--rate" },
	{ "\"rate\": \"200\"", "\"rate\": []",
	    "runs[0].options.rate: expected a number or a text" },
	{ "\"size\": ", "\"sighs\": ",
	    "runs[0].options.size: expected a value, or null" },
	{ "\"address\": \"127.0.0.1:7007\"", "\"address\": \"here:there\"",
	    "address 'here:there'" },
	{ "\"seed\": \"18446744073709551615\", \"peer\"",
	    "\"seed\": \"99999999999999999999\", \"peer\"",
	    "runs[0].seed: expected the digits" },
	{ "\"received\": 255", "\"received\": 256",
	    "runs[0].difference.received: expected a byte" },
	{ "\"kind\": \"reset_errors\"", "\"kind\": \"bad_luck\"",
	    "runs[0].errors[0].kind: expected \"messages_sent\" or" },
	{ "\"reached_end\": true", "\"reached_end\": 1",
	    "runs[0].reached_end: expected true or false" },
	{ "\"entries\": [{", "\"entries\": [7, {",
	    "runs[0].series.entries[0]: expected an object" },
};

START_TEST(each_damage_is_told)
{
	struct load_options options;
	struct load_result *result = rich_result(&options);
	char *text;

	histogram_clear(&result->total->times[TIME_RESPONSE]);
	results_add(result, TIME_RESPONSE, 1000000, 2000);
	folder_make();
	report_texts_write("r.json", &result, 1);
	load_result_free(result);
	text = report_texts_read("r.json");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		folder_write("r.json", text);
		report_texts_replace("r.json", damages[i].words,
		    damages[i].others);
		assert_refused(damages[i].expected);
	}
	free(text);
	folder_remove();
}
END_TEST

/* Wherever a file ends too soon, there is an error. */
START_TEST(half_a_report_is_none)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct load_result *result = results_new(&options, 20);
	struct stat status;

	folder_make();
	report_texts_write("r.json", &result, 1);
	load_result_free(result);
	ck_assert_int_eq(stat("r.json", &status), 0);
	for (off_t size = status.st_size - 3; size >= 0;
	    size -= status.st_size / 20 + 1) {
		ck_assert_int_eq(truncate("r.json", size), 0);
		assert_refused("expected a report as --json writes it");
	}
	folder_remove();
}
END_TEST

START_TEST(a_file_that_is_not_there_is_told)
{
	struct report_file *file;

	ck_assert_int_lt(report_read("/nonexistent/r.json", &file, error,
	    sizeof(error)), 0);
	ck_assert_str_eq(error,
	    "/nonexistent/r.json: No such file or directory");
}
END_TEST

START_TEST(other_json_is_no_report)
{
	static const char *const texts[] = { "{}", "[]", "1", "null", "\"\"",
	    "{\"schema\": \"echo-load/1\"}",
	    "{\"schema\": \"echo-load/1\", \"runs\": []}",
	    "{\"schema\": \"echo-load/1\", \"runs\": [[]]}",
	    "{\"schema\": \"echo-load/1\", \"runs\": [{}]}" };

	folder_make();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		folder_write("r.json", texts[i]);
		assert_refused("expected");
	}
	folder_remove();
}
END_TEST

/* All of ours; jansson's own is not reached. */
START_TEST(memory_that_is_short_is_told)
{
	struct load_options options;
	struct load_result *result = rich_result(&options);
	struct report_file *file;
	bool failed = true;
	unsigned n;

	folder_make();
	report_texts_write("r.json", &result, 1);
	load_result_free(result);
	for (n = 1; failed; n++) {
		int err;

		fail_at(n, false);
		err = report_read("r.json", &file, error, sizeof(error));
		failed = fail_stop();
		ck_assert_msg(err == (failed ? -ENOMEM : 0), "%u: %d, %s", n,
		    err, error);
		if (!failed)
			report_file_free(file);
	}
	/* Those of asprintf too, but not with _FORTIFY_SOURCE, which renames it. */
	ck_assert_uint_gt(n, 20);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_was_written_is_read,
		options_are_those_of_the_command_line,
		several_runs_are_read,
		each_damage_is_told,
		half_a_report_is_none,
		a_file_that_is_not_there_is_told,
		other_json_is_no_report,
		memory_that_is_short_is_told,
	};

	return UNIT_RUN("report_read", tests);
}
