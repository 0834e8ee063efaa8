/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A child's end: learning of it, its status, and signals until then.
 *
 * By a pidfd, so that no handler of SIGCHLD is needed and no other process can
 * be meant; without one (Linux before 5.3, Valgrind before 3.21) by a thread
 * that waits.
 */
#ifndef AWAIT_PROCESS_EXIT_H
#define AWAIT_PROCESS_EXIT_H

#include "await.h"

#include <pthread.h>

/* The status of one that somebody else has asked for, as in Python. */
#define AW_EXIT_UNKNOWN 255

struct aw_exit {
	pid_t pid;
	int fd;           /* can be read from once it has ended */
	bool by_thread;   /* which writes to fd; otherwise that is a pidfd */
	pthread_t thread;
};

/*
 * Begins to watch a child.  Returns 0 or the error; -ESRCH if it is gone and
 * its status with it.  Needs more stack than a task has.
 */
AW_MUST_CHECK int aw_exit_open(struct aw_exit *exit, pid_t pid);

/*
 * Asks for the status, waiting for it if so told.  Returns whether it has
 * ended, once; *returncode is as by aw_process_wait.
 */
bool aw_exit_reap(const struct aw_exit *exit, bool wait, int *returncode);

/* Frees what aw_exit_open made, of a child that has been reaped. */
void aw_exit_close(struct aw_exit *exit);

/* Sends a signal to a child that has not been reaped. */
int aw_exit_signal(const struct aw_exit *exit, int signal);

#endif
