/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The event loop: running it, callbacks, signals, what goes wrong.
 */
#ifndef AWAIT_LOOP_H
#define AWAIT_LOOP_H

#include <await/types.h>

AW_BEGIN_DECLS

typedef struct aw_loop_options {
	/*
	 * Work on this event_base, which stays the caller's and must outlive
	 * the loop.  NULL makes one.  On a base of the caller's the loop also
	 * runs while the caller runs event_base_dispatch on it, which then
	 * goes on until event_base_loopbreak.  The loop is made in the thread
	 * that runs the base.
	 */
	struct event_base *base;
	/*
	 * Bytes of address space for a task's stack, guard page included;
	 * rounded up to a power of two of at least 16 KiB.  0 is 64 KiB.
	 */
	size_t stack_size;
	/*
	 * Timers to some microseconds rather than to a millisecond, or, while
	 * libevent has something to wait for, to the kernel's tick (up to 4 ms
	 * late), which then costs a system call a poll.  Only on a base of its
	 * own.
	 */
	bool precise_timers;
	/*
	 * Memory that a task's stack needs no more goes back to the system
	 * when the task has waited for some seconds.  0 is 10; negative is
	 * never.
	 */
	double trim_after;
	bool debug; /* as aw_loop_set_debug */
} aw_loop_options;

/*
 * Makes a loop (asyncio.new_event_loop).  options may be NULL.  Returns NULL if
 * memory or file descriptors ran out, and errno says which.  The caller ends it
 * with aw_loop_close.
 * Where SIGPIPE would end the process it is ignored from then on, as Python
 * does: a peer that is gone is an error of the calls that write to it.
 */
aw_loop *aw_loop_new(const aw_loop_options *options);

/*
 * The loop of the calling thread, running or not (asyncio.set_event_loop,
 * get_event_loop).  get returns the running loop if there is one, then the one
 * that was set; in the main thread it makes one where none was ever set.
 * Otherwise NULL.  set takes NULL.  The loop stays the caller's to close, which
 * also unsets it.
 */
void aw_set_event_loop(aw_loop *loop);
aw_loop *aw_get_event_loop(void);

/*
 * Ends a loop that is not running and frees it (loop.close).  Tasks that are
 * still pending are reported to the exception handler and closed as Python
 * closes a coroutine: whatever they wait for fails with -ECANCELED at once,
 * until they have returned; aw_run cancels them first.  Connections, servers
 * and references to futures are to be given back beforehand.  Returns 0, or
 * -EBUSY while it runs.
 */
int aw_loop_close(aw_loop *loop);

/* The loop that is running in this thread, or NULL (get_running_loop). */
aw_loop *aw_get_running_loop(void);

/*
 * Runs the loop until the future is done, and returns its result
 * (run_until_complete); other tasks are left as they are.  AW_ESTOPPED if
 * aw_loop_stop came first; -EBUSY if a loop runs in this thread already, or
 * this one in another; AW_EWRONGLOOP for a future of another loop.
 */
AW_MUST_CHECK int aw_loop_run_until_complete(aw_loop *loop, aw_future *future);

/*
 * Runs the loop until aw_loop_stop (run_forever).  Stopped beforehand, it makes
 * one iteration.  Returns 0, or -EBUSY as above.
 */
int aw_loop_run_forever(aw_loop *loop);

/* Lets the current iteration finish and ends the run (loop.stop). */
void aw_loop_stop(aw_loop *loop);

/* Whether it runs in the calling thread (loop.is_running). */
bool aw_loop_is_running(const aw_loop *loop);

/* The loop's clock (loop.time): monotonic, in seconds. */
double aw_loop_time(const aw_loop *loop);

/* The event_base, for other users of libevent in the same thread. */
struct event_base *aw_loop_get_event_base(aw_loop *loop);

/*
 * Have the callback called in the loop's next iteration, after delay seconds,
 * or at a time of aw_loop_time (call_soon, call_later, call_at).  Callbacks
 * that are due are called in the order in which they came.  They return a
 * handle, which belongs to the loop and is gone once the callback has been
 * called or cancelled; NULL if memory is short.
 */
aw_handle *aw_loop_call_soon(aw_loop *loop, aw_callback *callback, void *arg);
aw_handle *aw_loop_call_later(aw_loop *loop, double delay,
    aw_callback *callback, void *arg);
aw_handle *aw_loop_call_at(aw_loop *loop, double when, aw_callback *callback,
    void *arg);

/* Takes a callback back before it is called (handle.cancel). */
void aw_handle_cancel(aw_handle *handle);

/*
 * As aw_loop_call_soon, from any thread, and wakes the loop.  The caller sees
 * to it that the loop is not closed meanwhile.  Returns 0 or -ENOMEM.
 */
AW_MUST_CHECK int aw_loop_call_soon_threadsafe(aw_loop *loop,
    aw_callback *callback, void *arg);

/*
 * Have the callback called each time that the descriptor can be read from, or
 * written to, without blocking (add_reader, add_writer), once an iteration; a
 * second call for the same descriptor replaces the first.  It must be removed
 * before it is closed.  Return 0, -ENOMEM, -EBADF, or -EPERM for what can't be
 * polled.
 */
AW_MUST_CHECK int aw_loop_add_reader(aw_loop *loop, int fd,
    aw_callback *callback, void *arg);
AW_MUST_CHECK int aw_loop_add_writer(aw_loop *loop, int fd,
    aw_callback *callback, void *arg);
/* Return whether there was a callback. */
bool aw_loop_remove_reader(aw_loop *loop, int fd);
bool aw_loop_remove_writer(aw_loop *loop, int fd);

/*
 * Calls the callback from the loop, never in the signal's context, each time
 * that the signal arrives (add_signal_handler); a second call for the same
 * signal replaces the first.  Of several loops the last one that asked for a
 * signal has it.  Returns 0, -EINVAL for a signal that can't be caught, -ENOMEM.
 */
AW_MUST_CHECK int aw_loop_add_signal_handler(aw_loop *loop, int signal,
    aw_callback *callback, void *arg);

/* Returns whether there was a handler (remove_signal_handler). */
bool aw_loop_remove_signal_handler(aw_loop *loop, int signal);

/*
 * Something went wrong where no caller could be told: a task failed that
 * nobody awaits, a handler returned an error, a task was dropped while pending.
 */
typedef struct aw_exception_context {
	const char *message; /* what happened */
	int error;           /* with which error, or 0 */
	aw_future *future;   /* of which future or task, or NULL */
	const char *name;    /* the task's name, or NULL */
	double duration;     /* what took long: how many seconds, or 0 */
} aw_exception_context;

typedef void aw_exception_handler(aw_loop *loop,
    const aw_exception_context *context, void *arg);

/*
 * Gives the loop an exception handler (set_exception_handler).  Without one, or
 * with NULL, a line goes to standard error.
 */
void aw_loop_set_exception_handler(aw_loop *loop, aw_exception_handler *handler,
    void *arg);

/* Reports to the loop's exception handler (call_exception_handler). */
void aw_loop_call_exception_handler(aw_loop *loop,
    const aw_exception_context *context);

AW_END_DECLS

#endif
