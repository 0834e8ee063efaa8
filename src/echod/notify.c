/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "notify.h"

#include "common/monotonic.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#else
/* As libsystemd has them, where there is no service manager. */
#define sd_notify(unset, text) ((void)(text))
#define sd_notifyf(unset, format, text) ((void)(text))
#define sd_notify_barrier(unset, time) ((void)(time))
#define sd_watchdog_enabled(unset, time) ((void)(time), 0)
#define sd_pid_notify_with_fds(pid, unset, text, fds, count) \
	((void)(text), (void)(fds), (void)(count), 0)
#endif

/* The kernel passes no more than 253. */
#define FDS_AT_A_TIME 128
/* Microseconds that the service manager may take. */
#define BARRIER_TIME UINT64_C(5000000)

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

	/* The time tells the reloads of a hurried administrator apart. */
	snprintf(text, sizeof(text), "%" PRId64,
	    monotonic_nanoseconds() / 1000);
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

size_t
notify_store_room(void)
{
	const char *room = getenv("FDSTORE");

	return room != NULL ? strtoul(room, NULL, 10) : 0;
}

/* FDPOLL=0: a listening socket is in order whatever poll says of it. */
bool
notify_store(const int *fds, size_t count, const char *name)
{
	char text[512];
	size_t sent = 0, size;

	snprintf(text, sizeof(text), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
	while (sent < count) {
		size = count - sent < FDS_AT_A_TIME ? count - sent :
		    FDS_AT_A_TIME;
		if (sd_pid_notify_with_fds(0, 0, text, fds + sent,
		    (unsigned)size) <= 0) {
			if (sent > 0)
				notify_forget(name);
			return false;
		}
		sent += size;
	}
	return count > 0;
}

void
notify_forget(const char *name)
{
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}

void
notify_barrier(void)
{
	sd_notify_barrier(0, BARRIER_TIME);
}

void
notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=Finishing open connections");
}
