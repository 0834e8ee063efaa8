/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for a file descriptor that has no transport.
 */
#ifndef AWAIT_CORE_WAIT_FD_H
#define AWAIT_CORE_WAIT_FD_H

#include "core/task.h"

/* Whether epoll takes the descriptor, as 1 or 0; or -errno. */
AW_MUST_CHECK int aw_can_be_polled(int fd);

/* Waits for EV_READ or EV_WRITE on fd; for what, in words. */
AW_MUST_CHECK int aw_wait_fd(int fd, short events, const char *what);

#endif
