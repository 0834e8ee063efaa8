/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The three system calls that a message takes, made without the C library.
 *
 * There they are points at which a thread can be cancelled, so as soon as a
 * process has a second thread, each one is preceded and followed by an atomic
 * exchange of the thread's state, which takes longer than all that the loop
 * does between two of them.  Here nobody can cancel a thread; a loop's, with
 * tasks on stacks of their own, could not be unwound anyway.
 *
 * Where a sanitizer watches what the kernel reads and writes, and on processors
 * whose system calls are not known here, they are the C library's.
 */
#ifndef AWAIT_CORE_SYSTEM_CALL_H
#define AWAIT_CORE_SYSTEM_CALL_H

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "coro/sanitizer.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define AW_HAVE_MSAN 1
#endif
#endif

#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__LP64__) && \
    !defined(AW_HAVE_ASAN) && !defined(AW_HAVE_TSAN) && !defined(AW_HAVE_MSAN)
#define AW_RAW_SYSTEM_CALLS 1
#endif

#ifdef AW_RAW_SYSTEM_CALLS

/* As recv(2) without flags, but the error is the result: -errno. */
ssize_t aw_recv(int fd, void *buffer, size_t size);
/* As send(2) with MSG_NOSIGNAL; the same. */
ssize_t aw_send(int fd, const void *data, size_t size);
/* As epoll_wait(2); the same. */
int aw_epoll_wait(int epoll, struct epoll_event *events, int size,
    int milliseconds);

#else

static inline ssize_t
aw_recv(int fd, void *buffer, size_t size)
{
	ssize_t n = recv(fd, buffer, size, 0);

	return n < 0 ? -errno : n;
}

static inline ssize_t
aw_send(int fd, const void *data, size_t size)
{
	ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

	return n < 0 ? -errno : n;
}

static inline int
aw_epoll_wait(int epoll, struct epoll_event *events, int size,
    int milliseconds)
{
	int count = epoll_wait(epoll, events, size, milliseconds);

	return count < 0 ? -errno : count;
}

#endif

#endif
