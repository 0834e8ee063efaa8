/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The loops' pulse: now and then the main thread has every worker's loop take a
 * turn, and notes how long it took.  A single worker has the main loop, whose
 * own lateness is what counts.  The clock is a timerfd that a task waits for,
 * since a timer of the loop, while it is armed, would have every poll read the
 * clock.  For the main thread, but for pulse_waiting.
 */
#ifndef ECHOD_PULSE_H
#define ECHOD_PULSE_H

#include "worker.h"

#include <await.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define PULSE_SECOND INT64_C(1000000000) /* nanoseconds */

struct pulse {
	struct worker *workers;
	size_t worker_count;
	int64_t interval;
	int fd;
	aw_task *task;       /* NULL: it does not beat */
	_Atomic int64_t due; /* nanoseconds: when the main loop is next probed */
};

/*
 * Begins, with so many nanoseconds between two beats.  Returns 0 or -errno, and
 * then it does not beat.
 */
int pulse_start(struct pulse *pulse, int64_t interval, aw_loop *loop,
    struct worker *workers, size_t count);
/* Waits for its task, so it is to be called in one.  All zero is fine. */
void pulse_stop(struct pulse *pulse);

/*
 * Seconds by which the main loop is overdue; 0 if it is not, or if it is not
 * probed.  For any thread, as long as the struct is there.
 */
double pulse_waiting(const struct pulse *pulse);

#endif
