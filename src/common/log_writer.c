/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log_writer.h"

#include "descriptor_table.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --------------------------------------------------------------- the thread */

/* Returns whether it got through. */
static bool
say(struct log_writer *writer, enum log_level level, const char *message,
    const struct log_field *fields, size_t count)
{
	char line[LOG_LINE_MAX];
	size_t length = log_line(line, &writer->style, level, message, fields,
	    count);

	return log_target_write(&writer->target, line, length) == 0;
}

/* Returns whether all that is missing has been told of. */
static bool
tell_lost(struct log_writer *writer)
{
	const struct log_field fields[] = {
		LOG_NUMBER("lost", writer->untold),
	};

	if (writer->untold > 0 && say(writer, LOG_LEVEL_WARNING,
	    "lines are missing here, which the log could not take", fields, 1))
		writer->untold = 0;
	return writer->untold == 0;
}

static void
lose(struct log_writer *writer, uint64_t count)
{
	writer->untold += count;
	atomic_fetch_add_explicit(&writer->lost, count, memory_order_relaxed);
}

static void
write_batch(struct log_writer *writer, const struct log_batch *batch)
{
	if (tell_lost(writer))
		lose(writer, log_target_write(&writer->target, batch->data,
		    batch->length));
	else
		lose(writer, log_line_count(batch->data, batch->length));
	writer->untold += batch->lost;
	tell_lost(writer);
}

/* Only if that does not make anybody wait. */
static void
tell_stderr(const char *message)
{
	struct pollfd poll_fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	const struct log_style style = { .reader = LOG_READER_STREAM };
	char line[LOG_LINE_MAX];
	size_t length = log_line(line, &style, LOG_LEVEL_ERROR, message, NULL,
	    0);

	if (poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0 &&
	    write(STDERR_FILENO, line, length) < 0)
		return;
}

static void
reopen(struct log_writer *writer)
{
	int err = log_target_reopen(&writer->target);
	bool denied = err == -EACCES && writer->denied != NULL;
	char message[512];

	if (err == 0) {
		if (writer->target.kind == LOG_TARGET_FILE)
			say(writer, LOG_LEVEL_NOTICE, "the log's file is open "
			    "anew", NULL, 0);
		return;
	}
	snprintf(message, sizeof(message), "the log's file %s can't be opened "
	    "anew: %s%s%s; lines go on to the one that was open",
	    writer->target.path, strerror(-err), denied ? ", " : "",
	    denied ? writer->denied : "");
	if (!say(writer, LOG_LEVEL_ERROR, message, NULL, 0))
		lose(writer, 1);
	tell_stderr(message);
}

static void *
thread_main(void *arg)
{
	struct log_writer *writer = arg;
	struct log_batch batch;

	pthread_setname_np(pthread_self(), "log");
	/* Where that can't be, the log works all the same. */
	(void)descriptor_table_leave(NULL, 0);
	writer->open_error = log_target_open(&writer->target);
	sem_post(&writer->opened);
	if (writer->open_error < 0)
		return NULL;
	while (log_queue_take(&writer->queue, &batch)) {
		write_batch(writer, &batch);
		if (atomic_exchange(&writer->reopen, false))
			reopen(writer);
	}
	log_target_close(&writer->target);
	return NULL;
}

/* -------------------------------------------------------------- the others */

static int
start_thread(struct log_writer *writer)
{
	sigset_t all, old;
	int err;

	/* Signals are for those who have handlers. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&writer->thread, NULL, thread_main, writer);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

int
log_writer_start(struct log_writer *writer)
{
	int err;

	writer->untold = 0;
	atomic_store(&writer->reopen, false);
	atomic_store(&writer->lost, 0);
	err = log_queue_init(&writer->queue, writer->capacity);
	if (err < 0)
		return err;
	sem_init(&writer->opened, 0, 0);
	err = start_thread(writer);
	if (err < 0)
		goto no_thread;
	while (sem_wait(&writer->opened) < 0)
		continue;
	err = writer->open_error;
	if (err == 0)
		return 0;
	pthread_join(writer->thread, NULL);
no_thread:
	sem_destroy(&writer->opened);
	log_queue_free(&writer->queue);
	return err;
}

void
log_writer_put(struct log_writer *writer, const char *line, size_t length)
{
	if (!log_queue_put(&writer->queue, line, length))
		atomic_fetch_add_explicit(&writer->lost, 1,
		    memory_order_relaxed);
}

void
log_writer_reopen(struct log_writer *writer)
{
	atomic_store(&writer->reopen, true);
	log_queue_call(&writer->queue);
}

static struct timespec
deadline_in(double seconds)
{
	struct timespec deadline;
	long nanoseconds;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += (time_t)seconds;
	nanoseconds = deadline.tv_nsec +
	    (long)((seconds - (double)(time_t)seconds) * 1e9);
	deadline.tv_sec += nanoseconds / 1000000000;
	deadline.tv_nsec = nanoseconds % 1000000000;
	return deadline;
}

bool
log_writer_stop(struct log_writer *writer, double seconds)
{
	const struct timespec deadline = deadline_in(seconds);

	log_queue_end(&writer->queue);
	if (pthread_timedjoin_np(writer->thread, NULL, &deadline) != 0) {
		pthread_detach(writer->thread);
		return false;
	}
	sem_destroy(&writer->opened);
	log_queue_free(&writer->queue);
	return true;
}
