/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How a process that was started as root becomes an ordinary user.
 *
 * From the beginning on it acts as that user, so that what works at the start
 * works at a reload too: the log's file, the certificates and the keys are
 * opened with the user's rights.  It raises itself to root for a moment where
 * only root may bind an address, and for the pidfile, which its owner should
 * not be able to change.  Then it drops root for good.
 *
 * All of this is for the main thread; glibc has the other threads follow.
 */
#ifndef ECHOD_PRIVILEGES_H
#define ECHOD_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds the user and the group, each of which may be NULL.  Returns 0, or a
 * negative error with the line to print in error, which the setting's name
 * begins: -ENOENT if there is none of that name, -EINVAL for a group alone.
 */
int privileges_look_up(const char *user, const char *group, char *error,
    size_t error_size);

/*
 * The same, and forbids what programs with set-user-ID could give.  -EPERM is
 * another user than this process may become.
 */
int privileges_find(const char *user, const char *group, char *error,
    size_t error_size);

/*
 * Makes a file that is not there yet, for the user, where only root may.  One
 * that is there is left as it is.
 */
void privileges_make_file(const char *path);

/* Acts as the user from here on.  Returns 0, or -errno with the line. */
int privileges_lower(char *error, size_t error_size);

/*
 * Acts as root again, until privileges_restore.  Returns false, and then there
 * is nothing to restore, if nothing has been lowered, or all was dropped.
 */
bool privileges_raise(void);
void privileges_restore(void);

/* Makes the user the owner of a path that was made by root. */
void privileges_give(const char *path);

/*
 * Drops root for good, and tries to get it back, which must fail.  Returns 0,
 * or a negative error with the line to print.
 */
int privileges_drop(char *error, size_t error_size);

/* The user for whom root was dropped; NULL if it wasn't. */
const char *privileges_user(void);

#endif
