/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Making a subprocess.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/process.h"
#include "process/program.h"
#include "process/spawn.h"
#include "process/standard.h"

struct creation {
	const aw_subprocess_options *options;
	aw_process *process;
	struct aw_standard standard;
	struct aw_spawn spawn;
	char **paths;
	int *pass_fds;
	int err;
};

static int
compare(const void *one, const void *other)
{
	int a = *(const int *)one, b = *(const int *)other;

	return (a > b) - (a < b);
}

/*
 * Sorts what is to be passed into what the child keeps where it is, and what it
 * has anyway.
 */
static int
choose_fds(struct creation *creation)
{
	const aw_subprocess_options *options = creation->options;
	int *kept, fd;
	size_t i, count = 0;

	if (options->pass_fd_count == 0)
		return 0;
	kept = malloc(options->pass_fd_count * sizeof(*kept));
	creation->pass_fds = kept;
	if (kept == NULL)
		return -ENOMEM;
	memcpy(kept, options->pass_fds,
	    options->pass_fd_count * sizeof(*kept));
	qsort(kept, options->pass_fd_count, sizeof(*kept), compare);
	for (i = 0; i < options->pass_fd_count; i++) {
		fd = kept[i];
		/* Before a pipe of ours may get that number. */
		if (fcntl(fd, F_GETFD) < 0)
			return -errno;
		if (fd > STDERR_FILENO && (count == 0 || kept[count - 1] != fd))
			kept[count++] = fd;
	}
	creation->spawn.pass_fds = kept;
	creation->spawn.pass_fd_count = count;
	return 0;
}

/* A standard descriptor that is passed stays, if nothing else comes there. */
static void
keep_standard(struct creation *creation)
{
	const aw_subprocess_options *options = creation->options;
	size_t i;
	int fd;

	memcpy(creation->spawn.standard, creation->standard.child,
	    sizeof(creation->spawn.standard));
	for (i = 0; i < options->pass_fd_count; i++) {
		fd = options->pass_fds[i];
		if (fd <= STDERR_FILENO && creation->spawn.standard[fd] < 0)
			creation->spawn.standard[fd] = fd;
	}
}

/* Makes streams of our ends of the pipes, which they take over. */
static int
open_streams(struct creation *creation)
{
	aw_process *process = creation->process;
	aw_reader **readers[3] = { NULL, &process->stdout_reader,
	    &process->stderr_reader };
	const aw_connection_options *options = &creation->options->connection;
	int *ends = creation->standard.parent, fd, err = 0;

	for (fd = 0; fd < 3 && err == 0; fd++) {
		if (ends[fd] < 0)
			continue;
		if (fd == STDIN_FILENO)
			err = aw_open_write_pipe(process->loop, ends[fd],
			    options, &process->stdin_writer);
		else
			err = aw_open_read_pipe(process->loop, ends[fd],
			    options, readers[fd]);
		if (err == 0)
			ends[fd] = -1;
	}
	return err;
}

/* All that can fail without a child. */
static int
prepare(struct creation *creation)
{
	int err;

	err = choose_fds(creation);
	if (err < 0)
		return err;
	creation->paths = aw_program_paths(creation->spawn.argv[0],
	    creation->spawn.env);
	if (creation->paths == NULL)
		return -ENOMEM;
	creation->spawn.paths = creation->paths;
	err = aw_standard_open(&creation->standard, creation->options);
	if (err < 0)
		return err;
	keep_standard(creation);
	err = open_streams(creation);
	aw_standard_close_parent(&creation->standard);
	return err;
}

static int
start(struct creation *creation)
{
	pid_t pid;
	int err;

	err = aw_spawn(&creation->spawn, &pid);
	if (err < 0)
		return err;
	return aw_process_watch(creation->process, pid);
}

/* On the loop's stack. */
static void
create(void *arg)
{
	struct creation *creation = arg;

	creation->err = prepare(creation);
	if (creation->err == 0)
		creation->err = start(creation);
	aw_standard_close_child(&creation->standard);
	free(creation->paths);
	free(creation->pass_fds);
	if (creation->err < 0)
		aw_process_release(creation->process);
}

/* What was not there, or could not be run. */
static void
describe(const struct creation *creation)
{
	if (creation->spawn.failed == AW_SPAWN_EXEC)
		aw_set_error_text("%s", creation->spawn.argv[0]);
	else if (creation->spawn.failed == AW_SPAWN_CHDIR)
		aw_set_error_text("%s", creation->spawn.cwd);
}

int
aw_create_subprocess_exec(const char *const *argv,
    const aw_subprocess_options *options, aw_process **process)
{
	static const aw_subprocess_options defaults;
	struct creation creation = { .err = 0 };
	struct task *task = aw_task_current();

	if (task == NULL)
		return AW_ENOTASK;
	if (argv == NULL || argv[0] == NULL)
		return -EINVAL;
	if (options == NULL)
		options = &defaults;
	creation.options = options;
	creation.spawn.argv = (char *const *)(uintptr_t)argv;
	creation.spawn.env = options->env != NULL ? options->env : environ;
	creation.spawn.cwd = options->cwd;
	creation.spawn.new_session = options->start_new_session;
	creation.spawn.new_group = options->new_process_group;
	creation.process = aw_process_new(task->future.loop);
	if (creation.process == NULL)
		return -ENOMEM;
	creation.process->output_limit = options->output_limit;
	aw_loop_call(create, &creation);
	if (creation.err < 0)
		describe(&creation);
	else
		*process = creation.process;
	return creation.err;
}

int
aw_create_subprocess_shell(const char *command,
    const aw_subprocess_options *options, aw_process **process)
{
	const char *const argv[] = { "/bin/sh", "-c", command, NULL };

	if (command == NULL)
		return -EINVAL;
	return aw_create_subprocess_exec(argv, options, process);
}
