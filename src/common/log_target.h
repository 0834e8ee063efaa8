/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where log lines go: standard error, a syslog daemon, or a file.
 *
 * Writing may block, so it has a thread of its own (log_writer.h).
 */
#ifndef COMMON_LOG_TARGET_H
#define COMMON_LOG_TARGET_H

#include <stdbool.h>
#include <stddef.h>

enum log_target_kind {
	LOG_TARGET_STDERR,
	LOG_TARGET_SYSLOG,
	LOG_TARGET_FILE,
};

/* What log_target_parse takes, for messages. */
#define LOG_TARGET_NOTATION "stderr, syslog, syslog:/PATH or file:/PATH"

struct log_target {
	enum log_target_kind kind;
	const char *path; /* of the file, or of the daemon's socket */
	int fd;           /* -1: of syslog, while it can't be reached */
	bool torn;        /* the last line was written in part */
};

/*
 * Reads LOG_TARGET_NOTATION; path stays within the text.  Returns 0 or -EINVAL.
 */
int log_target_parse(const char *text, struct log_target *target);
/* Whether it can be read. */
bool log_target_is_good(const char *text);

/*
 * Opens it; a file is made if there is none.  A syslog daemon that is not there
 * is no error, as it may come later.  Returns 0 or -errno.
 */
int log_target_open(struct log_target *target);

/*
 * Opens a file anew by its name; others need none of this.  Returns 0; or
 * -errno, and then the file that was open stays so.
 */
int log_target_reopen(struct log_target *target);

/*
 * Writes whole lines, and waits as long as that takes.  Returns how many of
 * them are lost.
 */
size_t log_target_write(struct log_target *target, const char *lines,
    size_t length);

/* Closes what is open of it. */
void log_target_close(struct log_target *target);

#endif
