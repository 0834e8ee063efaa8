/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The system calls that echod needs from its start on, by seccomp.  All others
 * fail with EPERM, and the kernel's audit notes them; those that are newer than
 * libseccomp fail with ENOSYS, as on a kernel without them, which libraries
 * that try them are prepared for.
 *
 * None ends the process: a C library that begins to use another call should
 * cost a feature, not the service.
 */
#ifndef ECHOD_SYSTEM_CALLS_H
#define ECHOD_SYSTEM_CALLS_H

/*
 * Holds all threads of the process to them, for good.  Returns 0; or -errno,
 * and then they can call what they could, but for what is newer: -ENOSYS if echod or the kernel was built
 * without it.
 */
int system_calls_limit(void);

#endif
