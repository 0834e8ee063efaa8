/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Names of files from the keyboard, while a clock ticks; files are read in a
 * thread.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <await.h>

#include "seconds.h"

struct file {
	char name[256];
	size_t size;
};

/* Runs in a thread: reading a file blocks. */
static int
read_file(void *arg)
{
	struct file *file = arg;
	char buffer[4096];
	FILE *stream;
	size_t n;
	int err;

	stream = fopen(file->name, "r");
	if (stream == NULL)
		return -errno;
	file->size = 0;
	while ((n = fread(buffer, 1, sizeof(buffer), stream)) > 0)
		file->size += n;
	err = ferror(stream) ? -EIO : 0;
	fclose(stream);
	return err;
}

static int
read_names(aw_reader *keyboard)
{
	struct file file;
	const char *line;
	ssize_t n;
	int err;

	while ((n = aw_reader_readline(keyboard, &line)) > 0) {
		snprintf(file.name, sizeof(file.name), "%.*s",
		    (int)strcspn(line, "\n"), line);
		err = aw_to_thread(read_file, &file);
		if (err == -ECANCELED)
			return err;
		if (err < 0)
			printf("%s: %s\n", file.name, aw_strerror(err));
		else
			printf("%s: %zu bytes\n", file.name, file.size);
	}
	return (int)n;
}

static int
tick(void *arg)
{
	int err, i;

	(void)arg;
	for (i = 1;; i++) {
		err = aw_sleep(seconds(1));
		if (err < 0)
			return err;
		printf("tick %d\n", i);
	}
}

static int
lesson(void *arg)
{
	aw_reader *keyboard;
	aw_task *ticking;
	int err;

	err = aw_open_stdin(aw_get_running_loop(), &keyboard);
	if (err < 0)
		return err;
	puts("Names of files, please; Ctrl-D ends.");
	ticking = aw_create_task(tick, arg, "tick");
	err = read_names(keyboard);
	aw_cancel(ticking);
	aw_future_unref(ticking);
	aw_reader_free(keyboard);
	puts("no more names");
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
