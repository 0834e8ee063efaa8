/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whether two runs were made with the same options, as far as that matters.
 */
#ifndef LOAD_ALIKE_H
#define LOAD_ALIKE_H

#include <stddef.h>

#include "load/report_read.h"

enum alike_purpose {
	ALIKE_TO_MERGE,   /* parts of one load; each had its share */
	ALIKE_TO_COMPARE, /* the same load, on one server and on another */
};

/*
 * Returns 0; or -EINVAL, and error then says which option differs, without the
 * files' names.
 */
int alike_check(enum alike_purpose purpose, const struct report_run *a,
    const struct report_run *b, char *error, size_t error_size);

#endif
