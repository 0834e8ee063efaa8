/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The loops of the process, for debuggers (await-gdb.py goes through them), and
 * for whom a fault has happened.
 */
#ifndef AWAIT_CORE_LOOPS_H
#define AWAIT_CORE_LOOPS_H

#include "core/loop.h"

/* From here on the loop is one of them, and no longer; for any thread. */
void aw_loops_add(aw_loop *loop);
void aw_loops_remove(aw_loop *loop);

/*
 * Calls the function for each loop that no other thread runs, until it answers
 * true, and tells whether it did.  In a signal's context too, if that is not
 * one of these functions that the signal has come to.
 */
bool aw_loops_any(bool (*function)(aw_loop *loop, const void *arg),
    const void *arg);

#endif
