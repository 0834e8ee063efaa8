/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reading and writing what is not a socket of its own without blocking, and
 * without making the descriptor non-blocking for everybody who shares it.
 */
#ifndef AWAIT_NET_PIPE_IO_H
#define AWAIT_NET_PIPE_IO_H

#include "await.h"

/* Which end it is. */
enum aw_pipe_end {
	AW_PIPE_READS,
	AW_PIPE_WRITES,
};

/* How to keep a read or a write from blocking. */
enum aw_pipe_how {
	AW_IO_PLAIN,   /* it never does: O_NONBLOCK, or a file */
	AW_IO_SOCKET,  /* by a flag of the call's */
	AW_IO_CAREFUL, /* by RWF_NOWAIT, or by asking beforehand */
};

struct aw_pipe_io {
	enum aw_pipe_how how;
	bool polled;  /* can be waited for */
	bool is_fifo;
};

/*
 * Finds out how.  A pipe or a terminal to write to is opened once more for
 * that, where it can be: then *fd is closed and replaced.  Returns 0, -EINVAL
 * if it is not for that end, or the error of asking.
 */
AW_MUST_CHECK int aw_pipe_io_init(struct aw_pipe_io *io, int *fd,
    enum aw_pipe_end end);

/* As read(2) and writev(2), never blocking: -1 and EAGAIN instead. */
ssize_t aw_pipe_io_read(const struct aw_pipe_io *io, int fd, void *buffer,
    size_t size);
ssize_t aw_pipe_io_write(const struct aw_pipe_io *io, int fd,
    const struct iovec *pieces, size_t count);

#endif
