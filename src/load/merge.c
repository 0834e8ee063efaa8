/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "merge.h"

#include <stdio.h>

#include "merge_results.h"
#include "outputs.h"
#include "report_command.h"
#include "report_options.h"
#include "slo.h"
#include "verdict.h"

struct merge_options {
	bool strict;
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
	{ .name = "strict",
	    .help = "exit with 4 if the whole is SUSPECT and nothing worse has "
	    "happened",
	    .handle = options_store_true, .offset = TARGET(strict) },
	{ .name = "quiet", .letter = 'q',
	    .help = "print no report, only errors",
	    .handle = options_store_true, .offset = TARGET(quiet) },
	REPORT_OPTIONS_ROWS(struct merge_options),
	OPTIONS_HELP_ROW(TARGET(help)),
};

static int
check(const struct report_run *a, const struct report_run *b,
    const void *options, char *error, size_t error_size)
{
	(void)options;
	return merge_check(a, b, error, error_size);
}

/* What becomes of the whole, in place of what became of its parts. */
static void
choose_options(struct load_options *whole, const struct merge_options *options)
{
	whole->strict |= options->strict;
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
		return outputs_status(err);
	outputs_replay(outputs, result);
	err = outputs_finish(outputs, results, 1, error, error_size);
	outputs_free(outputs);
	if (err < 0)
		return LOAD_FAILED;
	if (result->status == LOAD_SUSPECT)
		verdict_line(&result->verdict, "the whole", error, error_size);
	return result->status;
}

static int
merge_files(const struct report_files *files, const void *options, char *error,
    size_t error_size)
{
	struct load_options whole;
	struct load_result *result;
	int status;

	if (merge_results(files->runs, files->count, &whole, &result) < 0) {
		snprintf(error, error_size, "no memory for a result");
		return LOAD_FAILED;
	}
	choose_options(&whole, options);
	/* Anew: --strict may be an option of merge alone. */
	slo_judge(result);
	status = write_report(result, error, error_size);
	load_result_free(result);
	return status;
}

static const struct report_command command = {
	.name = "merge",
	.usage = "Usage: echo-load merge [OPTION...] FILE FILE...\n"
	    "\n"
	    "Adds up the JSON reports of processes that loaded one server at "
	    "the same time.\n"
	    "\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.check = check,
	.run = merge_files,
};

int
merge_main(int argc, char **argv)
{
	struct merge_options options = { .quiet = false };

	return report_command_main(&command, argc, argv, &options,
	    &options.help);
}
