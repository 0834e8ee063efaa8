/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The loops of the process, for debuggers: await-gdb.py goes through them.
 */
#ifndef AWAIT_CORE_LOOPS_H
#define AWAIT_CORE_LOOPS_H

#include "core/loop.h"

void aw_loops_add(aw_loop *loop);
void aw_loops_remove(aw_loop *loop);

#endif
