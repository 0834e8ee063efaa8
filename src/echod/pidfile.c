/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "pidfile.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Returns the process number in a file, 0 if the file is empty, or a negative
 * error: -EINVAL if anything else is in it.
 */
static long
read_number(const char *path)
{
	char text[32], *end;
	ssize_t length;
	long number;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return length == 0 ? 0 : -EINVAL;
	text[length] = '\0';
	number = strtol(text, &end, 10);
	return number > 0 && (*end == '\n' || *end == '\0') ? number : -EINVAL;
}

/* Returns 0 if the file may go. */
static int
check_stale(const char *path, char *error, size_t error_size)
{
	long number = read_number(path);

	if (number == -ENOENT)
		return 0;
	if (number < 0) {
		snprintf(error, error_size, "pidfile %s: there is a file that "
		    "holds no process number; it is left alone", path);
		return -EEXIST;
	}
	if (number == 0 || number == getpid() ||
	    (kill((pid_t)number, 0) < 0 && errno == ESRCH))
		return 0;
	snprintf(error, error_size, "pidfile %s: process %ld is running; stop "
	    "it first, or remove the file if that is not echod", path, number);
	return -EEXIST;
}

static int
write_number(struct pidfile *pidfile, int fd, const char *path)
{
	struct stat status;

	if (dprintf(fd, "%ld\n", (long)getpid()) < 0 || fstat(fd, &status) < 0)
		return -errno;
	pidfile->path = strdup(path);
	if (pidfile->path == NULL)
		return -ENOMEM;
	pidfile->device = status.st_dev;
	pidfile->inode = status.st_ino;
	return 0;
}

int
pidfile_write(struct pidfile *pidfile, const char *path, char *error,
    size_t error_size)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd, err;

	pidfile->path = NULL;
	fd = open(path, flags, 0644);
	if (fd < 0 && errno == EEXIST) {
		err = check_stale(path, error, error_size);
		if (err < 0)
			return err;
		unlink(path);
		fd = open(path, flags, 0644);
	}
	err = fd < 0 ? -errno : write_number(pidfile, fd, path);
	if (fd >= 0)
		close(fd);
	if (err < 0) {
		if (fd >= 0)
			unlink(path);
		snprintf(error, error_size, "pidfile %s: can't be written: %s",
		    path, strerror(-err));
	}
	return err;
}

void
pidfile_remove(struct pidfile *pidfile)
{
	struct stat status;

	if (pidfile->path != NULL && lstat(pidfile->path, &status) == 0 &&
	    status.st_dev == pidfile->device &&
	    status.st_ino == pidfile->inode && unlink(pidfile->path) < 0)
		log_notice("pidfile %s: can't be removed: %s; the next start "
		    "replaces it", pidfile->path, strerror(errno));
	free(pidfile->path);
	pidfile->path = NULL;
}
