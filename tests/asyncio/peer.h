/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The socket at the other end of a connection, which does not block.
 */
#ifndef TESTS_ASYNCIO_PEER_H
#define TESTS_ASYNCIO_PEER_H

#include <stddef.h>

/* Receives so many bytes, or what there is until the end; returns how many. */
size_t receive_from(int peer, char *data, size_t size);

#endif
