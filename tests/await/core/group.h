/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of task groups share.
 */
#ifndef TESTS_AWAIT_CORE_GROUP_H
#define TESTS_AWAIT_CORE_GROUP_H

#include "core/core.h"

aw_group *enter_group(void);
/* Starts the plan in the group; the caller's reference, if wanted. */
void add(aw_group *group, struct plan *plan, aw_task **task);
/* Frees the group, which had these errors, up to the first 0. */
void check_errors(aw_group *group, int first, int second);

#endif
