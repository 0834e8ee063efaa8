/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What every header of the library begins with.
 */
#ifndef AWAIT_TYPES_H
#define AWAIT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#if defined(__GNUC__)
#define AW_MUST_CHECK __attribute__((warn_unused_result))
#define AW_VISIBLE _Pragma("GCC visibility push(default)")
#define AW_VISIBLE_END _Pragma("GCC visibility pop")
#else
#define AW_MUST_CHECK
#define AW_VISIBLE
#define AW_VISIBLE_END
#endif

#ifdef __cplusplus
#define AW_BEGIN_DECLS extern "C" { AW_VISIBLE
#define AW_END_DECLS AW_VISIBLE_END }
#else
#define AW_BEGIN_DECLS AW_VISIBLE
#define AW_END_DECLS AW_VISIBLE_END
#endif

struct event_base;

typedef struct aw_loop aw_loop;       /* an event loop */
typedef struct aw_future aw_future;   /* a result that is not there yet */
typedef struct aw_future aw_task;     /* a task is a future: one type */
typedef struct aw_handle aw_handle;   /* a callback that is to be called */
typedef struct aw_timeout aw_timeout; /* a deadline over a block of code */
typedef struct aw_group aw_group;     /* tasks that end together */
typedef struct aw_executor aw_executor; /* threads for calls that block */
typedef struct aw_lock aw_lock;
typedef struct aw_event aw_event;
typedef struct aw_condition aw_condition;
typedef struct aw_semaphore aw_semaphore;
typedef struct aw_barrier aw_barrier;
typedef struct aw_queue aw_queue;
typedef struct aw_output_limit aw_output_limit; /* of queues together */
typedef struct aw_transport aw_transport; /* a connection, for callbacks */
typedef struct aw_reader aw_reader;   /* the receiving half of a connection */
typedef struct aw_writer aw_writer;   /* the sending half of a connection */
typedef struct aw_server aw_server;   /* listening sockets and their clients */
typedef struct aw_process aw_process; /* a subprocess */
typedef struct aw_tls_context aw_tls_context; /* how TLS is spoken */
typedef struct aw_tls_session aw_tls_session; /* a TLS session to resume */

/* What a task runs.  Its result is the task's: negative is an error. */
typedef int aw_coroutine(void *arg);
/* What call_soon and its kin call. */
typedef void aw_callback(void *arg);
/* What runs in a thread of an executor.  Its result is the future's. */
typedef int aw_function(void *arg);

#endif
