/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A task's wait for a timerfd, whatever runs out.
 */
#ifndef ECHOD_TIMER_WAIT_H
#define ECHOD_TIMER_WAIT_H

#include <await.h>
#include <stdint.h>

/*
 * Waits until the timer is due; *times gets how often it was since the last
 * time.  Where there is no memory for a wait, it tries again in a while: what
 * goes by the timer is late then, but does not end.  Returns 0 or -ECANCELED.
 * In a task.
 */
AW_MUST_CHECK int timer_wait(int fd, uint64_t *times);

#endif
