/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What echod does for a connection.
 */
#ifndef ECHOD_ECHO_H
#define ECHOD_ECHO_H

#include "traffic.h"

#include <await.h>
#include <stdint.h>

/*
 * Sends back what is received until the peer ends its half of the connection,
 * and adds the bytes to *echoed, and to the worker's lane, as they go.  A peer
 * that does not read makes it stop reading.  Waits.  Returns 0, or the error
 * that the connection was lost by.
 */
AW_MUST_CHECK int echo(aw_reader *reader, aw_writer *writer,
    uint64_t *echoed, struct traffic_lane *lane);

#endif
