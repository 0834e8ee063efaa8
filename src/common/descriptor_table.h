/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A table of descriptors of a thread's own.  As long as the threads of a
 * process share theirs, each system call on a descriptor costs more, so a
 * thread that needs few of them leaves the table to the others.
 */
#ifndef COMMON_DESCRIPTOR_TABLE_H
#define COMMON_DESCRIPTOR_TABLE_H

#include <stddef.h>

/*
 * Gives the calling thread a table that has nothing but the standard three and
 * those in the list, which it sorts; NULL if there are none.  Returns 0; or
 * -errno where that can't be, and then it shares all of them as before.
 * (ThreadSanitizer takes the same number in two tables for one descriptor; there
 * it is -ENOSYS.)
 */
int descriptor_table_leave(int *keep, size_t count);

#endif
