/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int
list_runs(struct report_files *files)
{
	size_t count = 0;

	for (size_t i = 0; i < files->file_count; i++)
		count += files->files[i]->count;
	files->runs = calloc(count, sizeof(*files->runs));
	if (files->runs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < files->file_count; i++)
		for (size_t j = 0; j < files->files[i]->count; j++)
			files->runs[files->count++] = &files->files[i]->runs[j];
	return 0;
}

int
report_files_read(char **names, size_t count, struct report_files *files,
    char *error, size_t error_size)
{
	int err = 0;

	*files = (struct report_files){
		.files = calloc(count, sizeof(*files->files)),
	};
	if (files->files == NULL)
		err = -ENOMEM;
	while (err == 0 && files->file_count < count) {
		err = report_read(names[files->file_count],
		    &files->files[files->file_count], error, error_size);
		if (err < 0)
			goto free_files;
		files->file_count++;
	}
	if (err == 0)
		err = list_runs(files);
	if (err == 0)
		return 0;
	snprintf(error, error_size, "no memory for the reports");

free_files:
	report_files_free(files);
	return err;
}

void
report_files_free(struct report_files *files)
{
	for (size_t i = 0; i < files->file_count; i++)
		report_file_free(files->files[i]);
	free(files->files);
	free(files->runs);
	*files = (struct report_files){ .count = 0 };
}

const char *
report_files_label(const struct report_files *files, size_t run, char *buffer)
{
	size_t file = 0;

	while (run >= files->files[file]->count)
		run -= files->files[file++]->count;
	if (files->files[file]->count == 1)
		snprintf(buffer, REPORT_FILES_LABEL, "%s",
		    files->files[file]->name);
	else
		snprintf(buffer, REPORT_FILES_LABEL, "%s (run %zu)",
		    files->files[file]->name, run + 1);
	return buffer;
}
