/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a run will need of the machine, looked at before it starts: descriptors,
 * local ports, memory.
 */
#ifndef LOAD_LIMITS_H
#define LOAD_LIMITS_H

#include <stddef.h>

#include "load/options.h"

/*
 * Raises the soft limit of descriptors as far as that is needed and allowed.
 * Returns 0; or -EMFILE, -EADDRNOTAVAIL or -ENOMEM if the run can't be, and
 * error then says what is short, how much there is and which setting to change.
 */
int limits_foresee(const struct load_options *options, char *error,
    size_t error_size);

/* For tests: the same, with the kernel's files below another root. */
int limits_foresee_at(const char *root, const struct load_options *options,
    char *error, size_t error_size);

#endif
