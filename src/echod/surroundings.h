/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the settings suppose of the machine, beside certificates and addresses:
 * that users are known, and that there are folders for what echod makes.
 */
#ifndef ECHOD_SURROUNDINGS_H
#define ECHOD_SURROUNDINGS_H

#include "common/settings.h"

/*
 * Looks at them, and has no effect.  A folder that is missing is a warning, as
 * a service manager makes some before it starts echod; all else that would keep
 * echod from starting is an error.  Returns 0, or -EINVAL if there are errors.
 */
int surroundings_check(const struct settings *settings, settings_report *error,
    settings_report *warning, void *arg);

#endif
