/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections that are there before the schedule starts, and are made again if
 * they are lost.
 */
#ifndef LOAD_HOLD_H
#define LOAD_HOLD_H

#include "load/link.h"

AW_MUST_CHECK int hold(struct link *link); /* as mode.h has it */

/* Seconds until the next attempt, after one that has failed. */
#define HOLD_FIRST_PAUSE 0.1
#define HOLD_LONGEST_PAUSE 1.0
/* Waits, and lengthens the pause. */
AW_MUST_CHECK int hold_pause(double *pause);

#endif
