/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The open loop: messages are sent when they are due (dispatcher.h), and this
 * takes their echoes.
 */
#ifndef LOAD_OPEN_H
#define LOAD_OPEN_H

#include "load/link.h"

AW_MUST_CHECK int open_serve(struct link *link); /* as mode.h has it */

#endif
