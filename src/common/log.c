/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log.h"

#include "log_writer.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Atomic int log_threshold = LOG_LEVEL_NOTICE;

/* Where lines go. */
enum route {
	ROUTE_DIRECT,  /* to standard error, at once */
	ROUTE_WRITER,
	ROUTE_NOWHERE, /* the writer is stuck, and it is the end */
};

static _Atomic(enum route) route = ROUTE_DIRECT;
static struct log_style style; /* of what is written directly */
static struct log_writer writer;

/*
 * JOURNAL_STREAM alone proves nothing: it is inherited by programs whose
 * standard error has been sent elsewhere.
 */
static bool
stderr_is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	if (text == NULL || sscanf(text, "%llu:%llu", &device, &inode) != 2)
		return false;
	if (fstat(STDERR_FILENO, &status) < 0)
		return false;
	return status.st_dev == (dev_t)device && status.st_ino == (ino_t)inode;
}

static void
libevent_message(int severity, const char *message)
{
	switch (severity) {
	case EVENT_LOG_ERR:
		log_error("libevent: %s", message);
		break;
	case EVENT_LOG_WARN:
		log_warning("libevent: %s", message);
		break;
	default:
		log_debug("libevent: %s", message);
	}
}

void
log_init(void)
{
	style.reader = stderr_is_journal() ? LOG_READER_JOURNAL :
	    LOG_READER_STREAM;
	event_set_log_callback(libevent_message);
}

void
log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_threshold, (int)level, memory_order_relaxed);
}

/* ----------------------------------------------------------- start and end */

static enum log_reader
reader_of(enum log_target_kind kind)
{
	switch (kind) {
	case LOG_TARGET_SYSLOG:
		return LOG_READER_SYSLOG;
	case LOG_TARGET_FILE:
		return LOG_READER_STREAM;
	case LOG_TARGET_STDERR:
		break;
	}
	return style.reader;
}

int
log_open(const struct log_options *options)
{
	int err = log_target_parse(options->target, &writer.target);

	if (err < 0)
		return err;
	writer.style.reader = reader_of(writer.target.kind);
	writer.style.format = options->format;
	writer.style.program = options->program;
	writer.denied = options->denied;
	/* The one that is filled, and the one that is written. */
	writer.capacity = options->buffer / 2;
	err = log_writer_start(&writer);
	if (err == 0)
		atomic_store(&route, ROUTE_WRITER);
	return err;
}

void
log_reopen(void)
{
	if (atomic_load(&route) == ROUTE_WRITER)
		log_writer_reopen(&writer);
}

void
log_close(double seconds)
{
	if (atomic_load(&route) == ROUTE_WRITER)
		atomic_store(&route, log_writer_stop(&writer, seconds) ?
		    ROUTE_DIRECT : ROUTE_NOWHERE);
}

uint64_t
log_lost(void)
{
	return atomic_load_explicit(&writer.lost, memory_order_relaxed);
}

/* -------------------------------------------------------------------- lines */

static void
write_directly(const char *line, size_t length)
{
	while (write(STDERR_FILENO, line, length) < 0 && errno == EINTR)
		continue;
}

/* The texts are the thread's, as a task's stack had better stay small. */
static void __attribute__((format(printf, 4, 0)))
write_list(enum log_level level, const struct log_field *fields, size_t count,
    const char *format, va_list list)
{
	static _Thread_local char message[LOG_MESSAGE_MAX + 1];
	static _Thread_local char line[LOG_LINE_MAX];
	const enum route now = atomic_load(&route);
	int saved = errno;
	size_t length;

	vsnprintf(message, sizeof(message), format, list);
	length = log_line(line, now == ROUTE_WRITER ? &writer.style : &style,
	    level, message, fields, count);
	if (now == ROUTE_WRITER)
		log_writer_put(&writer, line, length);
	else if (now == ROUTE_DIRECT)
		write_directly(line, length);
	errno = saved;
}

void
log_write(enum log_level level, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	write_list(level, NULL, 0, format, list);
	va_end(list);
}

void
log_write_fields(enum log_level level, const struct log_field *fields,
    size_t count, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	write_list(level, fields, count, format, list);
	va_end(list);
}
