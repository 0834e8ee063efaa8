/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the daemon gives up at its start, in the order that this has to be done:
 * the settings user, group and sandbox.
 */
#ifndef ECHOD_CONFINEMENT_H
#define ECHOD_CONFINEMENT_H

#include "common/settings.h"

/*
 * Before there is another thread, and before anything is opened: gives up
 * files, and acts as the user.  Returns 0, or a negative error, which has been
 * logged.
 */
int confinement_begin(const struct settings *settings);

/*
 * Once all is open that takes root, and before there are workers: gives up root
 * and system calls.  Returns the same.
 */
int confinement_finish(const struct settings *settings);

#endif
