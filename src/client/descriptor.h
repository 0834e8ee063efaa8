/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Standard input and output, which are shared with other processes: they must
 * stay blocking, so each read and write waits until it will not block.
 */
#ifndef CLIENT_DESCRIPTOR_H
#define CLIENT_DESCRIPTOR_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Waits for input and reads at most size bytes.  Returns how many, 0 at the
 * end, or a negative error.
 */
ssize_t descriptor_read(int fd, void *data, size_t size);

/*
 * Writes everything, however often the system takes only a part; waits
 * meanwhile, and blocks outside of a task.  Returns 0 or a negative error.
 */
int descriptor_write(int fd, const void *data, size_t size);

#endif
