/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>

#include "core/loops.h"

/* Known to await-gdb.py by this name. */
LIST_HEAD(aw_loops, aw_loop);
static struct aw_loops aw_loops;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
aw_loops_add(aw_loop *loop)
{
	pthread_mutex_lock(&lock);
	LIST_INSERT_HEAD(&aw_loops, loop, all);
	pthread_mutex_unlock(&lock);
}

void
aw_loops_remove(aw_loop *loop)
{
	pthread_mutex_lock(&lock);
	LIST_REMOVE(loop, all);
	pthread_mutex_unlock(&lock);
}
