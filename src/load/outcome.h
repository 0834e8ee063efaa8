/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a run has come to, beside the statistics: from the threads' figures to
 * the result's.
 */
#ifndef LOAD_OUTCOME_H
#define LOAD_OUTCOME_H

#include "load/coordinator.h"

/* When all threads have ended. */
void outcome_fill(struct coordinator *coordinator);

#endif
