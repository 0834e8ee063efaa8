/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the service manager is told.  Nothing happens if there is none.
 */
#ifndef ECHOD_NOTIFY_H
#define ECHOD_NOTIFY_H

#include <stddef.h>

/* We serve, with that many workers on that many addresses. */
void notify_ready(size_t workers, size_t addresses);

/* We have stopped listening, and finish what is open. */
void notify_stopping(void);

#endif
