/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike.h"
#include "common/options.h"
#include "compare_runs.h"
#include "report_files.h"

#define DEFAULT_CONFIDENCE 0.95

struct compare_options {
	bool force;
	double confidence;
	bool help;
};

/* "95%", or "0.95". */
static int
store_confidence(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	char *end;
	double share = strtod(value, &end);

	(void)row;
	if (end != value && *end == '%') {
		share /= 100;
		end++;
	}
	if (end == value || *end != '\0' || !(share >= 0.5 && share <= 0.999)) {
		snprintf(error, error_size, "expected a share from 50%% to "
		    "99.9%%, not '%s'", value);
		return -EINVAL;
	}
	*(double *)target = share;
	return 0;
}

#define TARGET(field) offsetof(struct compare_options, field)

static const struct option_row rows[] = {
	{ .name = "confidence", .argument = "P",
	    .help = "call it a difference only if chance alone makes one in no "
	    "more than 1 - P of all cases (default 95%)",
	    .handle = store_confidence, .offset = TARGET(confidence) },
	{ .name = "force", .letter = 'f',
	    .help = "compare runs whose options differ, too",
	    .handle = options_store_true, .offset = TARGET(force) },
	{ .name = "help", .letter = 'h', .help = "print this and exit",
	    .handle = options_store_true, .offset = TARGET(help) },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static int
print_help(void)
{
	fputs("Usage: echo-load compare [OPTION...] A B...\n"
	    "\n"
	    "Compares the runs of each report B with those of A: by how much "
	    "they differ, and\n"
	    "whether that is more than runs of one kind differ anyhow.\n"
	    "\n", stdout);
	options_print_help(stdout, rows, ROW_COUNT);
	return fflush(stdout) == 0 ? LOAD_GOOD : LOAD_FAILED;
}

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
check_pair(const struct report_run *a, const struct report_run *b,
    const struct compare_options *options, char *error, size_t error_size)
{
	char reason[256];

	if (a->result->seed == b->result->seed &&
	    a->result->started == b->result->started) {
		snprintf(error, error_size, "they are the same run");
		return -EINVAL;
	}
	if (options->force || alike_check(ALIKE_TO_COMPARE, a, b, reason,
	    sizeof(reason)) == 0)
		return 0;
	snprintf(error, error_size, "%s; --force compares them", reason);
	return -EINVAL;
}

/* Each run is like the first one of all, and another one than all others. */
static int
check_all(const struct report_files *files,
    const struct compare_options *options, char *error, size_t error_size)
{
	char reason[512], one[REPORT_FILES_LABEL], other[REPORT_FILES_LABEL];

	for (size_t i = 0; i < files->count; i++)
		for (size_t j = i + 1; j < files->count; j++) {
			if (check_pair(files->runs[i], files->runs[j], options,
			    reason, sizeof(reason)) == 0)
				continue;
			snprintf(error, error_size, "%s and %s: %s",
			    report_files_label(files, i, one),
			    report_files_label(files, j, other), reason);
			return -EINVAL;
		}
	return 0;
}

static void
print_group(char letter, const struct report_files *files, size_t file)
{
	struct compare_group group = group_of(files, file);
	size_t suspect = 0;

	for (size_t i = 0; i < group.count; i++)
		suspect += group.runs[i]->result->verdict.count > 0;
	printf("%c: %s, %zu run%s, ", letter, files->files[file]->name,
	    group.count, group.count == 1 ? "" : "s");
	if (suspect == 0)
		printf("VALID\n");
	else
		printf("%zu of them SUSPECT; see its report\n", suspect);
}

/* Compares a file with the first one. */
static int
compare_file(const struct report_files *files, size_t file,
    const struct compare_options *options)
{
	struct compare_group a = group_of(files, 0);
	struct compare_group b = group_of(files, file);
	struct compare_row figures[COMPARE_FIGURES];
	size_t fewest = rank_fewest(options->confidence);

	if (compare_runs(&a, &b, options->confidence, figures) < 0)
		return -ENOMEM;
	print_group('A', files, 0);
	print_group('B', files, file);
	printf("\n");
	compare_print(stdout, figures, options->confidence);
	if (figures[0].word == COMPARE_FEW)
		printf("\nToo few runs for %.3g %%: make %zu of each at least "
		    "(--runs %zu).\n", options->confidence * 100, fewest,
		    fewest);
	return 0;
}

/* Returns the exit status; with LOAD_FAILED, error has the line to print. */
static int
compare_files(const struct report_files *files,
    const struct compare_options *options, char *error, size_t error_size)
{
	if (check_all(files, options, error, error_size) < 0)
		return LOAD_FAILED;
	for (size_t i = 1; i < files->file_count; i++) {
		if (i > 1)
			printf("\n");
		if (compare_file(files, i, options) < 0) {
			snprintf(error, error_size, "no memory to compare");
			return LOAD_FAILED;
		}
	}
	if (fflush(stdout) == 0)
		return LOAD_GOOD;
	snprintf(error, error_size, "standard output can't be written");
	return LOAD_FAILED;
}

int
compare_main(int argc, char **argv)
{
	struct compare_options options = { .confidence = DEFAULT_CONFIDENCE };
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
		fprintf(stderr, "echo-load compare: %s\n"
		    "Try 'echo-load compare --help'.\n", error);
		return LOAD_USAGE;
	}
	if (report_files_read(argv + first, (size_t)(argc - first), &files,
	    error, sizeof(error)) == 0) {
		status = compare_files(&files, &options, error, sizeof(error));
		report_files_free(&files);
	}
	if (error[0] != '\0')
		fprintf(stderr, "echo-load compare: %s\n", error);
	return status;
}
