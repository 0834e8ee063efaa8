/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers whose connections are handled by tasks.
 */
#ifndef AWAIT_SERVER_H
#define AWAIT_SERVER_H

#include <await/stream.h>

AW_BEGIN_DECLS

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
 * -ENOMEM; or with another one 64 times in a row, as of a socket that was shut
 * down.  Called once; accepting pauses, and error 0 says that it works again.
 */
typedef void aw_accept_error(aw_server *server, int error, void *arg);

/*
 * Who decides which connections a server accepts, as where servers have a limit
 * in common; called by the loop.
 */
typedef struct aw_admission {
	/*
	 * The server is about to accept, and wants a place for whoever comes.
	 * Without one, what comes waits in the kernel's queue until
	 * aw_server_resume.
	 */
	bool (*enter)(aw_server *server, void *arg);
	/*
	 * That is the peer.  Returns whether it is served, or else it is closed
	 * at once.  *seat, which is NULL, is kept for leave.
	 */
	bool (*admit)(aw_server *server, const struct sockaddr *peer,
	    void **seat, void *arg);
	/*
	 * The place is free again: the connection has gone, or none came.
	 * Once for each that enter gave.
	 */
	void (*leave)(aw_server *server, void *seat, void *arg);
	void *arg; /* has to stay as long as the server has connections */
} aw_admission;

typedef struct aw_tls_failure {
	aw_tls_reason reason;
	int error;           /* AW_ETLS..., or -errno */
	const char *text;    /* what happened, for people */
	aw_transport *transport; /* for aw_transport_get_extra_info */
} aw_tls_failure;

/*
 * A TLS handshake failed, and the connection is about to close; its handler or
 * protocol never learns of it.  Called by the loop.
 */
typedef void aw_tls_failed(aw_server *server, const aw_tls_failure *failure,
    void *arg);

typedef struct aw_server_options {
	/* connection.tls has the server speak TLS: handlers run after it. */
	aw_connection_options connection;
	int backlog;            /* of listen; 0 is 100 */
	bool reuse_port;        /* SO_REUSEPORT */
	bool keep_alive;        /* SO_KEEPALIVE */
	int send_buffer;        /* SO_SNDBUF in bytes; 0 leaves the kernel's */
	int receive_buffer;     /* SO_RCVBUF in bytes; 0 leaves the kernel's */
	bool start_later;       /* aw_server_start_serving begins to listen */
	double accept_pause;    /* seconds after a failed accept; 0 is 1 */
	aw_accept_error *accept_error; /* may be NULL */
	void *accept_error_arg;
	aw_admission admission; /* all functions, or none, and all may come */
	/*
	 * The memory of a connection and of its handler's stack goes back to
	 * the system while the handler waits for its data for longer than
	 * aw_loop_options.trim_after.  Meanwhile no other thread may look at
	 * the task, its connection or its local variables, and no system call
	 * be given a pointer to them.  From Linux 6.13 on.
	 */
	bool hibernate;
	aw_tls_failed *tls_failed; /* may be NULL */
	void *tls_failed_arg;
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

/*
 * The same for a protocol, which each connection gets with arg
 * (loop.create_server); connection_made may give it another, with an arg of
 * its own, by aw_transport_set_protocol.
 */
AW_MUST_CHECK int aw_create_server(const aw_protocol *protocol, void *arg,
    const char *host, uint16_t port, const aw_server_options *options,
    aw_server **server);
AW_MUST_CHECK int aw_create_unix_server(const aw_protocol *protocol, void *arg,
    const char *path, const aw_server_options *options, aw_server **server);
AW_MUST_CHECK int aw_create_server_sockets(aw_loop *loop,
    const aw_protocol *protocol, void *arg, const int *fds, size_t count,
    const aw_server_options *options, aw_server **server);

/*
 * Begins to listen and to accept, where start_later was set (start_serving).
 * Returns 0, AW_EINVALIDSTATE once it is closed, or the error of listen(2).
 */
AW_MUST_CHECK int aw_server_start_serving(aw_server *server);
/* Whether it accepts connections (server.is_serving). */
bool aw_server_is_serving(const aw_server *server);

/*
 * There may be a place again, which aw_admission did not have: the server tries
 * in the loop's next iteration, and goes on accepting as long as there is.
 */
void aw_server_resume(aw_server *server);

/* The i-th listening socket, or -1 beyond the last (server.sockets). */
int aw_server_socket(const aw_server *server, size_t i);
/*
 * The address of the i-th listening socket as aw_address_text writes it; ""
 * beyond the last.  Writes at most size bytes, and returns buffer.
 */
const char *aw_server_address_text(const aw_server *server, size_t i,
    char *buffer, size_t size);
/* The port of the first listening socket; -1 if it has none. */
int aw_server_port(const aw_server *server);
/*
 * Has connections that are accepted from now on use this context: new
 * certificates, or NULL for plain.  The server takes a reference.
 */
void aw_server_set_tls(aw_server *server, aw_tls_context *context);
/* How many handshakes have failed for that reason; 0 for an unknown one. */
uint64_t aw_server_tls_failure_count(const aw_server *server,
    aw_tls_reason reason);

/* How many connections are open. */
size_t aw_server_connection_count(const aw_server *server);

/*
 * Stops listening (server.close).  What the kernel has connected by then is
 * still accepted; connections go on.
 */
void aw_server_close(aw_server *server);
/*
 * The same, but what the kernel has connected is left in the queue, for whoever
 * else has the sockets: another server on duplicates of them, or the process
 * that handed them over.  If nobody has, the kernel resets it.
 */
void aw_server_release(aw_server *server);
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

AW_END_DECLS

#endif
