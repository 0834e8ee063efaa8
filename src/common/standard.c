/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
standard_open(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		/* Opened the wrong way round, its use is still an error. */
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) != -1)
			continue;
		/* The lowest free descriptor is this one. */
		if (open("/dev/null", flags) == -1)
			return -errno;
	}
	return 0;
}

int
standard_flush(const char *program)
{
	int err;

	errno = 0;
	/* What was too much for the buffer may have failed before. */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	err = errno != 0 ? -errno : -EIO;
	fprintf(stderr, "%s: standard output: %s\n", program, strerror(-err));
	return err;
}
