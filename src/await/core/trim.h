/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Trimming: the memory that a task's stack once used goes back to the kernel
 * when the task has waited for a while, and so does that of stacks without a
 * task.
 *
 * A timer of the kernel's has the loop walk through its tasks, some at a time,
 * so what it costs a second is bounded whatever their number.  A pass comes
 * when the task that has waited for longest is due; when none is left to trim
 * and nothing has run since, the timer rests.  A loop that is busy does nothing
 * for it but to test one flag an iteration.
 */
#ifndef AWAIT_CORE_TRIM_H
#define AWAIT_CORE_TRIM_H

#include <stdbool.h>
#include <stdint.h>

#include "await.h"

#include "core/poll.h"

struct task_link;

struct aw_trim {
	bool armed;
	bool in_pass;
	int64_t after;       /* nanoseconds that a task has to have waited */
	int fd;              /* the timer, or -1: nothing is trimmed */
	struct aw_watch watch;
	struct task_link *cursor; /* the next to look at, or NULL at the end */
	uint64_t last;       /* sequence of the last task of this pass */
	int64_t oldest;      /* since when the longest wait left lasts */
};

/*
 * Prepares the trimming of a loop that has its base, after so many seconds: 0
 * is the default, and less than that never.  Returns 0 or an error.
 */
AW_MUST_CHECK int aw_trim_init(aw_loop *loop, double after);
void aw_trim_close(aw_loop *loop);

/* Something runs again, and loop->trim_rests. */
void aw_trim_wake(aw_loop *loop);

/* It is about to leave the list of tasks. */
void aw_trim_forget(aw_loop *loop, const struct task_link *link);

#endif
