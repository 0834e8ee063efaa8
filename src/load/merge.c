/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "merge.h"

#include <stdio.h>

#include "common/options.h"
#include "merge_results.h"
#include "outputs.h"
#include "report_files.h"

struct merge_options {
	bool quiet;
	bool json;
	const char *json_file;
	const char *csv_file;
	const char *hdr_log_file;
	const char *html_file;
	bool help;
};

#define TARGET(field) offsetof(struct merge_options, field)

static const struct option_row rows[] = {
	{ .name = "quiet", .letter = 'q',
	    .help = "print no report, only errors",
	    .handle = options_store_true, .offset = TARGET(quiet) },
	{ .name = "json", .letter = 'j',
	    .help = "print the report as JSON instead",
	    .handle = options_store_true, .offset = TARGET(json) },
	{ .name = "json-file", .argument = "FILE",
	    .help = "write it as JSON to a file, beside what is printed",
	    .handle = options_store_string, .offset = TARGET(json_file) },
	{ .name = "csv", .argument = "FILE",
	    .help = "write a line of figures an interval",
	    .handle = options_store_string, .offset = TARGET(csv_file) },
	{ .name = "hdr-log", .argument = "FILE",
	    .help = "write the histograms in HdrHistogram's log format",
	    .handle = options_store_string, .offset = TARGET(hdr_log_file) },
	{ .name = "html", .argument = "FILE",
	    .help = "write a page with pictures",
	    .handle = options_store_string, .offset = TARGET(html_file) },
	{ .name = "help", .letter = 'h', .help = "print this and exit",
	    .handle = options_store_true, .offset = TARGET(help) },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static int
print_help(void)
{
	fputs("Usage: echo-load merge [OPTION...] FILE FILE...\n"
	    "\n"
	    "Adds up the JSON reports of processes that loaded one server at "
	    "the same time.\n"
	    "\n", stdout);
	options_print_help(stdout, rows, ROW_COUNT);
	return fflush(stdout) == 0 ? LOAD_GOOD : LOAD_FAILED;
}

/* Whether each two runs can be parts of one. */
static int
check_all(const struct report_files *files, char *error, size_t error_size)
{
	char reason[512], one[REPORT_FILES_LABEL], other[REPORT_FILES_LABEL];

	for (size_t i = 0; i < files->count; i++)
		for (size_t j = i + 1; j < files->count; j++) {
			if (merge_check(files->runs[i], files->runs[j], reason,
			    sizeof(reason)) == 0)
				continue;
			snprintf(error, error_size, "%s and %s: %s",
			    report_files_label(files, i, one),
			    report_files_label(files, j, other), reason);
			return -1;
		}
	return 0;
}

/* What is written of the whole, in place of what its parts wrote. */
static void
choose_outputs(struct load_options *whole, const struct merge_options *options)
{
	whole->quiet = options->quiet;
	whole->json = options->json;
	whole->json_file = options->json_file;
	whole->html_file = options->html_file;
	whole->csv_file = options->csv_file;
	whole->hdr_log_file = options->hdr_log_file;
}

static int
write_report(const struct load_result *result, char *error, size_t error_size)
{
	const struct load_result *const results[] = { result };
	struct outputs *outputs;
	int err;

	err = outputs_open(result->options, &outputs, error, error_size);
	if (err < 0)
		return LOAD_FAILED;
	outputs_replay(outputs, result);
	err = outputs_finish(outputs, results, 1, error, error_size);
	outputs_free(outputs);
	return err < 0 ? LOAD_FAILED : result->status;
}

/* Returns the exit status; with LOAD_FAILED, error has the line to print. */
static int
merge_files(const struct report_files *files,
    const struct merge_options *options, char *error, size_t error_size)
{
	struct load_options whole;
	struct load_result *result;
	int status;

	if (check_all(files, error, error_size) < 0)
		return LOAD_FAILED;
	if (merge_results(files->runs, files->count, &whole, &result) < 0) {
		snprintf(error, error_size, "no memory for a result");
		return LOAD_FAILED;
	}
	choose_outputs(&whole, options);
	status = write_report(result, error, error_size);
	load_result_free(result);
	return status;
}

int
merge_main(int argc, char **argv)
{
	struct merge_options options = { .quiet = false };
	struct report_files files;
	char error[1024] = "";
	int first, status = LOAD_FAILED;

	first = options_parse(rows, ROW_COUNT, argc, argv, &options, error,
	    sizeof(error));
	if (first >= 0 && options.help)
		return print_help();
	if (first >= 0 && argc - first < 2)
		snprintf(error, sizeof(error), "expected two files or more");
	if (first < 0 || argc - first < 2) {
		fprintf(stderr, "echo-load merge: %s\n"
		    "Try 'echo-load merge --help'.\n", error);
		return LOAD_USAGE;
	}
	if (report_files_read(argv + first, (size_t)(argc - first), &files,
	    error, sizeof(error)) == 0) {
		status = merge_files(&files, &options, error, sizeof(error));
		report_files_free(&files);
	}
	if (error[0] != '\0')
		fprintf(stderr, "echo-load merge: %s\n", error);
	return status;
}
