/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "notify.h"

#ifdef HAVE_LIBSYSTEMD

#include <systemd/sd-daemon.h>

void
notify_ready(size_t workers, size_t addresses)
{
	sd_notifyf(0, "READY=1\nSTATUS=Serving; workers: %zu, addresses: %zu",
	    workers, addresses);
}

void
notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=Finishing open connections");
}

#else

void
notify_ready(size_t workers, size_t addresses)
{
	(void)workers;
	(void)addresses;
}

void
notify_stopping(void)
{
}

#endif
