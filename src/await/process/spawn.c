/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The child shares our memory until it has become the program (vfork), so that
 * a large process is not copied; hence all is prepared before, and the
 * child itself only makes system calls.  posix_spawn would do that too, but it
 * can't close everything but some descriptors, and under Valgrind it does not
 * tell that there is no such program.
 *
 * What goes wrong in the child comes back by a pipe, which the program's start
 * closes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/spawn.h"

#define FIRST_FREE (STDERR_FILENO + 1)
/* The child's exit status if it does not become the program. */
#define NOT_STARTED 127

struct failure {
	enum aw_spawn_step step;
	int error;
};

/* Tells the parent; there is no way back. */
__attribute__((noreturn)) static void
give_up(int report, enum aw_spawn_step step, int error)
{
	struct failure failure = { step, error };
	ssize_t n;

	n = write(report, &failure, sizeof(failure));
	_exit(n == (ssize_t)sizeof(failure) ? NOT_STARTED : NOT_STARTED - 1);
}

/* Has the program keep a descriptor. */
static int
keep(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

static int
place_standard(const int standard[3])
{
	int fd, err = 0;

	for (fd = 0; fd < 3 && err >= 0; fd++) {
		if (standard[fd] == fd)
			err = keep(fd);
		else if (standard[fd] >= 0)
			err = dup2(standard[fd], fd);
	}
	return err;
}

static void
close_between(int first, int last)
{
	long most;

	if (first > last || close_range((unsigned)first, (unsigned)last, 0) ==
	    0)
		return;
	/* A kernel that has no such call. */
	most = sysconf(_SC_OPEN_MAX);
	for (; first <= last && first < most; first++)
		close(first);
}

/* Closes all but what the program is to get, and the report. */
static int
pass_fds(const struct aw_spawn *spawn, int report)
{
	int first = FIRST_FREE, fd;
	size_t i;

	for (i = 0; i < spawn->pass_fd_count; i++) {
		fd = spawn->pass_fds[i];
		if (keep(fd) < 0)
			return -1;
		if (report >= first && report < fd) {
			close_between(first, report - 1);
			first = report + 1;
		}
		close_between(first, fd - 1);
		first = fd + 1;
	}
	if (report >= first) {
		close_between(first, report - 1);
		first = report + 1;
	}
	close_between(first, INT_MAX);
	return 0;
}

/* As if nobody had ever asked for anything else. */
static void
reset_signals(void)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t none;
	int signal;

	/* Refused for SIGKILL, SIGSTOP and those of the C library's own. */
	for (signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The error that says most: of all paths, that one was there. */
static int
execute(const struct aw_spawn *spawn)
{
	char *const *path;
	int error = 0;

	for (path = spawn->paths; *path != NULL; path++) {
		execve(*path, spawn->argv, spawn->env);
		if (error == 0 && errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	return error != 0 ? error : errno;
}

/* The child. */
__attribute__((noinline, noreturn)) static void
become(const struct aw_spawn *spawn, int report)
{
	if (place_standard(spawn->standard) < 0 ||
	    pass_fds(spawn, report) < 0 ||
	    (spawn->new_session && setsid() < 0) ||
	    (spawn->new_group && !spawn->new_session && setpgid(0, 0) < 0))
		give_up(report, AW_SPAWN_PREPARE, errno);
	if (spawn->cwd != NULL && chdir(spawn->cwd) < 0)
		give_up(report, AW_SPAWN_CHDIR, errno);
	reset_signals();
	give_up(report, AW_SPAWN_EXEC, execute(spawn));
}

/* A function of its own, so that the child has no local variable to spoil. */
__attribute__((noinline)) static pid_t
split(const struct aw_spawn *spawn, int report)
{
	pid_t pid = vfork();

	if (pid == 0)
		become(spawn, report);
	return pid;
}

/* No handler of ours may run in the child, which has our memory. */
static pid_t
split_undisturbed(const struct aw_spawn *spawn, int report)
{
	sigset_t all, before;
	int error;
	pid_t pid;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = split(spawn, report);
	error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -error : pid;
}

/* Reads what went wrong in the child, or the end of the pipe. */
static ssize_t
read_failure(int report, struct failure *failure)
{
	ssize_t n;

	do {
		n = read(report, failure, sizeof(*failure));
	} while (n < 0 && errno == EINTR);
	return n;
}

/* A pipe whose end to write to is no standard descriptor. */
static int
open_report(int ends[2])
{
	int end = -1, error;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	if (ends[1] >= FIRST_FREE)
		return 0;
	end = fcntl(ends[1], F_DUPFD_CLOEXEC, FIRST_FREE);
	error = errno;
	close(ends[1]);
	ends[1] = end;
	if (end < 0)
		close(ends[0]);
	return end < 0 ? -error : 0;
}

int
aw_spawn(struct aw_spawn *spawn, pid_t *pid)
{
	struct failure failure;
	int report[2];
	ssize_t n;
	pid_t child;
	int err;

	spawn->failed = AW_SPAWN_PREPARE;
	spawn->error = open_report(report);
	if (spawn->error < 0)
		return spawn->error;
	child = split_undisturbed(spawn, report[1]);
	close(report[1]);
	if (child < 0) {
		err = child;
		goto out;
	}
	n = read_failure(report[0], &failure);
	err = n == (ssize_t)sizeof(failure) ? -failure.error : 0;
	if (err < 0) {
		spawn->failed = failure.step;
		(void)waitpid(child, NULL, 0);
	}
	*pid = child;
out:
	close(report[0]);
	spawn->error = err;
	return err;
}
