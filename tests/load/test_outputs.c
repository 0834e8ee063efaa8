/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "await/core/scenario.h"
#include "common/folder.h"
#include "load/hdr_log.h"
#include "sample.h"
#include "unit.h"

/* Files of a test, in a folder of its own, and what it wrote. */
static struct load_options options;
static struct outputs *outputs;
static char error[512];

static void
setup(void)
{
	folder_make();
	options = (struct load_options){ .text = "127.0.0.1:7007",
	    .connections = 1, .interval = 1, .quiet = true,
	    .sizes = { .count = 1, .weights = 1, .parts = { { 1, 1, 1 } } } };
	error[0] = '\0';
	outputs = NULL;
}

static const char *
text_of(const char *path)
{
	static char text[1 << 20];
	FILE *file = fopen(path, "r");
	size_t size;

	ck_assert_ptr_nonnull(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

static int
open_outputs(void)
{
	return outputs_open(&options, &outputs, error, sizeof(error));
}

/* One run with two intervals; the result of outputs_finish. */
static int
play_result(struct load_result *result)
{
	const struct load_result *results[] = { result };
	struct series_entry entry = result->series.entries[0];
	const struct run_events *events;
	int err;

	events = outputs_begin(outputs, 0, 1, &options);
	if (events->started != NULL)
		events->started(result, events->arg);
	must(events->interval(&entry, result->total, false,
	    events->arg));
	entry.start = 0.5;
	must(events->interval(&entry, result->total, true,
	    events->arg));
	outputs_pause(outputs);
	err = outputs_finish(outputs, results, 1, error, sizeof(error));
	outputs_free(outputs);
	return err;
}

static int
play(void)
{
	struct load_result *result = sample_new("single");
	int err;

	ck_assert_ptr_nonnull(result);
	err = play_result(result);
	load_result_free(result);
	return err;
}

START_TEST(each_file_has_its_report)
{
	setup();
	options.json_file = "json";
	options.csv_file = "csv";
	options.html_file = "html";
	ck_assert_int_eq(open_outputs(), 0);
	ck_assert_int_eq(play(), 0);
	ck_assert_ptr_nonnull(strstr(text_of("json"),
	    "\"schema\": \"echo-load/1\""));
	ck_assert_ptr_nonnull(strstr(text_of("html"), "</html>"));
	ck_assert_ptr_nonnull(strstr(text_of("csv"), "\r\n1,0,0.0"));
	ck_assert_ptr_nonnull(strstr(text_of("csv"), "\r\n1,1,0.5"));
	folder_remove();
}
END_TEST

/* "full" measured from 1 s to 9 s; its entries are of 0.25 s. */
START_TEST(a_run_made_elsewhere_is_replayed)
{
	struct load_result *result = sample_new("full");
	struct histogram *read = calloc(1, sizeof(*read));
	const struct load_result *results[] = { result };
	struct hdr_log_reader reader;
	struct hdr_log_entry entry;
	unsigned entries = 0;
	FILE *file;

	setup();
	ck_assert(result != NULL && read != NULL);
	options.csv_file = "csv";
	options.hdr_log_file = "log";
	ck_assert_int_eq(open_outputs(), 0);
	outputs_replay(outputs, result);
	ck_assert_int_eq(outputs_finish(outputs, results, 1, error,
	    sizeof(error)), 0);
	outputs_free(outputs);
	ck_assert_ptr_nonnull(strstr(text_of("csv"),
	    "\r\n1,0,0.750000,0.250000,625,620,"));
	ck_assert_ptr_nonnull(strstr(text_of("csv"), "\r\n1,1,1.000000,"));
	ck_assert_ptr_nonnull(strstr(text_of("csv"), "\r\n1,1,8.750000,"));
	ck_assert_ptr_nonnull(strstr(text_of("csv"), "\r\n1,0,9.000000,"));
	file = fopen("log", "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	for (; hdr_log_read(&reader, &entry, read, error, sizeof(error)) == 1;
	    entries++) {
		ck_assert_double_eq_tol(entry.start, 1700000001.25, 1e-3);
		ck_assert_double_eq_tol(entry.seconds, 8, 1e-3);
		if (strcmp(entry.tag, "response") == 0)
			ck_assert_uint_eq(read->count,
			    result->total->times[TIME_RESPONSE].count);
	}
	ck_assert_uint_eq(entries, TIME_KINDS);
	hdr_log_read_end(&reader);
	fclose(file);
	free(read);
	load_result_free(result);
	folder_remove();
}
END_TEST

START_TEST(the_log_has_what_was_measured)
{
	struct histogram *read = calloc(1, sizeof(*read));
	struct hdr_log_reader reader;
	struct hdr_log_entry entry;
	unsigned entries = 0;
	FILE *file;

	setup();
	ck_assert_ptr_nonnull(read);
	options.hdr_log_file = "log";
	ck_assert_int_eq(open_outputs(), 0);
	ck_assert_int_eq(play(), 0);
	file = fopen(options.hdr_log_file, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	while (hdr_log_read(&reader, &entry, read, error, sizeof(error)) > 0) {
		ck_assert_uint_eq(read->count, 1);
		ck_assert_double_eq_tol(entry.seconds, 0.5, 1e-9);
		entries++;
	}
	/* Response, service, lag and connect; the first interval is none. */
	ck_assert_uint_eq(entries, 4);
	hdr_log_read_end(&reader);
	fclose(file);
	free(read);
	folder_remove();
}
END_TEST

START_TEST(a_file_that_can_not_be_written_is_an_error_at_once)
{
	setup();
	options.csv_file = "absent/csv";
	ck_assert_int_eq(open_outputs(), -ENOENT);
	ck_assert_msg(strncmp(error, "--csv: ", 7) == 0, "%s", error);
	ck_assert_ptr_nonnull(strstr(error, "absent/csv"));
	folder_remove();
}
END_TEST

START_TEST(an_earlier_report_stays_without_a_run)
{
	setup();
	options.json_file = "json";
	folder_write("json", "earlier");
	ck_assert_int_eq(open_outputs(), 0);
	outputs_free(outputs);
	ck_assert_str_eq(text_of(options.json_file), "earlier");
	ck_assert_int_eq(open_outputs(), 0);
	ck_assert_int_eq(play(), 0);
	ck_assert_int_eq(text_of(options.json_file)[0], '{');
	folder_remove();
}
END_TEST

START_TEST(two_reports_do_not_fit_into_one_file)
{
	setup();
	options.csv_file = options.html_file = "both";
	ck_assert_int_eq(open_outputs(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "--csv and --html"));
	options.csv_file = options.html_file = "-";
	ck_assert_int_eq(open_outputs(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "standard output"));
	options.csv_file = NULL;
	options.json = true;
	ck_assert_int_eq(open_outputs(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "--json and --html"));
	ck_assert_int_eq(outputs_status(-EINVAL), LOAD_USAGE);
	ck_assert_int_eq(outputs_status(-ENOENT), LOAD_FAILED);
	folder_remove();
}
END_TEST

/* Each report in turn meets a full disk. */
START_TEST(a_full_disk_is_told)
{
	const char **const paths[] = { &options.json_file, &options.csv_file,
	    &options.hdr_log_file, &options.html_file };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		setup();
		*paths[i] = "/dev/full";
		ck_assert_int_eq(open_outputs(), 0);
		ck_assert_int_eq(play(), -ENOSPC);
		ck_assert_msg(strncmp(error, "/dev/full: ", 11) == 0, "%s",
		    error);
		folder_remove();
	}
}
END_TEST

START_TEST(after_an_error_the_other_reports_are_written)
{
	setup();
	options.csv_file = "/dev/full";
	options.json_file = "json";
	ck_assert_int_eq(open_outputs(), 0);
	ck_assert_int_eq(play(), -ENOSPC);
	ck_assert_int_eq(text_of(options.json_file)[0], '{');
	folder_remove();
}
END_TEST

/* Runs with standard output in a file; what that holds then. */
static const char *
play_on(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int standard = dup(STDOUT_FILENO);

	ck_assert_int_ge(fd, 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	ck_assert_int_eq(open_outputs(), 0);
	ck_assert_int_eq(play(), 0);
	fflush(stdout);
	dup2(standard, STDOUT_FILENO);
	close(standard);
	close(fd);
	return text_of(path);
}

START_TEST(standard_output_has_the_text_or_what_was_asked_for)
{
	const char *const path = "stdout";
	const char *text;

	setup();
	ck_assert_str_eq(play_on(path), "");
	options.quiet = false;
	text = play_on(path);
	ck_assert_msg(strncmp(text, "echo-load ", 10) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "\nVALID\n"));
	options.csv_file = "-";
	text = play_on(path);
	ck_assert_msg(strncmp(text, "run,measured,", 13) == 0, "%s", text);
	ck_assert_ptr_null(strstr(text, "VALID"));
	options.csv_file = NULL;
	options.json = true;
	ck_assert_int_eq(play_on(path)[0], '{');
	folder_remove();
}
END_TEST

/* Each allocation in turn, and each one from some on. */
static void
fail_each(struct load_result *result, bool for_good)
{
	bool failed = true;

	for (unsigned n = 1; failed; n++) {
		int err;

		fail_at(n, for_good);
		err = open_outputs();
		if (err == 0)
			err = play_result(result);
		failed = fail_stop();
		ck_assert_msg(err == (failed ? -ENOMEM : 0), "%u (%s): %d", n,
		    fail_name(), err);
		ck_assert_msg(err == 0 || error[0] != '\0', "%u", n);
	}
}

START_TEST(memory_that_runs_out_is_told)
{
	struct load_result *result = sample_new("single");

	ck_assert_ptr_nonnull(result);
	setup();
	options.csv_file = "csv";
	options.hdr_log_file = "log";
	options.html_file = "html";
	fail_each(result, false);
	fail_each(result, true);
	load_result_free(result);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_file_has_its_report,
		a_run_made_elsewhere_is_replayed,
		the_log_has_what_was_measured,
		a_file_that_can_not_be_written_is_an_error_at_once,
		an_earlier_report_stays_without_a_run,
		two_reports_do_not_fit_into_one_file,
		a_full_disk_is_told,
		after_an_error_the_other_reports_are_written,
		standard_output_has_the_text_or_what_was_asked_for,
		memory_that_runs_out_is_told,
	};

	return UNIT_RUN("outputs", tests);
}
