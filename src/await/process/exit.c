/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/exit.h"

/* Waits for a child's end, and leaves its status to the loop. */
static void *
wait_for_end(void *arg)
{
	struct aw_exit *exit = arg;
	siginfo_t info;
	int err;

	do {
		err = waitid(P_PID, (id_t)exit->pid, &info, WEXITED | WNOWAIT);
	} while (err < 0 && errno == EINTR);
	(void)eventfd_write(exit->fd, 1);
	return NULL;
}

/* Signals are for the threads that expect them. */
static int
start_thread(struct aw_exit *exit)
{
	sigset_t all, before;
	int err;

	exit->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (exit->fd < 0)
		return -errno;
	exit->by_thread = true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&exit->thread, NULL, wait_for_end, exit);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err != 0)
		close(exit->fd);
	return -err;
}

int
aw_exit_open(struct aw_exit *exit, pid_t pid)
{
	exit->pid = pid;
	exit->by_thread = false;
	exit->fd = pidfd_open(pid, 0);
	if (exit->fd >= 0)
		return 0;
	/* Older containers refuse what they don't know. */
	if (errno == ENOSYS || errno == EPERM)
		return start_thread(exit);
	return -errno;
}

static int
status_of(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status :
	    -info->si_status;
}

bool
aw_exit_reap(const struct aw_exit *exit, bool wait, int *returncode)
{
	siginfo_t info = { .si_pid = 0 };
	int err;

	do {
		err = waitid(exit->by_thread ? P_PID : P_PIDFD,
		    (id_t)(exit->by_thread ? exit->pid : exit->fd), &info,
		    WEXITED | (wait ? 0 : WNOHANG));
	} while (err < 0 && errno == EINTR);
	if (err == 0 && info.si_pid == 0)
		return false;
	*returncode = err < 0 ? AW_EXIT_UNKNOWN : status_of(&info);
	return true;
}

void
aw_exit_close(struct aw_exit *exit)
{
	if (exit->by_thread)
		pthread_join(exit->thread, NULL);
	close(exit->fd);
}

int
aw_exit_signal(const struct aw_exit *exit, int signal)
{
	int err;

	if (exit->by_thread)
		err = kill(exit->pid, signal);
	else
		err = pidfd_send_signal(exit->fd, signal, NULL, 0);
	return err < 0 ? -errno : 0;
}
