/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log_target.h"

#include "log_line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#ifndef _PATH_LOG
#define _PATH_LOG "/dev/log"
#endif

/* ----------------------------------------------------------------- notation */

static const struct {
	const char *prefix;
	bool path; /* one follows */
	enum log_target_kind kind;
} notations[] = {
	{ "stderr", false, LOG_TARGET_STDERR },
	{ "syslog", false, LOG_TARGET_SYSLOG },
	{ "syslog:", true, LOG_TARGET_SYSLOG },
	{ "file:", true, LOG_TARGET_FILE },
};

/* The rest of the text if it is the notation's, or NULL. */
static const char *
match(const char *text, const char *prefix, bool path)
{
	size_t length = strlen(prefix);

	if (strncmp(text, prefix, length) != 0 ||
	    text[length] != (path ? '/' : '\0'))
		return NULL;
	return text + length;
}

/* A socket's path is short. */
static bool
fits(const struct log_target *target)
{
	return target->kind != LOG_TARGET_SYSLOG || strlen(target->path) <
	    sizeof(((struct sockaddr_un *)0)->sun_path);
}

int
log_target_parse(const char *text, struct log_target *target)
{
	for (size_t i = 0; i < sizeof(notations) / sizeof(notations[0]); i++) {
		const char *rest = match(text, notations[i].prefix,
		    notations[i].path);

		if (rest == NULL)
			continue;
		memset(target, 0, sizeof(*target));
		target->kind = notations[i].kind;
		target->path = notations[i].path ? rest : _PATH_LOG;
		target->fd = -1;
		return fits(target) ? 0 : -EINVAL;
	}
	return -EINVAL;
}

bool
log_target_is_good(const char *text)
{
	struct log_target target;

	return log_target_parse(text, &target) == 0;
}

/* ------------------------------------------------------------------ opening */

/* Without O_NONBLOCK a FIFO that nobody reads would hold up the start. */
static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0640);

	return fd < 0 ? -errno : fd;
}

static int
connect_syslog(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int err, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (const struct sockaddr *)&address,
	    sizeof(address)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int
log_target_open(struct log_target *target)
{
	int fd;

	switch (target->kind) {
	case LOG_TARGET_STDERR:
		target->fd = STDERR_FILENO;
		return 0;
	case LOG_TARGET_SYSLOG:
		fd = connect_syslog(target->path);
		target->fd = fd < 0 ? -1 : fd;
		return 0;
	case LOG_TARGET_FILE:
		break;
	}
	fd = open_file(target->path);
	if (fd < 0)
		return fd;
	target->fd = fd;
	return 0;
}

int
log_target_reopen(struct log_target *target)
{
	int fd;

	if (target->kind != LOG_TARGET_FILE)
		return 0;
	fd = open_file(target->path);
	if (fd < 0)
		return fd;
	close(target->fd);
	target->fd = fd;
	target->torn = false;
	return 0;
}

void
log_target_close(struct log_target *target)
{
	if (target->fd >= 0 && target->kind != LOG_TARGET_STDERR)
		close(target->fd);
	target->fd = -1;
}

/* ------------------------------------------------------------------ writing */

/* As write(2), but waits where others made the descriptor non-blocking. */
static ssize_t
write_some(int fd, const char *data, size_t length)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	ssize_t n;

	while ((n = write(fd, data, length)) < 0) {
		if (errno == EAGAIN)
			(void)poll(&poll_fd, 1, -1);
		else if (errno != EINTR)
			break;
	}
	return n;
}

/* Returns how much of it has been written. */
static size_t
write_all(int fd, const char *data, size_t length)
{
	size_t done = 0;
	ssize_t n;

	while (done < length) {
		n = write_some(fd, data + done, length - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static size_t
write_stream(struct log_target *target, const char *lines, size_t length)
{
	size_t done = 0;

	/* What there is of a line is ended before others come. */
	if (target->torn && write_all(target->fd, "\n", 1) == 1)
		target->torn = false;
	if (!target->torn)
		done = write_all(target->fd, lines, length);
	if (done > 0)
		target->torn = lines[done - 1] != '\n';
	return log_line_count(lines + done, length - done);
}

/* The daemon may have been started anew, so one failure is not the end. */
static bool
send_line(struct log_target *target, const char *line, size_t length)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (target->fd >= 0 && send(target->fd, line, length,
		    MSG_NOSIGNAL) >= 0)
			return true;
		if (target->fd >= 0 && errno == EMSGSIZE)
			return false;
		if (target->fd >= 0)
			close(target->fd);
		target->fd = connect_syslog(target->path);
		if (target->fd < 0) {
			target->fd = -1;
			return false;
		}
	}
	return false;
}

/* A datagram is a line, without its end. */
static size_t
write_syslog(struct log_target *target, const char *lines, size_t length)
{
	const char *end = lines + length;
	size_t lost = 0;

	while (lines < end) {
		const char *feed = memchr(lines, '\n', (size_t)(end - lines));

		if (!send_line(target, lines, (size_t)(feed - lines)))
			lost++;
		lines = feed + 1;
	}
	return lost;
}

size_t
log_target_write(struct log_target *target, const char *lines, size_t length)
{
	if (target->kind == LOG_TARGET_SYSLOG)
		return write_syslog(target, lines, length);
	return write_stream(target, lines, length);
}
