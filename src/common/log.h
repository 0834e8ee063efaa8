/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Log lines on standard error.
 *
 * One line is one write(2), so lines of several threads never mix.  Under
 * systemd, where standard error is the journal's socket, a line starts with
 * the priority that journald reads ("<6>"); elsewhere with the time in UTC and
 * the level.  Bytes that could confuse a terminal or a log reader are escaped
 * as \xNN.  Any thread may log at any time.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* The names of the levels in the order of the enum, then NULL. */
extern const char *const log_level_names[];

/* The most talkative level that is written; log_set_level sets it. */
extern _Atomic int log_threshold;

/*
 * Looks whether standard error is the journal, and sends libevent's own
 * messages through the log.  The level is notice until it is set.
 */
void log_init(void);

void log_set_level(enum log_level level);

static inline bool
log_enabled(enum log_level level)
{
	return (int)level <=
	    atomic_load_explicit(&log_threshold, memory_order_relaxed);
}

/*
 * Writes one line, whatever the level that is set; the text takes no line end.
 * A text of more than 2000 bytes is cut.  errno is left as it was.
 */
void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_write_list(enum log_level level, const char *format, va_list list)
    __attribute__((format(printf, 2, 0)));

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
