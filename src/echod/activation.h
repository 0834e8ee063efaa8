/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Socket activation: listening sockets from the service manager.
 */
#ifndef ECHOD_ACTIVATION_H
#define ECHOD_ACTIVATION_H

#include "listener.h"
#include "stored.h"

/*
 * Gives each socket that the service manager handed over to the listener that
 * has its name (FileDescriptorName=); a single listener takes them all,
 * whatever their names.  What an echod before this one has left with it goes to
 * stored, to be found by its address.  Returns how many there were, 0 if the
 * process was not started that way, or a negative error with a line to print in
 * error.
 */
int activation_take(struct listeners *listeners, struct stored *stored,
    char *error, size_t error_size);

/*
 * Which listener such a socket is for; NULL if none, with a line to print in
 * error.
 */
struct listener *activation_find(const struct listeners *listeners,
    const char *name, char *error, size_t error_size);

#endif
