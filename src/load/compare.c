/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike.h"
#include "compare_report.h"
#include "report_command.h"
#include "verdict.h"

#define DEFAULT_CONFIDENCE 0.95

struct compare_options {
	bool force;
	bool strict;
	bool json;
	double confidence;
	bool help;
};

#define TARGET(field) offsetof(struct compare_options, field)

static const struct option_row rows[] = {
	{ .name = "confidence", .argument = "P",
	    .help = "call it a difference only if chance alone makes one in no "
	    "more than 1 - P of all cases (default 95%)",
	    .handle = options_store_share, .offset = TARGET(confidence),
	    .lowest = "50%", .highest = "99.9%" },
	{ .name = "force", .letter = 'f',
	    .help = "compare runs whose options differ, too",
	    .handle = options_store_true, .offset = TARGET(force) },
	{ .name = "strict",
	    .help = "exit with 4 if one of the runs is SUSPECT",
	    .handle = options_store_true, .offset = TARGET(strict) },
	{ .name = "json", .letter = 'j',
	    .help = "print what is found as JSON instead",
	    .handle = options_store_true, .offset = TARGET(json) },
	OPTIONS_HELP_ROW(TARGET(help)),
};

/* The runs of a file, which follow each other in the list of all. */
static struct compare_group
group_of(const struct report_files *files, size_t file)
{
	struct compare_group group = { .runs = files->runs };

	for (size_t i = 0; i < file; i++)
		group.runs += files->files[i]->count;
	group.count = files->files[file]->count;
	return group;
}

/* Whether two runs are to be compared at all. */
static int
check(const struct report_run *a, const struct report_run *b,
    const void *options, char *error, size_t error_size)
{
	const struct compare_options *own = options;
	char reason[256];

	if (a->result->seed == b->result->seed &&
	    a->result->started == b->result->started) {
		snprintf(error, error_size, "they are the same run");
		return -EINVAL;
	}
	if (own->force || alike_check(ALIKE_TO_COMPARE, a, b, reason,
	    sizeof(reason)) == 0)
		return 0;
	snprintf(error, error_size, "%s; --force compares them", reason);
	return -EINVAL;
}

/* Compares a file with the first one, which has nothing beside it. */
static int
make_side(const struct report_files *files, size_t file, double confidence,
    struct compare_side *side)
{
	struct compare_group a = group_of(files, 0);
	struct compare_group b = group_of(files, file);

	*side = (struct compare_side){
		.file = files->files[file]->name,
		.runs = b.count,
	};
	for (size_t i = 0; i < b.count; i++)
		side->suspect += b.runs[i]->result->verdict.count > 0;
	return file == 0 ? 0 : compare_runs(&a, &b, confidence, side->rows);
}

/* Returns 0, and its sides are for the caller to free; or -ENOMEM. */
static int
make_report(const struct report_files *files, double confidence,
    struct compare_report *report)
{
	int err = 0;

	*report = (struct compare_report){
		.confidence = confidence,
		.count = files->file_count,
		.sides = calloc(files->file_count, sizeof(*report->sides)),
	};
	if (report->sides == NULL)
		return -ENOMEM;
	for (size_t i = 0; err == 0 && i < report->count; i++)
		err = make_side(files, i, confidence, &report->sides[i]);
	if (err < 0)
		free(report->sides);
	return err;
}

/* Returns 0, -ENOMEM or -EIO. */
static int
print_report(const struct compare_report *report, bool as_json)
{
	char *line = NULL;

	if (as_json) {
		line = compare_report_json(report);
		if (line == NULL)
			return -ENOMEM;
		fputs(line, stdout);
		free(line);
	} else {
		compare_report_text(stdout, report);
	}
	return fflush(stdout) == 0 ? 0 : -EIO;
}

/* The line for the first run that is, or none. */
static int
judge_strictly(const struct report_files *files, char *error,
    size_t error_size)
{
	char label[REPORT_FILES_LABEL];

	for (size_t i = 0; i < files->count; i++) {
		const struct load_verdict *verdict =
		    &files->runs[i]->result->verdict;

		if (verdict->count == 0)
			continue;
		verdict_line(verdict, report_files_label(files, i, label),
		    error, error_size);
		return LOAD_SUSPECT;
	}
	return LOAD_GOOD;
}

static int
compare_files(const struct report_files *files, const void *options,
    char *error, size_t error_size)
{
	const struct compare_options *own = options;
	struct compare_report report;
	int err;

	err = make_report(files, own->confidence, &report);
	if (err == 0) {
		err = print_report(&report, own->json);
		free(report.sides);
	}
	if (err < 0) {
		snprintf(error, error_size, err == -ENOMEM ?
		    "no memory to compare" :
		    "standard output can't be written");
		return LOAD_FAILED;
	}
	return own->strict ? judge_strictly(files, error, error_size) :
	    LOAD_GOOD;
}

static const struct report_command command = {
	.name = "compare",
	.usage = "Usage: echo-load compare [OPTION...] A B...\n"
	    "\n"
	    "Compares the runs of each report B with those of A: by how much "
	    "they differ, and\n"
	    "whether that is more than runs of one kind differ anyhow.\n"
	    "\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.check = check,
	.run = compare_files,
};

int
compare_main(int argc, char **argv)
{
	struct compare_options options = { .confidence = DEFAULT_CONFIDENCE };

	return report_command_main(&command, argc, argv, &options,
	    &options.help);
}
