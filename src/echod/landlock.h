/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Landlock: what of the file system, and of the network, a process may use from
 * some moment on.  The kernel holds the calling thread to it, and the threads
 * that it makes afterwards.
 */
#ifndef ECHOD_LANDLOCK_H
#define ECHOD_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may be done at a path, and beneath it if it is a folder. */
enum landlock_use {
	LANDLOCK_READ = 1,   /* open for reading, list folders */
	LANDLOCK_APPEND = 2, /* make files, and open them for writing */
	LANDLOCK_SOCKET = 4, /* make Unix sockets, and remove them */
	LANDLOCK_REPLACE = 8, /* all that LANDLOCK_APPEND allows, and remove */
	LANDLOCK_WRITE = 16, /* open what is there for writing */
};

struct landlock {
	int version;    /* the kernel's; each knows more than the one before */
	int fd;
	uint64_t files; /* the rights that are taken away where not allowed */
};

/*
 * Begins a set of rules that allows nothing but to bind any port, and to look
 * up names by TCP.  abstract is whether abstract Unix sockets of other programs
 * may be connected to.  Returns 0; or -errno, and then there is nothing to
 * close: -ENOSYS or -EOPNOTSUPP where the kernel does not have it.
 */
int landlock_open(struct landlock *landlock, bool abstract);

/*
 * Allows a use, or several.  A path that is not there is no error, nor one that
 * can't be reached.  Returns 0 or -errno.
 */
int landlock_allow(const struct landlock *landlock, const char *path,
    unsigned uses);

/* Puts the rules in force, if that was asked for, and frees.  0 or -errno. */
int landlock_close(struct landlock *landlock, bool enforce);

#endif
