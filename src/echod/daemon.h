/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The daemon's life: start, serve, finish.
 */
#ifndef ECHOD_DAEMON_H
#define ECHOD_DAEMON_H

#include "arguments.h"
#include "common/settings.h"

/*
 * Serves until SIGTERM or SIGINT, with settings that it takes over; SIGHUP has
 * it read them again as the arguments say.  What goes wrong is logged.  Returns
 * the process's exit status.
 */
int daemon_run(const struct arguments *arguments, struct settings *settings);

#endif
