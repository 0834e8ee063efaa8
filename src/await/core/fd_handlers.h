/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Callbacks for file descriptors: add_reader, add_writer.
 */
#ifndef AWAIT_CORE_FD_HANDLERS_H
#define AWAIT_CORE_FD_HANDLERS_H

#include "core/loop.h"

/* Removes every callback of the loop. */
void aw_fd_handlers_close(aw_loop *loop);

#endif
