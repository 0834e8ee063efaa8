/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "timer_wait.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

/* Seconds until it is tried again. */
#define PAUSE 0.01

/* Without memory for that either, the loop waits with it. */
static int
pause_task(void)
{
	const struct timespec pause = { .tv_nsec = (long)(PAUSE * 1e9) };
	int err = aw_sleep(PAUSE);

	if (err < 0 && err != -ECANCELED)
		nanosleep(&pause, NULL);
	return err;
}

int
timer_wait(int fd, uint64_t *times)
{
	int err;

	do {
		err = aw_wait_readable(fd);
		if (err == 0 && read(fd, times, sizeof(*times)) ==
		    (ssize_t)sizeof(*times))
			return 0;
		if (err < 0 && err != -ECANCELED)
			err = pause_task();
	} while (err != -ECANCELED);
	return err;
}
