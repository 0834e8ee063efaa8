/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Starting a program in a process of its own.
 */
#ifndef AWAIT_PROCESS_SPAWN_H
#define AWAIT_PROCESS_SPAWN_H

#include "await.h"

/* What is done on the way to the program. */
enum aw_spawn_step {
	AW_SPAWN_PREPARE, /* all the rest */
	AW_SPAWN_CHDIR,
	AW_SPAWN_EXEC,
};

struct aw_spawn {
	/* Paths of the program, tried in turn; its arguments; its environment. */
	char *const *paths;
	char *const *argv;
	char *const *env;
	const char *cwd; /* or NULL */
	/*
	 * What becomes its descriptors 0 to 2: itself, one above 2, or -1 for
	 * what is there.
	 */
	int standard[3];
	/* What it gets beside them: above 2, in order, none twice. */
	const int *pass_fds;
	size_t pass_fd_count;
	bool new_session;
	bool new_group;
	/* What failed, and with which error. */
	enum aw_spawn_step failed;
	int error;
};

/*
 * Starts the program and fills *pid.  Returns 0, or the error; no process is
 * left then.  Needs more stack than a task has.
 */
AW_MUST_CHECK int aw_spawn(struct aw_spawn *spawn, pid_t *pid);

#endif
