/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A subprocess's standard descriptors.
 */
#ifndef AWAIT_PROCESS_STANDARD_H
#define AWAIT_PROCESS_STANDARD_H

#include "await.h"

struct aw_standard {
	int child[3];   /* for aw_spawn */
	int parent[3];  /* our ends of the pipes, or -1 */
	int opened[6];  /* to be closed once the child has them */
	unsigned count;
};

/* Opens what the options ask for.  Returns 0 or the error. */
AW_MUST_CHECK int aw_standard_open(struct aw_standard *standard,
    const aw_subprocess_options *options);

/* Closes the child's. */
void aw_standard_close_child(struct aw_standard *standard);

/* Closes those of our ends that are still in parent. */
void aw_standard_close_parent(struct aw_standard *standard);

#endif
