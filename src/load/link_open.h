/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Opening and closing a connection: link_open and link_close of link.h are
 * here.
 */
#ifndef LOAD_LINK_OPEN_H
#define LOAD_LINK_OPEN_H

#include "load/link.h"

/* Takes the session of the connection, to resume it with the next one. */
void link_keep_session(struct link *link);

#endif
