/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a thread of load is made of: its links, their slots, what it may begin,
 * and what its tasks wait for.
 */
#ifndef LOAD_WORKER_PARTS_H
#define LOAD_WORKER_PARTS_H

#include "load/worker.h"

/*
 * Makes them, in the worker's thread and task.  Returns 0 or -ENOMEM;
 * worker_clean_up and worker_free_links follow in either case.
 */
AW_MUST_CHECK int worker_make(struct worker *worker);

/* Frees all but the links: when no task of the worker's is left. */
void worker_clean_up(struct worker *worker);
/* When the loop is closed, and nobody reads their figures any more. */
void worker_free_links(struct worker *worker);

#endif
