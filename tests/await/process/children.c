/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/children.h"

unsigned process_pidfds, process_signals;
static bool no_pidfd;

/* The linker has the library call these (--wrap). */
int __real_pidfd_open(pid_t pid, unsigned flags);
int __wrap_pidfd_open(pid_t pid, unsigned flags);
int __real_pidfd_send_signal(int fd, int signal, siginfo_t *info,
    unsigned flags);
int __wrap_pidfd_send_signal(int fd, int signal, siginfo_t *info,
    unsigned flags);

int
__wrap_pidfd_open(pid_t pid, unsigned flags)
{
	process_pidfds++;
	if (no_pidfd) {
		errno = ENOSYS;
		return -1;
	}
	return __real_pidfd_open(pid, flags);
}

int
__wrap_pidfd_send_signal(int fd, int signal, siginfo_t *info, unsigned flags)
{
	process_signals++;
	return __real_pidfd_send_signal(fd, signal, info, flags);
}

void
process_run(void (*body)(void), bool without_pidfd)
{
	no_pidfd = without_pidfd;
	with_task(body);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}

aw_process *
start(const char *command, const aw_subprocess_options *options)
{
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_shell(command, options,
	    &process), 0);
	return process;
}

aw_process *
start_program(const char *const *argv, const aw_subprocess_options *options)
{
	aw_process *process;
	int err = aw_create_subprocess_exec(argv, options, &process);

	ck_assert_msg(err == 0, "%s: %s", argv[0], aw_strerror(err));
	return process;
}

aw_process *
start_sleeper(void)
{
	return start_program(ARGV("sleep", "1000"), NULL);
}

int
end(aw_process *process)
{
	int returncode;

	ck_assert_int_eq(aw_process_wait(process, &returncode), 0);
	aw_process_free(process);
	return returncode;
}

const char *
read_to_end(int fd)
{
	static char text[8192];
	size_t length = 0;
	ssize_t n;

	do {
		n = read(fd, text + length, sizeof(text) - 1 - length);
		if (n > 0)
			length += (size_t)n;
	} while (n > 0);
	ck_assert_int_eq(n, 0);
	close(fd);
	text[length] = '\0';
	return text;
}

const char *
output_of_program(const char *const *argv,
    const aw_subprocess_options *options)
{
	aw_subprocess_options with_output = { 0 };
	const char *output;
	aw_process *process;
	int ends[2];

	if (options != NULL)
		with_output = *options;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	with_output.stdout_fd = ends[1];
	process = start_program(argv, &with_output);
	close(ends[1]);
	output = read_to_end(ends[0]);
	ck_assert_int_eq(end(process), 0);
	return output;
}

const char *
output_of(const char *command, const aw_subprocess_options *options)
{
	return output_of_program(ARGV("/bin/sh", "-c", command), options);
}

bool
exists(pid_t pid)
{
	return kill(pid, 0) == 0;
}

void
see_end(pid_t pid)
{
	siginfo_t info;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}
