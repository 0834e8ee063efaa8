/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * libawait: asyncio for C, on libevent.
 *
 * Tasks are coroutines with a stack of their own, so code that waits for the
 * network reads from top to bottom.  The nouns and verbs are asyncio's, one to
 * one; where a comment names a Python function, that function's documentation
 * explains this one.
 *
 * Conventions, which hold for everything below:
 *
 * Results.  A function that can fail returns an int or a ssize_t: 0 or more on
 * success, or a negative error, which is -errno or one of the AW_E codes.
 * errno itself is never a result.  Two errors have a meaning of their own:
 * -ECANCELED is asyncio's CancelledError, -ETIMEDOUT its TimeoutError.
 *
 * Pointers.  A function that makes a future or a task returns NULL if memory
 * is short, and every function that takes a future takes that NULL and answers
 * -ENOMEM (or false), so one check at the end is enough.
 *
 * Time is in seconds, as a double.
 *
 * Threads.  One loop a thread; a task never leaves the thread of its loop.
 * Every function must be called from the loop's own thread, except
 * aw_loop_call_soon_threadsafe, aw_loop_set_debug, aw_loop_get_debug,
 * aw_executor_new, aw_executor_shutdown, aw_strerror, aw_version and those that
 * begin with aw_tls_.
 *
 * "Waits" in a comment means that the calling task may be suspended, so that
 * function may only be called from within a task; elsewhere it answers
 * AW_ENOTASK.  Any function that waits can answer -ECANCELED.
 */
#ifndef AWAIT_H
#define AWAIT_H

#define AW_VERSION "0.1.0"

#include <await/types.h>

#include <await/error.h>
#include <await/loop.h>
#include <await/future.h>
#include <await/task.h>
#include <await/wait.h>
#include <await/timeout.h>
#include <await/group.h>
#include <await/executor.h>
#include <await/sync.h>
#include <await/queue.h>
#include <await/tls.h>
#include <await/transport.h>
#include <await/stream.h>
#include <await/server.h>
#include <await/process.h>
#include <await/debug.h>
#include <await/run.h>

#endif
