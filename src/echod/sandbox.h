/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The setting sandbox: echod gives up what it does not need.
 *
 * Files first (landlock.h), before there is another thread, as the kernel holds
 * a thread and those that it makes.  What the settings name may be used, and
 * its folder, so that files there can be replaced; what a C library and OpenSSL
 * read may be read.  Then, once all is open, system calls (system_calls.h), for
 * all threads at once.
 *
 * Neither can be widened later, so a reload that names other folders is refused
 * with the reason.
 */
#ifndef ECHOD_SANDBOX_H
#define ECHOD_SANDBOX_H

#include "common/settings.h"

/*
 * Gives up files.  For the only thread.  Returns 0 also if the kernel does not
 * have it, unless the setting requires it; then, or if it failed otherwise, a
 * negative error, which has been logged.
 */
int sandbox_begin(const struct settings *settings);

/*
 * Gives up system calls, and logs what there is of the sandbox.  Returns the
 * same.
 */
int sandbox_finish(void);

/*
 * Whether all that new settings name can be used from within the sandbox.
 * Reports each path that can't.
 */
bool sandbox_permits(const struct settings *settings, settings_report *report,
    void *arg);

/* Forgets everything but what the kernel holds the process to. */
void sandbox_clear(void);

#endif
