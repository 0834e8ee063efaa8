/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The thread that writes log lines, so that nobody who logs waits for a disk, a
 * terminal or a pipe that nobody reads.
 *
 * What could not be written, because it came faster than that or because of an
 * error, is counted, and the next line that gets through says how many lines
 * are missing at that place.
 *
 * The thread has a table of descriptors of its own, where the kernel has such.
 * So a program whose other threads are one still has that one's table to
 * itself, and its system calls cost what they cost without a log.
 */
#ifndef COMMON_LOG_WRITER_H
#define COMMON_LOG_WRITER_H

#include "log_line.h"
#include "log_queue.h"
#include "log_target.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct log_writer {
	/* Filled in by the caller. */
	struct log_target target; /* as log_target_parse left it */
	struct log_style style;   /* of the lines about lost lines */
	size_t capacity;          /* of each of two buffers, in bytes */
	const char *denied;       /* said of EACCES, or NULL */

	/* The writer's own. */
	struct log_queue queue;
	pthread_t thread;
	sem_t opened;
	int open_error;
	uint64_t untold;          /* lost lines that no line has told of */
	atomic_bool reopen;
	_Atomic uint64_t lost;    /* in all */
};

/*
 * Starts the thread, which opens the target.  Returns 0; or -errno of either,
 * and then nothing is left of it.
 */
int log_writer_start(struct log_writer *writer);

/* Hands over a line; never waits.  For any thread. */
void log_writer_put(struct log_writer *writer, const char *line,
    size_t length);

/*
 * Has a file opened anew by its name; the first line in it says so.  If that
 * fails, a line in the old one says why, and one on standard error if that
 * takes it at once.
 */
void log_writer_reopen(struct log_writer *writer);

/*
 * Has the lines written that were put before, and ends the thread.  Returns
 * false if that takes longer than so many seconds: then the thread is left
 * alone, and the struct must stay.
 */
bool log_writer_stop(struct log_writer *writer, double seconds);

#endif
