/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "process/process.h"

aw_process *
aw_process_new(aw_loop *loop)
{
	aw_process *process = calloc(1, sizeof(*process));

	if (process == NULL)
		return NULL;
	process->loop = loop;
	process->users = 1;
	process->collected[0].process = process;
	process->collected[0].reader = &process->stdout_reader;
	process->collected[1].process = process;
	process->collected[1].reader = &process->stderr_reader;
	return process;
}

static void
free_streams(aw_process *process)
{
	aw_writer_free(process->stdin_writer);
	aw_reader_free(process->stdout_reader);
	aw_reader_free(process->stderr_reader);
	process->stdin_writer = NULL;
	process->stdout_reader = process->stderr_reader = NULL;
	free(process->collected[0].data);
	free(process->collected[1].data);
}

void
aw_process_release(aw_process *process)
{
	if (--process->users > 0)
		return;
	free_streams(process);
	if (!process->running)
		free(process);
}

/* It has been reaped. */
static void
finish(aw_process *process, int returncode)
{
	event_del(&process->ended);
	aw_exit_close(&process->exit);
	aw_remnant_remove(&process->remnant);
	process->running = false;
	process->returncode = returncode;
	aw_waiters_wake_all(&process->waiters, 0);
	if (process->users == 0)
		free(process);
}

static void
on_ended(evutil_socket_t fd, short what, void *arg)
{
	aw_process *process = arg;
	int returncode;

	(void)fd, (void)what;
	if (aw_exit_reap(&process->exit, false, &returncode))
		finish(process, returncode);
}

/* The loop is closing, so nobody would reap it. */
static void
close_remnant(struct aw_remnant *remnant)
{
	aw_process *process = aw_container_of(remnant, aw_process, remnant);
	int returncode;

	(void)aw_exit_signal(&process->exit, SIGKILL);
	(void)aw_exit_reap(&process->exit, true, &returncode);
	finish(process, returncode);
}

int
aw_process_watch(aw_process *process, pid_t pid)
{
	int err;

	process->pid = pid;
	err = aw_exit_open(&process->exit, pid);
	if (err == -ESRCH) {
		process->returncode = AW_EXIT_UNKNOWN;
		return 0;
	}
	if (err < 0) {
		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return err;
	}
	event_assign(&process->ended, process->loop->base, process->exit.fd,
	    EV_READ | EV_PERSIST, on_ended, process);
	if (event_add(&process->ended, NULL) < 0)
		goto no_event;
	process->running = true;
	aw_remnant_add(process->loop, &process->remnant, close_remnant);
	return 0;

no_event:
	/* A thread that waits for it ends with it. */
	kill(pid, SIGKILL);
	(void)aw_exit_reap(&process->exit, true, &process->returncode);
	aw_exit_close(&process->exit);
	return -ENOMEM;
}

pid_t
aw_process_pid(const aw_process *process)
{
	return process->pid;
}

aw_writer *
aw_process_stdin(const aw_process *process)
{
	return process->stdin_writer;
}

aw_reader *
aw_process_stdout(const aw_process *process)
{
	return process->stdout_reader;
}

aw_reader *
aw_process_stderr(const aw_process *process)
{
	return process->stderr_reader;
}

int
aw_process_returncode(const aw_process *process, int *returncode)
{
	if (process->running)
		return AW_EINVALIDSTATE;
	if (returncode != NULL)
		*returncode = process->returncode;
	return 0;
}

int
aw_process_wait(aw_process *process, int *returncode)
{
	struct task *task = aw_task_current();
	int err = 0;

	if (task == NULL)
		return AW_ENOTASK;
	if (process->running)
		err = aw_waiters_wait(&process->waiters, task,
		    "a process to end");
	return err < 0 ? err : aw_process_returncode(process, returncode);
}

int
aw_process_send_signal(aw_process *process, int signal)
{
	int returncode;

	/* One that has just ended would take it, to no effect. */
	if (process->running &&
	    aw_exit_reap(&process->exit, false, &returncode))
		finish(process, returncode);
	if (!process->running)
		return -ESRCH;
	return aw_exit_signal(&process->exit, signal);
}

int
aw_process_terminate(aw_process *process)
{
	return aw_process_send_signal(process, SIGTERM);
}

int
aw_process_kill(aw_process *process)
{
	return aw_process_send_signal(process, SIGKILL);
}

void
aw_process_free(aw_process *process)
{
	if (process == NULL)
		return;
	/* Nobody will read what it has not read by now. */
	if (aw_process_kill(process) == 0 && process->stdin_writer != NULL)
		aw_writer_abort(process->stdin_writer);
	aw_process_release(process);
}
