/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Writes a report of a sample to standard output, for tests in Python.  Of
 * several, each is a run.  "live SAMPLE [quiet]" draws the line of each of its
 * intervals to standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/live.h"
#include "load/report_html.h"
#include "load/report_json.h"
#include "load/report_text.h"
#include "sample.h"

#define RUNS_MOST 8

static int
show_live(const char *name, bool is_quiet)
{
	struct load_result *result = sample_new(name);
	struct live live;

	if (result == NULL)
		return -1;
	live_init(&live, stderr, !is_quiet);
	live_begin(&live, 0, 1, result->options);
	for (size_t i = 0; i < result->series.count; i++)
		live_show(&live, &result->series.entries[i], true);
	live_clear(&live);
	live_clear(&live);
	load_result_free(result);
	return 0;
}

static int
write_json(const struct load_result *const *results, size_t count)
{
	char *line = report_json_runs(results, count);

	if (line == NULL)
		return -1;
	fputs(line, stdout);
	free(line);
	return 0;
}

static int
write_report(const char *format, const struct load_result *const *results,
    size_t count)
{
	if (strcmp(format, "json") == 0)
		return write_json(results, count);
	if (strcmp(format, "html") == 0)
		return report_html_runs(stdout, results, count);
	report_text_runs(stdout, results, count);
	return 0;
}

int
main(int argc, char **argv)
{
	struct load_result *results[RUNS_MOST];
	size_t count = 0;
	int err = -1;

	if (argc < 3 || argc > RUNS_MOST + 2)
		goto usage;
	if (strcmp(argv[1], "live") == 0) {
		err = show_live(argv[2], argc > 3);
		goto out;
	}
	for (int i = 2; i < argc; i++) {
		results[count] = sample_new_run(argv[i], i - 1,
		    1 + (i - 2) * 0.25);
		if (results[count] == NULL)
			goto usage;
		count++;
	}
	err = write_report(argv[1], (const struct load_result *const *)results,
	    count);
	goto out;
usage:
	fprintf(stderr, "Usage: write_report json|html|text SAMPLE...\n");
out:
	for (size_t i = 0; i < count; i++)
		load_result_free(results[i]);
	return err < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
