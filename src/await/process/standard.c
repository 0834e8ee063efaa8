/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "process/standard.h"

/* Remembers what is to be closed. */
static int
opened(struct aw_standard *standard, int fd)
{
	if (fd < 0)
		return -errno;
	standard->opened[standard->count++] = fd;
	return fd;
}

static int
open_pipe(struct aw_standard *standard, int fd)
{
	int ends[2], ours = fd == STDIN_FILENO ? 1 : 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* Nobody else has that end, and the other one stays as it is. */
	(void)fcntl(ends[ours], F_SETFL, O_NONBLOCK);
	standard->parent[fd] = ends[ours];
	return opened(standard, ends[1 - ours]);
}

/* What the child is to have at fd, or -errno. */
static int
open_one(struct aw_standard *standard, int fd, int wanted)
{
	switch (wanted) {
	case AW_PIPE:
		return open_pipe(standard, fd);
	case AW_DEVNULL:
		return opened(standard, open("/dev/null", O_RDWR | O_CLOEXEC));
	case AW_STDOUT:
		return standard->child[STDOUT_FILENO] >= 0 ?
		    standard->child[STDOUT_FILENO] : STDOUT_FILENO;
	default:
		return wanted;
	}
}

/*
 * Moves a descriptor out of the way of the standard ones, which the child fills
 * one after the other.
 */
static int
move_up(struct aw_standard *standard, int fd, int source)
{
	if (source < 0 || source == fd || source > STDERR_FILENO)
		return source;
	return opened(standard, fcntl(source, F_DUPFD_CLOEXEC,
	    STDERR_FILENO + 1));
}

/* Found out before a pipe of ours may get that number. */
static int
check(int fd, int wanted)
{
	if (wanted == 0)
		return 0;
	if (wanted < AW_DEVNULL || (wanted == AW_STDOUT && fd != STDERR_FILENO))
		return -EINVAL;
	return wanted > 0 && fcntl(wanted, F_GETFD) < 0 ? -errno : 0;
}

int
aw_standard_open(struct aw_standard *standard,
    const aw_subprocess_options *options)
{
	const int wanted[3] = { options->stdin_fd, options->stdout_fd,
	    options->stderr_fd };
	int fd, err = 0;

	standard->count = 0;
	for (fd = 0; fd < 3; fd++)
		standard->child[fd] = standard->parent[fd] = -1;
	for (fd = 0; fd < 3 && err >= 0; fd++)
		err = check(fd, wanted[fd]);
	for (fd = 0; fd < 3 && err >= 0; fd++) {
		if (wanted[fd] == 0)
			continue;
		err = open_one(standard, fd, wanted[fd]);
		if (err >= 0)
			err = move_up(standard, fd, err);
		standard->child[fd] = err;
	}
	if (err >= 0)
		return 0;
	aw_standard_close_child(standard);
	aw_standard_close_parent(standard);
	return err;
}

void
aw_standard_close_child(struct aw_standard *standard)
{
	while (standard->count > 0)
		close(standard->opened[--standard->count]);
}

void
aw_standard_close_parent(struct aw_standard *standard)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if (standard->parent[fd] >= 0)
			close(standard->parent[fd]);
		standard->parent[fd] = -1;
	}
}
