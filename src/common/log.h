/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The log: what is logged, at which level, and with which fields.
 *
 * Until log_open, and after log_close, a line is one write(2) to standard
 * error, which may block.  In between a thread writes them (log_writer.h), and
 * whoever logs waits for nobody.  Any thread may log at any time.
 *
 * Under systemd, where standard error is the journal's socket, a line starts
 * with the priority that journald reads ("<6>"); elsewhere with the time in UTC
 * and the level.  log_line.h says how a line looks.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include "log_line.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most talkative level that is written; log_set_level sets it. */
extern _Atomic int log_threshold;

struct log_options {
	const char *target;     /* as log_target_parse takes it; it stays */
	enum log_format format;
	size_t buffer;          /* bytes for lines that wait */
	const char *program;    /* its name, for syslog; it stays */
	const char *denied;     /* why a file may not be opened any more */
};

/*
 * Looks whether standard error is the journal, and sends libevent's own
 * messages through the log.  The level is notice until it is set.
 */
void log_init(void);

/*
 * From here on lines go where the options say, by a thread of the log's own.
 * Returns 0; or -EINVAL if the target is none, or -errno if it can't be opened
 * or there is no thread or memory, and then all is as it was.
 */
int log_open(const struct log_options *options);

/* Has the log's file opened anew by its name, after it was renamed. */
void log_reopen(void);

/*
 * Ends the thread once all lines are written, but waits no longer than so many
 * seconds; what has not been written by then is dropped, and so are all lines
 * that follow.  No other thread may log any more.
 */
void log_close(double seconds);

/* How many lines have been dropped since log_open. */
uint64_t log_lost(void);

/* From here on lines of the level and graver ones are written, no others. */
void log_set_level(enum log_level level);

/* Whether lines of the level are written. */
static inline bool
log_enabled(enum log_level level)
{
	return (int)level <=
	    atomic_load_explicit(&log_threshold, memory_order_relaxed);
}

/*
 * Writes one line, whatever the level that is set; the text takes no line end.
 * A text of more than LOG_MESSAGE_MAX bytes is cut.  errno is left as it was.
 */
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, with fields. */
void log_write_fields(enum log_level level, const struct log_field *fields,
    size_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* These test the level before anything is evaluated or formatted. */
#define log_at(level, ...) \
	do { \
		if (log_enabled(level)) \
			log_write(level, __VA_ARGS__); \
	} while (0)
#define log_error(...) log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_at(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
