/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections that are held: each is tried with a message at the start and at
 * the end, and does nothing in between.
 */
#ifndef LOAD_IDLE_H
#define LOAD_IDLE_H

#include "load/link.h"

AW_MUST_CHECK int idle_serve(struct link *link); /* as mode.h has it */

/* The end of the run: the second message. */
void idle_finish(struct link *link);

#endif
