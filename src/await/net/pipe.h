/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a transport has beside it if its descriptor is not a socket of its own:
 * the end of a pipe, a terminal, a device, a file, or a socket that others
 * share.  It reads and writes by pipe_io.h, and has a queue of its own, since a
 * bufferevent would write in a way that may block.
 *
 * What can't be polled (files, some devices) is always ready; it has its turn
 * once in each iteration of the loop.
 */
#ifndef AWAIT_NET_PIPE_H
#define AWAIT_NET_PIPE_H

#include "net/pipe_io.h"
#include "net/transport.h"

/*
 * Prepares a transport, in zeroed memory, on a descriptor that it takes over:
 * for writing it may be closed, and replaced by another one of the same pipe.
 * Returns 0, -EINVAL if it is not for that, -ENOMEM, or the error of asking.
 */
AW_MUST_CHECK int aw_pipe_init(struct aw_transport *transport, aw_loop *loop,
    int fd, enum aw_pipe_end end, const aw_connection_options *options,
    void (*closed)(struct aw_transport *));
/* Frees what that made; the transport must be closed. */
void aw_pipe_free(struct aw_pipe *pipe);

/*
 * Whether it is the end that is written to; whether poll(2) tells when there is
 * something, as it does not of files.
 */
bool aw_pipe_writes(const struct aw_pipe *pipe);
bool aw_pipe_can_be_polled(const struct aw_pipe *pipe);

/* Has aw_transport_on_readable called while there is something; 0 or -ENOMEM. */
AW_MUST_CHECK int aw_pipe_watch(struct aw_pipe *pipe);
/* Not any more. */
void aw_pipe_unwatch(struct aw_pipe *pipe);

/* As read(2) and writev(2), never blocking: -1 and EAGAIN instead. */
ssize_t aw_pipe_read(struct aw_pipe *pipe, int fd, void *buffer, size_t size);
ssize_t aw_pipe_write(struct aw_pipe *pipe, int fd, const struct iovec *pieces,
    size_t count);

/* Adds bytes to the queue; 0 or -ENOMEM. */
AW_MUST_CHECK int aw_pipe_queue(struct aw_pipe *pipe, const void *data,
    size_t size);
size_t aw_pipe_queue_size(const struct aw_pipe *pipe);
void aw_pipe_free_queue(struct aw_pipe *pipe);

#endif
