/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Subprocesses: lines as they come, exit statuses, kill, communicate.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

struct child {
	const char *name;
	double delay;
	int status;
};

static int
print_lines(const char *name, aw_reader *output)
{
	const char *line;
	ssize_t n;

	while ((n = aw_reader_readline(output, &line)) > 0)
		printf("%s: %.*s", name, (int)n, line);
	return (int)n;
}

static int
watch(void *arg)
{
	const aw_subprocess_options options = { .stdout_fd = AW_PIPE };
	const struct child *child = arg;
	aw_process *process;
	char command[200];
	int status, err;

	snprintf(command, sizeof(command),
	    "sleep %g; echo one; sleep %g; echo two; exit %d",
	    seconds(child->delay), seconds(2), child->status);
	err = aw_create_subprocess_shell(command, &options, &process);
	if (err < 0)
		return err;
	err = print_lines(child->name, aw_process_stdout(process));
	if (err == 0)
		err = aw_process_wait(process, &status);
	if (err == 0)
		printf("%s: exit status %d\n", child->name, status);
	aw_process_free(process);
	return err;
}

static int
several(void)
{
	static struct child a = { "a", 0, 0 }, b = { "b", 1, 3 };
	aw_group *group;
	int err;

	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	err = aw_group_create_task(group, watch, &a, NULL, NULL);
	if (err == 0)
		err = aw_group_create_task(group, watch, &b, NULL, NULL);
	err = aw_group_exit(group, err);
	aw_group_free(group);
	return err;
}

static int
killed(void)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	aw_process *process;
	int status, err;

	err = aw_create_subprocess_exec(argv, NULL, &process);
	if (err < 0)
		return err;
	err = aw_process_kill(process);
	if (err == 0)
		err = aw_process_wait(process, &status);
	if (err == 0)
		printf("killed: %d\n", status);
	aw_process_free(process);
	return err;
}

static int
communicate(void)
{
	static const char *const argv[] = { "tr", "a-z", "A-Z", NULL };
	const aw_subprocess_options options = {
		.stdin_fd = AW_PIPE, .stdout_fd = AW_PIPE,
	};
	aw_process_output output;
	aw_process *process;
	int err;

	err = aw_create_subprocess_exec(argv, &options, &process);
	if (err < 0)
		return err;
	err = aw_process_communicate(process, "hello", 5, &output);
	if (err == 0) {
		printf("hello becomes %s\n", output.stdout_data);
		aw_process_output_free(&output);
	}
	aw_process_free(process);
	return err;
}

static int
lesson(void *arg)
{
	int err;

	(void)arg;
	err = several();
	if (err == 0)
		err = killed();
	if (err == 0)
		err = communicate();
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
