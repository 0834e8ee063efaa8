/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Transports and protocols: connections for callbacks.
 */
#ifndef AWAIT_TRANSPORT_H
#define AWAIT_TRANSPORT_H

#include <await/types.h>

AW_BEGIN_DECLS

/*
 * What a program does with a connection, by callbacks (asyncio.Protocol, and
 * BufferedProtocol).  Each may be NULL.  arg is what aw_transport_set_protocol
 * set.  They are called by the loop, not by a task, so they can't wait; they
 * may start a task.
 */
typedef struct aw_protocol {
	/* First of all, once. */
	void (*connection_made)(aw_transport *transport, void *arg);
	/* Bytes have come; they are lent until it returns. */
	void (*data_received)(aw_transport *transport, const void *data,
	    size_t size, void *arg);
	/*
	 * The peer will send no more.  Returns whether to keep the transport
	 * open for writing; without this function it is closed.
	 */
	bool (*eof_received)(aw_transport *transport, void *arg);
	/*
	 * Last of all, once, also if the loop closes.  error is 0 after a
	 * close, -ECONNABORTED after an abort that dropped something, or by
	 * what the connection was lost.  The transport is gone when it
	 * returns.
	 */
	void (*connection_lost)(aw_transport *transport, int error, void *arg);
	/* More is queued than the high water mark says; no more than the low. */
	void (*pause_writing)(aw_transport *transport, void *arg);
	void (*resume_writing)(aw_transport *transport, void *arg);

	/*
	 * Instead of data_received: where to receive to, with *size for at most
	 * how many bytes, and that so many have come there.  No room at all is
	 * an error, -ENOBUFS, that the connection is lost by.
	 */
	void *(*get_buffer)(aw_transport *transport, size_t *size, void *arg);
	void (*buffer_updated)(aw_transport *transport, size_t size, void *arg);

	/*
	 * Instead of all three: something may have come, which
	 * aw_transport_receive gets, now or later.  Not called again before
	 * that has been called.
	 */
	void (*readable)(aw_transport *transport, void *arg);
} aw_protocol;

typedef struct aw_connection_options {
	/* Most bytes that readline and readuntil look through; 0 is 64 KiB. */
	size_t limit;
	/* Queued bytes above which drain waits; 0 is 64 KiB. */
	size_t high_water;
	/* Queued bytes at which drain returns; 0 is a quarter of high_water. */
	size_t low_water;
	/*
	 * Of a socket: seconds that its peer may take nothing while something
	 * is queued.  Then the connection is lost, by AW_ESTALLED and with a
	 * RST; up to a quarter later.  0 is for ever.
	 */
	double write_timeout;
	/*
	 * Of a socket: what bounds the queues of all connections that have the
	 * same; NULL is no bound.  One that would queue more is lost, by
	 * -ENOBUFS and with a RST.
	 */
	aw_output_limit *output_limit;
	/*
	 * Speak TLS, as client or server, whichever the context is for; NULL
	 * is plain.  The connection takes a reference.
	 */
	aw_tls_context *tls;
	/*
	 * Of a client: whom the certificate must be for, and what the server
	 * is told that it is called.  NULL is the host that is connected to,
	 * "" nobody, which only a context that checks no host name allows.
	 */
	const char *server_hostname;
	/* Seconds that the handshake may take; 0 is 60. */
	double tls_handshake_timeout;
	/* Seconds to wait for the peer's close_notify; 0 is 30. */
	double tls_shutdown_timeout;
	/* Of a client: the session to resume, if the server will; or NULL. */
	aw_tls_session *tls_session;
} aw_connection_options;

/*
 * So many bytes may be queued by all connections that are given it, in whatever
 * loops and threads.  It has to stay as long as they do; then the caller frees
 * it.  NULL: no memory.
 */
aw_output_limit *aw_output_limit_new(size_t bytes);
void aw_output_limit_free(aw_output_limit *limit);
/*
 * Changes how many; what is queued already stays.  And: how many are queued
 * now.  Any thread.
 */
void aw_output_limit_set(aw_output_limit *limit, size_t bytes);
size_t aw_output_limit_used(const aw_output_limit *limit);

/*
 * Waits for a connection (loop.create_connection), as aw_open_connection does,
 * and hands it to the protocol: connection_made has been called when it
 * returns 0.  *transport, which may be NULL, is valid until connection_lost.
 * With TLS, connection_made comes after the handshake; if that fails the
 * protocol is told nothing, and the error has a text in aw_error_text.
 */
AW_MUST_CHECK int aw_create_connection(const aw_protocol *protocol, void *arg,
    const char *host, uint16_t port, const aw_connection_options *options,
    aw_transport **transport);
AW_MUST_CHECK int aw_create_unix_connection(const aw_protocol *protocol,
    void *arg, const char *path, const aw_connection_options *options,
    aw_transport **transport);

/*
 * The same with what is connected already: a stream socket, the end of a pipe
 * to read from, or one to write to (create_connection(sock=),
 * connect_read_pipe, connect_write_pipe).  They do not wait, not for a TLS
 * handshake either: a socket's protocol is told of that, by connection_made or,
 * if it fails, by connection_lost.  Pipes have no TLS: -EINVAL.  The transport
 * takes the descriptor over unless the call fails: -EINVAL if it is of another
 * kind.  Pipes may be sockets, terminals, other devices and files too.  A read
 * pipe is closed at its end, whatever eof_received says; a write pipe when its
 * reader goes, with -EPIPE if something was still to be sent.
 */
AW_MUST_CHECK int aw_create_connection_socket(aw_loop *loop,
    const aw_protocol *protocol, void *arg, int fd,
    const aw_connection_options *options, aw_transport **transport);
AW_MUST_CHECK int aw_connect_read_pipe(aw_loop *loop,
    const aw_protocol *protocol, void *arg, int fd,
    const aw_connection_options *options, aw_transport **transport);
AW_MUST_CHECK int aw_connect_write_pipe(aw_loop *loop,
    const aw_protocol *protocol, void *arg, int fd,
    const aw_connection_options *options, aw_transport **transport);

/*
 * Goes over to TLS on a connection that is open (loop.start_tls), as client or
 * server, whichever the context is for, and waits until the handshake is done;
 * the transport and its protocol stay the same.  Of the options, which may be
 * NULL, server_hostname and what begins with tls_ counts.  What is written
 * meanwhile is sent after the handshake.  Returns 0, the error that the
 * connection is then lost by, or, with the connection as it was,
 * AW_EINVALIDSTATE if it speaks TLS, is closing or has met an end, and -EINVAL
 * if it is a pipe or lacks a server_hostname.
 */
AW_MUST_CHECK int aw_transport_start_tls(aw_transport *transport,
    aw_tls_context *context, const aw_connection_options *options);

/*
 * The session of a client's TLS connection, which a later connection resumes by
 * tls_session; the caller frees it with aw_tls_session_free.  In TLS 1.3 the
 * server sends it after the handshake, so it is there once something has been
 * read.  Returns 0, -ENOENT if there is none (yet), or -ENOMEM.
 */
AW_MUST_CHECK int aw_transport_get_tls_session(aw_transport *transport,
    aw_tls_session **session);

/* Give the transport another protocol, and ask for it. */
void aw_transport_set_protocol(aw_transport *transport,
    const aw_protocol *protocol, void *arg);
const aw_protocol *aw_transport_get_protocol(const aw_transport *transport,
    void **arg);

/*
 * Receives at most size bytes without waiting, for a protocol with readable.
 * Returns how many, 0 at the end of the stream, -EAGAIN if there is nothing
 * yet, or the error that the connection was lost by.
 */
AW_MUST_CHECK ssize_t aw_transport_receive(aw_transport *transport,
    void *buffer, size_t size);

/* Stop and go on calling the protocol for data (pause_reading). */
void aw_transport_pause_reading(aw_transport *transport);
void aw_transport_resume_reading(aw_transport *transport);
/* Whether it is called for data: not while paused, nor once it is closing. */
bool aw_transport_is_reading(const aw_transport *transport);

/*
 * Sends the bytes, queueing what the kernel does not take at once; never waits
 * and keeps nothing of the caller's.  After close they are dropped.
 */
void aw_transport_write(aw_transport *transport, const void *data,
    size_t size);
/* The same with several pieces, in one call of the kernel's. */
void aw_transport_writelines(aw_transport *transport,
    const struct iovec *pieces, size_t count);
/*
 * Sends a FIN, or TLS's close_notify, or closes a pipe, once the queue is
 * empty.  can_write_eof: not before TLS 1.3, where the peer stops writing too.
 */
void aw_transport_write_eof(aw_transport *transport);
bool aw_transport_can_write_eof(const aw_transport *transport);

/*
 * Close it once the queue is empty; now, dropping the queue.  With TLS, closing
 * waits for the peer's close_notify as well, for tls_shutdown_timeout.
 */
void aw_transport_close(aw_transport *transport);
void aw_transport_abort(aw_transport *transport);
/* Whether either has been called, or it is lost. */
bool aw_transport_is_closing(const aw_transport *transport);

/*
 * The water marks of the queue in bytes (set_write_buffer_limits): 0 for high
 * is 64 KiB, 0 for low a quarter of high.
 */
void aw_transport_set_write_buffer_limits(aw_transport *transport, size_t high,
    size_t low);
void aw_transport_get_write_buffer_limits(const aw_transport *transport,
    size_t *high, size_t *low);
/* Bytes that are queued. */
size_t aw_transport_get_write_buffer_size(const aw_transport *transport);

/* As aw_writer_get_extra_info. */
int aw_transport_get_extra_info(const aw_transport *transport,
    const char *name, void *value, size_t size);

AW_END_DECLS

#endif
