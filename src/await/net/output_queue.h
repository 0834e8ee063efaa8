/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What of a socket's output waits to be sent: a bufferevent, which is made when
 * output first has to wait, and the bounds of that waiting.
 *
 * While it waits, a timer looks four times in write_timeout whether the peer
 * has taken anything, that is, whether there is less in the queue and the kernel
 * together.  The kernel's word that there is room would not do: it comes when
 * a third of its buffer is free, which may be a megabyte.
 */
#ifndef AWAIT_NET_OUTPUT_QUEUE_H
#define AWAIT_NET_OUTPUT_QUEUE_H

#include "net/transport.h"

/*
 * Adds bytes to the transport's queue.  Returns 0, -ENOMEM, or -ENOBUFS if
 * output_limit does not allow it; after an error the connection is to be lost.
 */
AW_MUST_CHECK int aw_output_queue_add(struct aw_transport *transport,
    const void *data, size_t size);
size_t aw_output_queue_size(const struct aw_output_queue *queue);
/* Takes up the transport's low water mark. */
void aw_output_queue_set_low_water(struct aw_transport *transport);
/* Throws it away with what is in it. */
void aw_output_queue_free(struct aw_transport *transport);

/*
 * What output_limit allows: takes so many bytes if it can, and gives them back.
 * NULL allows everything.
 */
AW_MUST_CHECK bool aw_output_limit_take(aw_output_limit *limit, size_t size);
void aw_output_limit_give(aw_output_limit *limit, size_t size);

#endif
