/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Standard input, output and error, which a program may be started without, or
 * with an output that takes nothing.
 */
#ifndef COMMON_STANDARD_H
#define COMMON_STANDARD_H

/*
 * Makes sure that the descriptors 0, 1 and 2 are open, so that no socket takes
 * their place and gets what is meant for people; one that was closed fails as
 * before, with -EBADF.  Returns 0 or -errno.
 */
int standard_open(void);

/*
 * Writes what standard output has been given so far.  Returns 0; or -errno, and
 * then standard error has been told in the name of the program.
 */
int standard_flush(const char *program);

#endif
