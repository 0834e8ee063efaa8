/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Waiting for a file descriptor that has no transport.
 */
#ifndef AWAIT_CORE_WAIT_FD_H
#define AWAIT_CORE_WAIT_FD_H

#include "core/task.h"

/* Waits for EV_READ or EV_WRITE on fd; for what, in words. */
AW_MUST_CHECK int aw_wait_fd(int fd, short events, const char *what);

/*
 * Whether epoll takes the descriptor, as 1 or 0; or -errno.  To be found out
 * beforehand, as libevent warns of each one that can't.
 */
AW_MUST_CHECK int aw_can_be_polled(int fd);

#endif
