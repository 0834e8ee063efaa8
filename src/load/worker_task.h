/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The main task of a thread of load, and what worker.c shares with it.
 */
#ifndef LOAD_WORKER_TASK_H
#define LOAD_WORKER_TASK_H

#include "load/worker.h"

/* The task; its argument is the worker. */
int worker_main(void *worker);

/* The event ready, with 0 or an error. */
void worker_told_ready(struct worker *worker, int error);

#endif
