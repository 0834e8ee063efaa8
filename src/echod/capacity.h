/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the process has room for, and so what the limits are that the settings
 * leave to it.  For the main thread.
 */
#ifndef ECHOD_CAPACITY_H
#define ECHOD_CAPACITY_H

#include "generation.h"
#include "limits.h"

/*
 * How many connections so many descriptors are enough for, of which listening
 * sockets have some; at least 1.
 */
uint64_t capacity_connections(uint64_t descriptors, uint64_t listening,
    uint64_t workers);

/*
 * Puts the limits of the settings in force; warns if there are more connections
 * than descriptors.
 */
void capacity_apply(struct limits *limits,
    const struct generation *generation);

#endif
