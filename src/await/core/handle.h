/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Callbacks: call_soon, call_later, call_at, call_soon_threadsafe.
 */
#ifndef AWAIT_CORE_HANDLE_H
#define AWAIT_CORE_HANDLE_H

#include "core/loop.h"

/* Frees the timed callbacks that are pending; for a loop that is closing. */
void aw_handles_close(aw_loop *loop);

#endif
