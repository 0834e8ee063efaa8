/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Signal handlers that the loop calls.
 */
#ifndef AWAIT_CORE_SIGNALS_H
#define AWAIT_CORE_SIGNALS_H

#include "core/loop.h"

/* Has the handlers run of signals that have come; the loop has been woken. */
void aw_signals_look(aw_loop *loop);

/* Removes every handler of the loop. */
void aw_signals_close(aw_loop *loop);

#endif
