/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Streams: connections as a reader and a writer.
 */
#ifndef AWAIT_STREAM_H
#define AWAIT_STREAM_H

#include <await/transport.h>

AW_BEGIN_DECLS

/*
 * Waits for a connection to host and port (asyncio.open_connection).  The name
 * is resolved in a thread; its addresses are tried one after the other.
 * options may be NULL.  On success the pair is the caller's, who ends it with
 * aw_writer_free.  Otherwise AW_EDNS or the error of the last address, with the
 * addresses in aw_error_text; with options.tls also that of the handshake,
 * which is waited for, with the reason in aw_error_text: AW_ETLSVERIFY,
 * AW_ETLSALERT, AW_ETLS, -ETIMEDOUT, -ECONNRESET.
 */
AW_MUST_CHECK int aw_open_connection(const char *host, uint16_t port,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer);

/* The same to a Unix socket (asyncio.open_unix_connection). */
AW_MUST_CHECK int aw_open_unix_connection(const char *path,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer);

/*
 * The same with a stream socket that is connected already, and does not wait
 * (open_connection(sock=)).  The pair takes it over unless the call fails.  TLS
 * is for aw_writer_start_tls then; options.tls is -EINVAL.
 */
AW_MUST_CHECK int aw_open_connection_socket(aw_loop *loop, int fd,
    const aw_connection_options *options, aw_reader **reader,
    aw_writer **writer);

/*
 * One end of a pipe, or a terminal, another device, a file, a socket: what
 * reads from it, or what writes to it.  The stream takes the descriptor over
 * unless the call fails, and is ended with aw_reader_free or aw_writer_free.
 * They do not wait.  The descriptor itself is not made non-blocking, as other
 * processes may share it; to write, a pipe or terminal is opened once more
 * through /proc, and where that fails written to in small pieces.  Files and
 * devices that can't be polled are always ready, but others have their turn in
 * between.
 */
AW_MUST_CHECK int aw_open_read_pipe(aw_loop *loop, int fd,
    const aw_connection_options *options, aw_reader **reader);
AW_MUST_CHECK int aw_open_write_pipe(aw_loop *loop, int fd,
    const aw_connection_options *options, aw_writer **writer);
/* Standard input and output as streams, of descriptors of their own. */
AW_MUST_CHECK int aw_open_stdin(aw_loop *loop, aw_reader **reader);
AW_MUST_CHECK int aw_open_stdout(aw_loop *loop, aw_writer **writer);

/*
 * A reader that the program feeds (asyncio.StreamReader); limit 0 is 64 KiB.
 * NULL if memory is short.
 */
aw_reader *aw_reader_new(aw_loop *loop, size_t limit);
/*
 * Gives back a reader of aw_reader_new, aw_open_read_pipe or aw_open_stdin; one
 * of a pair is left alone, as it goes with its writer.  NULL is fine.
 */
void aw_reader_free(aw_reader *reader);

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
 * The same with several separators, of which the one counts that ends first,
 * and of several that end there the longest (readuntil with a tuple).
 */
AW_MUST_CHECK ssize_t aw_reader_readuntil_any(aw_reader *reader,
    const struct iovec *separators, size_t count, const char **data);

/*
 * Waits for the end of the stream and returns all that came until then, in
 * memory that the caller frees, with a '\0' behind it (reader.read(-1)).
 * AW_ELIMIT if that is more than limit bytes, which stay in the reader; limit 0
 * sets no bound.
 */
AW_MUST_CHECK ssize_t aw_reader_read_all(aw_reader *reader, size_t limit,
    char **data);

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
 * Adds bytes to the end of what has been received (reader.feed_data), after
 * what the socket has brought so far.  Returns 0, -ENOMEM, or AW_EINVALIDSTATE
 * after the end.
 */
AW_MUST_CHECK int aw_reader_feed_data(aw_reader *reader, const void *data,
    size_t size);

/*
 * Ends the stream with an error, which every later call returns, before the
 * data that is left, and aw_writer_drain too (reader.set_exception); and that
 * error, or the one that the connection was lost by, or 0.
 */
void aw_reader_set_error(aw_reader *reader, int error);
int aw_reader_error(const aw_reader *reader);

/*
 * Sends the bytes, queueing what the socket does not take at once
 * (writer.write); never waits.  A connection that is lost swallows them;
 * aw_writer_drain says so.  After close or write_eof they are dropped.
 */
void aw_writer_write(aw_writer *writer, const void *data, size_t size);

/* The same with several pieces, in one call of the kernel's. */
void aw_writer_writelines(aw_writer *writer, const struct iovec *pieces,
    size_t count);

/*
 * Waits, once the queue has been above the high water mark, until it has fallen
 * to the low one (writer.drain).  Returns 0, the reader's error, or that of a
 * connection that is lost.
 */
AW_MUST_CHECK int aw_writer_drain(aw_writer *writer);

/*
 * Goes over to TLS, as aw_transport_start_tls does (writer.start_tls): waits
 * for the queue to drain and for the handshake.  What the reader has already
 * counts as the beginning of the peer's TLS.  If another task reads, -EBUSY.
 */
AW_MUST_CHECK int aw_writer_start_tls(aw_writer *writer,
    aw_tls_context *context, const aw_connection_options *options);
/* As aw_transport_get_tls_session. */
AW_MUST_CHECK int aw_writer_get_tls_session(aw_writer *writer,
    aw_tls_session **session);

/*
 * Sends a FIN, or TLS's close_notify, or closes the pipe, once the queue is
 * empty (writer.write_eof).  can_write_eof is false of TLS 1.2, where the peer
 * then stops writing too.
 */
void aw_writer_write_eof(aw_writer *writer);
bool aw_writer_can_write_eof(const aw_writer *writer);

/*
 * Closes the connection once the queue is empty (writer.close), and with TLS
 * the peer has sent its close_notify too, for which tls_shutdown_timeout is
 * given; the reader meets the end of the stream at once.
 */
void aw_writer_close(aw_writer *writer);
/* Closes it now and drops the queue (transport.abort): the peer gets a RST. */
void aw_writer_abort(aw_writer *writer);
/* Waits until it is closed; 0, or the error that it was lost by. */
AW_MUST_CHECK int aw_writer_wait_closed(aw_writer *writer);
/* Whether it is closed or about to be (writer.is_closing). */
bool aw_writer_is_closing(const aw_writer *writer);

/* The transport that the writer is on (writer.transport). */
aw_transport *aw_writer_transport(aw_writer *writer);

/* Bytes that are queued (transport.get_write_buffer_size). */
size_t aw_writer_get_write_buffer_size(const aw_writer *writer);

/*
 * What is known of the connection (writer.get_extra_info).  Writes the value
 * of the name at value and returns its size; -ENOENT if the connection has no
 * such value, -ENOSPC if size is too small.
 *   "peername", "sockname"  struct sockaddr_storage; the size is the
 *                           address's own
 *   "socket", "pipe"        int: the descriptor, which stays the connection's
 * With TLS; the text of strings ends with '\0', which counts:
 *   "ssl_context"           aw_tls_context *, and
 *   "ssl_object"            SSL *, which stay the connection's
 *   "ssl_version"           string: "TLSv1.3", "TLSv1.2"
 *   "cipher", "group"       strings, such as "TLS_AES_256_GCM_SHA384", "X25519"
 *   "cipher_bits"           int: of the secret
 *   "alpn"                  string: the protocol that was agreed on
 *   "server_name"           string: what the client calls the server
 *   "session_reused"        bool: the handshake resumed an earlier session
 *   "peercert"              the peer's certificate in DER
 *   "peercert_pem"          string: the same in PEM
 *   "subject", "issuer"     strings: of that certificate, as RFC 2253 has it
 *   "verify_result"         string: "ok", or why it could not be verified where
 *                           the context lets that pass
 *   "tls_error"             string: what went wrong, once something has
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
 * The "peername" or "sockname" as aw_address_text writes it; "" if it is not
 * known.  Writes at most size bytes, and returns buffer.
 */
const char *aw_writer_address_text(const aw_writer *writer, const char *name,
    char *buffer, size_t size);

/*
 * An address as text: "192.0.2.1:7", "[2001:db8::1]:7", "unix:/run/x.sock",
 * "unix:@abstract", "unix:" where a Unix socket has no name.  Writes at most
 * size bytes, with the end, and returns buffer.
 */
#define AW_ADDRESS_TEXT_SIZE 128
const char *aw_address_text(const struct sockaddr *address, socklen_t length,
    char *buffer, size_t size);

AW_END_DECLS

#endif
