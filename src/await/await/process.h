/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Subprocesses.
 */
#ifndef AWAIT_PROCESS_H
#define AWAIT_PROCESS_H

#include <await/stream.h>

AW_BEGIN_DECLS

/* What a subprocess's standard input, output or error can be. */
enum {
	AW_PIPE = -1,    /* a pipe to a stream */
	AW_STDOUT = -2,  /* for its standard error: where its output goes */
	AW_DEVNULL = -3, /* the null device */
};

typedef struct aw_subprocess_options {
	/*
	 * Each AW_PIPE, AW_DEVNULL, a descriptor, which stays the caller's, or
	 * 0 for what this process has there; stderr_fd also AW_STDOUT.
	 */
	int stdin_fd, stdout_fd, stderr_fd;
	const char *cwd;        /* the folder to run in; NULL is this one */
	/* Its environment, whose PATH is searched; NULL is this process's. */
	char *const *env;
	const int *pass_fds;    /* descriptors that it gets under their number */
	size_t pass_fd_count;
	bool start_new_session; /* setsid(2) */
	bool new_process_group; /* setpgid(2) */
	/* For the streams of its pipes. */
	aw_connection_options connection;
	/* Most bytes of each output that communicate collects; 0: no bound. */
	size_t output_limit;
} aw_subprocess_options;

/*
 * Starts a program (asyncio.create_subprocess_exec); argv ends with NULL, and
 * argv[0] is looked for in PATH unless it has a slash.  The child gets its
 * standard descriptors and those of pass_fds, no others; default actions for
 * all signals, none blocked.  options may be NULL.  Returns 0, or the error of
 * what could not be done: -ENOENT for a program or a folder that is not there,
 * which aw_error_text names.  The process is the caller's, who ends it with
 * aw_process_free.  Only from within a task, but it does not wait.
 */
AW_MUST_CHECK int aw_create_subprocess_exec(const char *const *argv,
    const aw_subprocess_options *options, aw_process **process);

/* The same with a command line for /bin/sh (create_subprocess_shell). */
AW_MUST_CHECK int aw_create_subprocess_shell(const char *command,
    const aw_subprocess_options *options, aw_process **process);

/* Its number, which another process may have once this one has ended. */
pid_t aw_process_pid(const aw_process *process);

/* The streams of its pipes, which go with it; NULL where there is none. */
aw_writer *aw_process_stdin(const aw_process *process);
aw_reader *aw_process_stdout(const aw_process *process);
aw_reader *aw_process_stderr(const aw_process *process);

/*
 * Waits for its end (process.wait).  *returncode is its exit status, or minus
 * the number of the signal that it was killed by; 255 if that can't be known,
 * since somebody else has asked for it or SIGCHLD is ignored.  returncode may
 * be NULL.  One whose outputs nobody reads may never end.
 */
AW_MUST_CHECK int aw_process_wait(aw_process *process, int *returncode);

/* The same without waiting: AW_EINVALIDSTATE while it runs. */
int aw_process_returncode(const aw_process *process, int *returncode);

typedef struct aw_process_output {
	char *stdout_data, *stderr_data; /* NULL where there is no pipe */
	size_t stdout_size, stderr_size; /* bytes; a '\0' follows each */
} aw_process_output;

/*
 * Writes input, closes its standard input, reads its outputs to their ends, all
 * at once, and waits for it (process.communicate).  That it does not read its
 * input is no error; -EINVAL if there is input but no pipe for it.  The output
 * is the caller's, for aw_process_output_free; after an error there is none.
 * AW_ELIMIT if there is more than the limit; the process goes on, and waits for
 * somebody to read.  After a cancellation it can be called again, without
 * input, and returns the whole output.
 */
AW_MUST_CHECK int aw_process_communicate(aw_process *process,
    const void *input, size_t size, aw_process_output *output);
void aw_process_output_free(aw_process_output *output);

/*
 * Send it a signal; SIGTERM; SIGKILL.  Return 0, -ESRCH once it has ended, or
 * -EINVAL for what is no signal.
 */
int aw_process_send_signal(aw_process *process, int signal);
int aw_process_terminate(aw_process *process);
int aw_process_kill(aw_process *process);

/*
 * Gives the process back with its streams, when nobody uses it any more.  One
 * that still runs is killed, as when Python closes its transport, and the loop
 * sees to the rest.  NULL is fine.
 */
void aw_process_free(aw_process *process);

AW_END_DECLS

#endif
