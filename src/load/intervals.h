/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The intervals of a run: what the threads hand over, added up.
 */
#ifndef LOAD_INTERVALS_H
#define LOAD_INTERVALS_H

#include "load/coordinator.h"

/* Asks all threads for what they have measured, unless they are at it. */
void intervals_ask(struct coordinator *coordinator);
/* The event handed_over of a worker. */
void intervals_take(struct worker *worker, void *coordinator);
/* A worker ends without handing over what it was asked for. */
void intervals_give_up(struct coordinator *coordinator, struct worker *worker);
/* The last interval, when all threads have ended. */
void intervals_finish(struct coordinator *coordinator);

#endif
