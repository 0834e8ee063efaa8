/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Debug mode: what takes long, and who calls from the wrong thread.
 *
 * Other threads look at two members of the loop, by atomic operations: debug,
 * and thread, which says whose the loop is just now.
 */
#ifndef AWAIT_CORE_DEBUG_MODE_H
#define AWAIT_CORE_DEBUG_MODE_H

#include "core/loop.h"

/* Sets the loop's debug mode as the option and the environment say. */
void aw_debug_init(aw_loop *loop, bool on);

/* Runs what is ready, and reports what takes long. */
void aw_debug_run_ready(aw_loop *loop, struct aw_ready_ring *batch);

/* Identifies the calling thread. */
const void *aw_this_thread(void);

/* Whether the loop is another thread's just now. */
bool aw_is_other_threads(const aw_loop *loop);

/* Reports the call of the function if the loop is another thread's. */
bool aw_report_other_thread(aw_loop *loop, const char *function);

/* Whether the loop is in debug mode; for any thread. */
static inline bool
aw_is_debugging(const aw_loop *loop)
{
	return __atomic_load_n(&loop->debug, __ATOMIC_RELAXED);
}

/* Whether a function of the loop is to refuse, as the wrong thread calls it. */
#define AW_WRONG_THREAD(loop) \
	(__builtin_expect(aw_is_debugging(loop), 0) && \
	    aw_report_other_thread(loop, __func__))

#endif
