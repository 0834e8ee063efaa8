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
 * aw_loop_call_soon_threadsafe, aw_strerror and aw_version.
 *
 * "Waits" in a comment means that the calling task may be suspended, so that
 * function may only be called from within a task; elsewhere it answers
 * AW_ENOTASK.  Any function that waits can answer -ECANCELED.
 */
#ifndef AWAIT_H
#define AWAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AW_VERSION "0.1.0"

#if defined(__GNUC__)
#define AW_MUST_CHECK __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define AW_MUST_CHECK
#endif

struct event_base;

typedef struct aw_loop aw_loop;       /* an event loop */
typedef struct aw_future aw_future;   /* a result that is not there yet */
typedef struct aw_future aw_task;     /* a task is a future: one type */
typedef struct aw_handle aw_handle;   /* a callback that is to be called */
typedef struct aw_timeout aw_timeout; /* a deadline over a block of code */
typedef struct aw_reader aw_reader;   /* the receiving half of a connection */
typedef struct aw_writer aw_writer;   /* the sending half of a connection */
typedef struct aw_server aw_server;   /* listening sockets and their clients */

/* What a task runs.  Its result is the task's: negative is an error. */
typedef int aw_coroutine(void *arg);
/* What call_soon and its kin call. */
typedef void aw_callback(void *arg);

/* ------------------------------------------------------------------ errors */

enum {
	AW_EINCOMPLETE = -10001,   /* IncompleteReadError */
	AW_ELIMIT = -10002,        /* LimitOverrunError */
	AW_EINVALIDSTATE = -10003, /* InvalidStateError; a loop that is closed */
	AW_EDNS = -10004,          /* a name that did not resolve (gaierror) */
	AW_ENOTASK = -10005,       /* await outside of a task */
	AW_EINTERRUPT = -10006,    /* KeyboardInterrupt: aw_run met SIGINT */
	AW_ESTOPPED = -10007,      /* the loop stopped before the future ended */
};

/*
 * The text of an error, as a static string without a line end: of an AW_E
 * code, or of -errno.  Any thread.
 */
const char *aw_strerror(int error);

/*
 * What the current task's last failed call has to add to its error, such as
 * the address that did not answer; "" if there is nothing.  Valid until the
 * task's next call of the library.  Outside of a task it is always "".
 */
const char *aw_error_text(void);

/* The version of the library that is in use, as AW_VERSION.  Any thread. */
const char *aw_version(void);

/* -------------------------------------------------------------------- loop */

typedef struct aw_loop_options {
	/*
	 * Work on this event_base, which stays the caller's and must outlive
	 * the loop.  NULL makes one.  On a base of the caller's the loop also
	 * runs while the caller runs event_base_dispatch on it, which then
	 * goes on until event_base_loopbreak.
	 */
	struct event_base *base;
	/*
	 * Bytes of address space for a task's stack, guard page included;
	 * rounded up to a power of two of at least 16 KiB.  0 is 64 KiB.
	 */
	size_t stack_size;
	/*
	 * Timers to the microsecond rather than to the kernel's tick (up to
	 * 4 ms late); costs a system call a timer.  Only on a base of its own.
	 */
	bool precise_timers;
} aw_loop_options;

/*
 * Makes a loop (asyncio.new_event_loop).  options may be NULL.  Returns NULL if
 * memory or file descriptors ran out.  The caller ends it with aw_loop_close.
 * Where SIGPIPE would end the process it is ignored from then on, as Python
 * does: a peer that is gone is an error of the calls that write to it.
 */
aw_loop *aw_loop_new(const aw_loop_options *options);

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
 * aw_loop_stop came first; -EBUSY if a loop runs in this thread already.
 */
AW_MUST_CHECK int aw_loop_run_until_complete(aw_loop *loop, aw_future *future);

/*
 * Runs the loop until aw_loop_stop (run_forever).  Stopped beforehand, it makes
 * one iteration.  Returns 0, or -EBUSY if a loop runs in this thread already.
 */
int aw_loop_run_forever(aw_loop *loop);

/* Lets the current iteration finish and ends the run (loop.stop). */
void aw_loop_stop(aw_loop *loop);

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
 * Calls the callback from the loop, never in the signal's context, each time
 * that the signal arrives (add_signal_handler); a second call for the same
 * signal replaces the first.  One loop of a process can have signal handlers
 * at a time.  Returns 0, -EINVAL for a signal that can't be caught, -ENOMEM.
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

/* ----------------------------------------------------------------- futures */

/* Makes a pending future (loop.create_future), owned by the caller. */
aw_future *aw_loop_create_future(aw_loop *loop);

/*
 * Futures and tasks are counted: each function that returns one gives the
 * caller a reference, which aw_future_unref gives back.  The loop holds one of
 * its own on a task until it ends, so a task may be let go at once.  A future
 * that ended with an error which nobody asked for is reported when it goes.
 * unref takes NULL.
 */
aw_future *aw_future_ref(aw_future *future);
void aw_future_unref(aw_future *future);

/*
 * End a future with a result of 0 or more, or with a negative error.
 * -ECANCELED cancels it.  Return 0, AW_EINVALIDSTATE if it is done already,
 * -EINVAL for a value of the wrong sign or for a task, which ends by itself.
 */
int aw_future_set_result(aw_future *future, int result);
int aw_future_set_error(aw_future *future, int error);

bool aw_future_done(const aw_future *future);
bool aw_future_cancelled(const aw_future *future);

/*
 * The result or the error of a future that is done (future.result); the error
 * counts as retrieved.  AW_EINVALIDSTATE while it is pending.
 */
int aw_future_result(aw_future *future);

/* Called with a future that is done. */
typedef void aw_done_callback(aw_future *future, void *arg);

/*
 * Has the callback called by the loop, never inline, once the future is done;
 * callbacks are called in the order in which they were added.  Returns 0 or
 * -ENOMEM.
 */
AW_MUST_CHECK int aw_future_add_done_callback(aw_future *future,
    aw_done_callback *callback, void *arg);

/* Returns how many were taken off the list (remove_done_callback). */
int aw_future_remove_done_callback(aw_future *future,
    aw_done_callback *callback, void *arg);

/*
 * Asks a task to end, or cancels a future (task.cancel, future.cancel).
 * Returns false if it is done already.  A task gets -ECANCELED from the call
 * that it waits in, or from the next one that really waits; it may clean up,
 * waiting as it pleases, or go on.
 */
bool aw_cancel(aw_future *future);

/* ------------------------------------------------------------------- tasks */

/*
 * Starts a coroutine as a task of the running loop (asyncio.create_task); it
 * runs no earlier than the caller's next suspension.  name is copied; NULL is
 * "Task-N".  Returns the task, a reference for the caller to unref, or NULL
 * if memory is short or no loop is running.
 */
aw_task *aw_create_task(aw_coroutine *coroutine, void *arg, const char *name);

/* The same on a loop that need not be running (loop.create_task). */
aw_task *aw_loop_create_task(aw_loop *loop, aw_coroutine *coroutine, void *arg,
    const char *name);

/* The task that is running, without a reference, or NULL (current_task). */
aw_task *aw_current_task(void);

/* The task's name; it is valid until it is set anew or the task goes. */
const char *aw_task_get_name(const aw_task *task);
/* Returns 0, or -ENOMEM, which leaves the old name. */
int aw_task_set_name(aw_task *task, const char *name);

/* How many cancellations are not yet taken back (task.cancelling). */
unsigned aw_task_cancelling(const aw_task *task);
/* Takes one back and returns what is left (task.uncancel). */
unsigned aw_task_uncancel(aw_task *task);

/*
 * Waits until the future is done and returns its result or error.  If the
 * waiting task is cancelled, the cancellation is passed into what it awaits.
 */
AW_MUST_CHECK int aw_await(aw_future *future);

/*
 * Waits for some seconds (asyncio.sleep).  0 lets every other task that is
 * ready run first.  Returns 0 or an error.
 */
AW_MUST_CHECK int aw_sleep(double delay);

/*
 * A deadline over the code between the two calls (async with
 * asyncio.timeout(delay)): once it passes, the task is cancelled, and
 * aw_timeout_exit, which is given the block's result and returns it, turns that
 * cancellation, and only that one, into -ETIMEDOUT.  aw_timeout_enter returns
 * 0, -ENOMEM or AW_ENOTASK; every enter that returned 0 needs its exit, which
 * frees the timeout.  A negative delay sets no deadline.
 */
AW_MUST_CHECK int aw_timeout_enter(double delay, aw_timeout **timeout);
AW_MUST_CHECK int aw_timeout_exit(aw_timeout *timeout, int result);
/* Whether the deadline has passed (timeout.expired). */
bool aw_timeout_expired(const aw_timeout *timeout);

/*
 * Wait until a file descriptor can be read from or written to without
 * blocking; one that can't be polled, such as a regular file's, always can.
 * The descriptor stays the caller's, who must not close it meanwhile.
 */
AW_MUST_CHECK int aw_wait_readable(int fd);
AW_MUST_CHECK int aw_wait_writable(int fd);

/*
 * Runs a coroutine as the main task of a new loop, cancels what it leaves
 * behind and waits for that, closes the loop, and returns the coroutine's
 * result (asyncio.run).  The first SIGINT cancels the main task, and the result
 * is AW_EINTERRUPT if it ends by that; a second one ends the process.  -EBUSY
 * if a loop is running in this thread, -ENOMEM if none could be made.
 */
AW_MUST_CHECK int aw_run(aw_coroutine *main, void *arg);
/* The same with options for the loop. */
AW_MUST_CHECK int aw_run_with(aw_coroutine *main, void *arg,
    const aw_loop_options *options);

/* ------------------------------------------------------------- connections */

typedef struct aw_connection_options {
	/* Most bytes that readline and readuntil look through; 0 is 64 KiB. */
	size_t limit;
	/* Queued bytes above which drain waits; 0 is 64 KiB. */
	size_t high_water;
	/* Queued bytes at which drain returns; 0 is a quarter of high_water. */
	size_t low_water;
} aw_connection_options;

/*
 * Waits for a connection to host and port (asyncio.open_connection).  The name
 * is resolved in a thread; its addresses are tried one after the other.
 * options may be NULL.  On success the pair is the caller's, who ends it with
 * aw_writer_free.  Otherwise AW_EDNS or the error of the last address, with the
 * addresses in aw_error_text.
 */
AW_MUST_CHECK int aw_open_connection(const char *host, uint16_t port,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer);

/* The same to a Unix socket (asyncio.open_unix_connection). */
AW_MUST_CHECK int aw_open_unix_connection(const char *path,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer);

/*
 * Waits for data and copies at most size bytes of it (reader.read).  Returns
 * how many, at least one, or 0 at the end of the stream, or an error.  One task
 * at a time may wait on a reader; a second gets -EBUSY.
 */
AW_MUST_CHECK ssize_t aw_reader_read(aw_reader *reader, void *buffer,
    size_t size);

/*
 * Waits until size bytes have been copied (reader.readexactly).  Returns size,
 * or AW_EINCOMPLETE at the end of the stream: buffer then starts with the
 * aw_reader_partial bytes that did come.
 */
AW_MUST_CHECK ssize_t aw_reader_readexactly(aw_reader *reader, void *buffer,
    size_t size);

/*
 * Waits for a separator and returns the length of the data up to its end
 * (reader.readuntil).  *data points into the reader and stays valid until the
 * next call on the reader.  AW_EINCOMPLETE at the end of the stream, with the
 * aw_reader_partial bytes that did come at *data.  AW_ELIMIT if the separator
 * is not within the limit; the data stays in the reader.
 */
AW_MUST_CHECK ssize_t aw_reader_readuntil(aw_reader *reader,
    const void *separator, size_t separator_size, const char **data);

/*
 * Waits for a line and returns its length with the '\n' (reader.readline).  At
 * the end of the stream, the length of what is left, without '\n'; 0 if
 * nothing is.  AW_ELIMIT for a longer line than the limit, which is dropped.
 */
AW_MUST_CHECK ssize_t aw_reader_readline(aw_reader *reader, const char **line);

/*
 * Waits for data and lends it, without a copy: *data points at the returned
 * number of bytes, at least one; 0 at the end of the stream.  They are lent
 * until the task next waits or calls the reader.  What aw_reader_consume has
 * not taken by then comes again with the next read.
 */
AW_MUST_CHECK ssize_t aw_reader_peek(aw_reader *reader, const void **data);
/* Takes the first size bytes of what aw_reader_peek lent. */
void aw_reader_consume(aw_reader *reader, size_t size);

/* How many bytes the last AW_EINCOMPLETE delivered (exception.partial). */
size_t aw_reader_partial(const aw_reader *reader);

/* Whether the end has come and nothing is left (reader.at_eof). */
bool aw_reader_at_eof(const aw_reader *reader);

/*
 * Ends the stream after what has been received so far (reader.feed_eof): the
 * reader delivers that, then the end.  The peer is not told.
 */
void aw_reader_feed_eof(aw_reader *reader);

/*
 * Sends the bytes, queueing what the socket does not take at once
 * (writer.write); never waits.  A connection that is lost swallows them;
 * aw_writer_drain says so.  After close or write_eof they are dropped.
 */
void aw_writer_write(aw_writer *writer, const void *data, size_t size);

/*
 * Waits until the queue has fallen to the low water mark, if it is above the
 * high one (writer.drain).  Returns 0, or the error of a connection that is
 * lost.
 */
AW_MUST_CHECK int aw_writer_drain(aw_writer *writer);

/* Sends a FIN once the queue is empty (writer.write_eof). */
void aw_writer_write_eof(aw_writer *writer);

/*
 * Closes the connection once the queue is empty (writer.close); the reader
 * meets the end of the stream at once.
 */
void aw_writer_close(aw_writer *writer);
/* Closes it now and drops the queue (transport.abort): the peer gets a RST. */
void aw_writer_abort(aw_writer *writer);
/* Waits until it is closed; 0, or the error that it was lost by. */
AW_MUST_CHECK int aw_writer_wait_closed(aw_writer *writer);
/* Whether it is closed or about to be (writer.is_closing). */
bool aw_writer_is_closing(const aw_writer *writer);

/* Bytes that are queued (transport.get_write_buffer_size). */
size_t aw_writer_get_write_buffer_size(const aw_writer *writer);

/*
 * What is known of the connection (writer.get_extra_info).  Writes the value
 * of the name at value and returns its size; -ENOENT if the connection has no
 * such value, -ENOSPC if size is too small.
 *   "peername", "sockname"  struct sockaddr_storage; the size is the
 *                           address's own
 *   "socket"                int: the descriptor, which stays the connection's
 */
int aw_writer_get_extra_info(const aw_writer *writer, const char *name,
    void *value, size_t size);

/*
 * Gives back a pair that aw_open_connection made, reader and all; NULL is fine.
 * What is still open is closed as by aw_writer_close and freed when its queue
 * is empty.  A handler of aw_start_server must not free its pair.
 */
void aw_writer_free(aw_writer *writer);

/*
 * An address as text: "192.0.2.1:7", "[2001:db8::1]:7", "unix:/run/x.sock",
 * "unix:@abstract", "unix:" where a Unix socket has no name.  Writes at most
 * size bytes, with the end, and returns buffer.
 */
#define AW_ADDRESS_TEXT_SIZE 128
const char *aw_address_text(const struct sockaddr *address, socklen_t length,
    char *buffer, size_t size);

/* ----------------------------------------------------------------- servers */

/*
 * Handles one connection, in a task of its own (client_connected_cb).  When it
 * returns, the connection is closed as by aw_writer_close.  A negative result
 * other than -ECANCELED goes to the exception handler, unless the connection
 * itself was lost.
 */
typedef int aw_client_connected(aw_reader *reader, aw_writer *writer,
    void *arg);

/*
 * accept failed with an error that will pass: -EMFILE, -ENFILE, -ENOBUFS,
 * -ENOMEM.  Called once; accepting pauses, and error 0 says that it works
 * again.
 */
typedef void aw_accept_error(aw_server *server, int error, void *arg);

typedef struct aw_server_options {
	aw_connection_options connection;
	int backlog;            /* of listen; 0 is 100 */
	bool reuse_port;        /* SO_REUSEPORT */
	bool keep_alive;        /* SO_KEEPALIVE */
	int send_buffer;        /* SO_SNDBUF in bytes; 0 leaves the kernel's */
	int receive_buffer;     /* SO_RCVBUF in bytes; 0 leaves the kernel's */
	double accept_pause;    /* seconds after a failed accept; 0 is 1 */
	aw_accept_error *accept_error; /* may be NULL */
	void *accept_error_arg;
} aw_server_options;

/*
 * Waits for the name, then listens on each of its addresses
 * (asyncio.start_server); host NULL is every interface, IPv6 sockets are
 * IPv6-only, port 0 lets the kernel choose.  Each connection gets a task that
 * runs the handler.  All or nothing: an address that can't be had is the
 * error, and aw_error_text names it.  The server is the caller's, who ends it
 * with aw_server_free.
 */
AW_MUST_CHECK int aw_start_server(aw_client_connected *handler, void *arg,
    const char *host, uint16_t port, const aw_server_options *options,
    aw_server **server);

/*
 * The same on a Unix socket (asyncio.start_unix_server).  A socket that nobody
 * listens on is replaced, a live one is -EADDRINUSE; other files are left
 * alone.  The path is removed when the server closes.
 */
AW_MUST_CHECK int aw_start_unix_server(aw_client_connected *handler, void *arg,
    const char *path, const aw_server_options *options, aw_server **server);

/*
 * The same on sockets that already listen (start_server(sock=)), and does not
 * wait.  The server takes them over, and closes them in the end, unless the
 * call fails.
 */
AW_MUST_CHECK int aw_start_server_sockets(aw_loop *loop,
    aw_client_connected *handler, void *arg, const int *fds, size_t count,
    const aw_server_options *options, aw_server **server);

/* The i-th listening socket, or -1 beyond the last (server.sockets). */
int aw_server_socket(const aw_server *server, size_t i);
/* How many connections are open. */
size_t aw_server_connection_count(const aw_server *server);

/*
 * Stops listening (server.close).  What the kernel has connected by then is
 * still accepted; connections go on.
 */
void aw_server_close(aw_server *server);
/* Waits until it is closed and its last connection too. */
AW_MUST_CHECK int aw_server_wait_closed(aw_server *server);
/* Closes every connection, as aw_writer_close does (server.close_clients). */
void aw_server_close_clients(aw_server *server);
/* Closes every connection, as aw_writer_abort does (server.abort_clients). */
void aw_server_abort_clients(aw_server *server);
/*
 * Waits until the task is cancelled, then closes the server and waits for
 * its connections (server.serve_forever).  Returns -ECANCELED.
 */
AW_MUST_CHECK int aw_server_serve_forever(aw_server *server);
/*
 * Gives the server back: closes it; what its connections need of it goes with
 * the last of them.  NULL is fine.
 */
void aw_server_free(aw_server *server);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
