/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX 2001 /* of a line's text, with its end */
#define PREFIX_MAX 64

const char *const log_level_names[] = {
	"error", "warning", "notice", "info", "debug", NULL
};

static const int priorities[] = {
	LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG
};

_Atomic int log_threshold = LOG_LEVEL_NOTICE;

static bool to_journal;

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
	to_journal = stderr_is_journal();
	event_set_log_callback(libevent_message);
}

void
log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_threshold, (int)level, memory_order_relaxed);
}

static size_t
write_prefix(enum log_level level, char *prefix)
{
	struct timespec now;
	struct tm tm;
	size_t length;

	if (to_journal)
		return (size_t)snprintf(prefix, PREFIX_MAX, "<%d>",
		    priorities[level]);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	length = strftime(prefix, PREFIX_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	return length + (size_t)snprintf(prefix + length, PREFIX_MAX - length,
	    ".%03ldZ %s: ", now.tv_nsec / 1000000, log_level_names[level]);
}

/* escaped has room for four times the text; returns the length. */
static size_t
escape(const char *text, char *escaped)
{
	static const char digits[] = "0123456789abcdef";
	char *out = escaped;

	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= ' ' && byte < 0x7f) {
			*out++ = (char)byte;
			continue;
		}
		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[byte >> 4];
		*out++ = digits[byte & 15];
	}
	return (size_t)(out - escaped);
}

void
log_write_list(enum log_level level, const char *format, va_list list)
{
	char text[TEXT_MAX];
	char line[PREFIX_MAX + 4 * TEXT_MAX + 1];
	int saved = errno;
	size_t length;

	vsnprintf(text, sizeof(text), format, list);
	length = write_prefix(level, line);
	length += escape(text, line + length);
	line[length++] = '\n';
	while (write(STDERR_FILENO, line, length) < 0 && errno == EINTR)
		continue;
	errno = saved;
}

void
log_write(enum log_level level, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_write_list(level, format, list);
	va_end(list);
}
