/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The loop that a thread has set as its own.
 */
#ifndef AWAIT_CORE_EVENT_LOOP_H
#define AWAIT_CORE_EVENT_LOOP_H

#include "core/loop.h"

/* Unsets the loop, which is closing. */
void aw_event_loop_forget(const aw_loop *loop);

#endif
