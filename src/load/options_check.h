/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Options that contradict each other.
 */
#ifndef LOAD_OPTIONS_CHECK_H
#define LOAD_OPTIONS_CHECK_H

#include "load/options.h"

/*
 * Whether the options, of which none is left out any more, go together.
 * Returns 0, or -EINVAL with the line to print in error: what is wrong, and
 * what to do instead.
 */
int load_options_check(const struct load_options *options, char *error,
    size_t error_size);

#endif
