/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The daemon's life: start, serve, finish.
 */
#ifndef ECHOD_DAEMON_H
#define ECHOD_DAEMON_H

#include "common/settings.h"

/*
 * Serves until SIGTERM or SIGINT.  What goes wrong is logged.  Returns the
 * process's exit status.
 */
int daemon_run(const struct settings *settings);

#endif
