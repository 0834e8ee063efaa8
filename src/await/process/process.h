/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A subprocess.
 *
 * It is used by its owner until aw_process_free, and by the tasks of a
 * communicate, which a closing loop may end after their caller.  While it runs
 * the loop has it as well, to reap it.  The last of them frees it.
 */
#ifndef AWAIT_PROCESS_PROCESS_H
#define AWAIT_PROCESS_PROCESS_H

#include "await.h"

#include <event2/event_struct.h>

#include "core/remnant.h"
#include "core/waiters.h"
#include "process/exit.h"

/* One of its outputs, as far as communicate has come. */
struct aw_collected {
	aw_process *process;
	aw_reader **reader; /* the process's */
	char *data;         /* NULL: not yet all of it */
	size_t size;
};

struct aw_process {
	aw_loop *loop;
	pid_t pid;
	bool running;
	int returncode;      /* once it does not run */
	unsigned users;
	struct aw_exit exit; /* while it runs */
	struct event ended;
	struct aw_waiters waiters;
	struct aw_remnant remnant; /* of the loop, while it runs */
	aw_writer *stdin_writer;
	aw_reader *stdout_reader, *stderr_reader;
	struct aw_collected collected[2];
	size_t output_limit;
};

/* Makes a process that has not been started; NULL if memory is short. */
aw_process *aw_process_new(aw_loop *loop);

/*
 * Has the loop learn of a child's end.  On an error the child is
 * killed and reaped.  Needs more stack than a task has.
 */
AW_MUST_CHECK int aw_process_watch(aw_process *process, pid_t pid);

/* Gives up a use: the last one's goes with the streams. */
void aw_process_release(aw_process *process);

#endif
