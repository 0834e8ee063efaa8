/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the process asks of the machine.
 */
#ifndef ECHOD_PROCESS_H
#define ECHOD_PROCESS_H

#include <stddef.h>

/* Raises the soft limit of file descriptors to the hard one. */
void process_raise_limits(void);

/* How many processors this process may use; at least 1. */
size_t process_processors(void);

#endif
