/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>

#include "core/debug_mode.h"
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

bool
aw_loops_any(bool (*function)(aw_loop *loop, const void *arg), const void *arg)
{
	bool found = false;
	aw_loop *loop;

	pthread_mutex_lock(&lock);
	LIST_FOREACH(loop, &aw_loops, all) {
		found = !aw_is_other_threads(loop) && function(loop, arg);
		if (found)
			break;
	}
	pthread_mutex_unlock(&lock);
	return found;
}
