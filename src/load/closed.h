/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The closed loop: the next message is sent when one is back.
 */
#ifndef LOAD_CLOSED_H
#define LOAD_CLOSED_H

#include "load/link.h"

/* Sends as many messages as --depth has room for. */
void closed_fill(struct link *link, int64_t now);

AW_MUST_CHECK int closed_serve(struct link *link); /* as mode.h has it */

#endif
