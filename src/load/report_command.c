/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_command.h"

#include <stdio.h>

#include "common/standard.h"
#include "result.h"

/* Files that there have to be. */
#define FEWEST 2

static int
print_help(const struct report_command *command)
{
	fputs(command->usage, stdout);
	options_print_help(stdout, command->rows, command->row_count);
	return standard_flush("echo-load") < 0 ? LOAD_FAILED : LOAD_GOOD;
}

static int
check_pair(const struct report_command *command,
    const struct report_files *files, size_t a, size_t b, const void *options,
    char *error, size_t error_size)
{
	char reason[512], one[REPORT_FILES_LABEL], other[REPORT_FILES_LABEL];
	int err;

	err = command->check(files->runs[a], files->runs[b], options, reason,
	    sizeof(reason));
	if (err < 0)
		snprintf(error, error_size, "%s and %s: %s",
		    report_files_label(files, a, one),
		    report_files_label(files, b, other), reason);
	return err;
}

/* Each with each. */
static int
check_all(const struct report_command *command,
    const struct report_files *files, const void *options, char *error,
    size_t error_size)
{
	int err = 0;

	for (size_t i = 0; i < files->count && err == 0; i++)
		for (size_t j = i + 1; j < files->count && err == 0; j++)
			err = check_pair(command, files, i, j, options, error,
			    error_size);
	return err;
}

static int
run(const struct report_command *command, char **names, size_t count,
    const void *options)
{
	struct report_files files;
	char error[1024] = "";
	int status = LOAD_FAILED;

	if (report_files_read(names, count, &files, error, sizeof(error)) < 0)
		goto told;
	if (check_all(command, &files, options, error, sizeof(error)) == 0)
		status = command->run(&files, options, error, sizeof(error));
	report_files_free(&files);
told:
	if (error[0] != '\0')
		fprintf(stderr, "echo-load %s: %s\n", command->name, error);
	return status;
}

int
report_command_main(const struct report_command *command, int argc,
    char **argv, void *options, const bool *help)
{
	char error[512];
	int first;

	first = options_parse(command->rows, command->row_count, argc, argv,
	    options, error, sizeof(error));
	if (first >= 0 && *help)
		return print_help(command);
	if (first >= 0 && argc - first >= FEWEST)
		return run(command, argv + first, (size_t)(argc - first),
		    options);
	if (first >= 0)
		snprintf(error, sizeof(error), "expected two files or more");
	fprintf(stderr, "echo-load %s: %s\nTry 'echo-load %s --help'.\n",
	    command->name, error, command->name);
	return LOAD_USAGE;
}
