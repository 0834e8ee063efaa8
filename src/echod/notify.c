/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "notify.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#else
/* As libsystemd has them, where there is no service manager. */
#define sd_notify(unset, text) ((void)(text))
#define sd_notifyf(unset, format, text) ((void)(text))
#define sd_watchdog_enabled(unset, time) ((void)(time), 0)
#endif

bool
notify_is_wanted(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

void
notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void
notify_reloading(void)
{
	char text[32];
	struct timespec now;

	/* The time tells the reloads of a hurried administrator apart. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)now.tv_sec *
	    1000000 + (uint64_t)now.tv_nsec / 1000);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%s", text);
}

void
notify_status(const char *text)
{
	sd_notifyf(0, "STATUS=%s", text);
}

double
notify_watchdog_time(void)
{
	uint64_t microseconds = 0;

	if (sd_watchdog_enabled(0, &microseconds) <= 0)
		return 0;
	return (double)microseconds / 1e6;
}

void
notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}

void
notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=Finishing open connections");
}
