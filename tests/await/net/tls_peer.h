/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS for tests: contexts that must be had, and connections whose other end is
 * OpenSSL on a plain socket, which the test holds.
 */
#ifndef TESTS_AWAIT_NET_TLS_PEER_H
#define TESTS_AWAIT_NET_TLS_PEER_H

#include <openssl/ssl.h>

#include "net/net.h"
#include "net/tls_files.h"

/*
 * Contexts of options, which may be NULL.  A server's certificate is TLS_SERVER
 * unless they name another; what a client trusts is TLS_CA.
 */
aw_tls_context *tls_server_context(const aw_tls_options *options);
aw_tls_context *tls_client_context(const aw_tls_options *options);

/* A server on a port of 127.0.0.1, with that context or a usual one. */
struct tls_server {
	aw_server *server;
	uint16_t port;
};
void tls_start_server(struct tls_server *server, aw_client_connected *handler,
    void *arg, aw_tls_context *context, const aw_server_options *options);
void tls_stop_server(struct tls_server *server);
/* A handler: sends back what comes, until the end. */
aw_client_connected tls_echo;

/*
 * Connects to the server as "localhost"; options may be NULL, and lack the
 * context.  As aw_open_connection.
 */
int tls_connect(const struct tls_server *server,
    const aw_connection_options *options, struct net_pair *pair);
/* The descriptor of a connection. */
int tls_socket(const struct net_pair *pair);
/* Sends the text and reads it back. */
void tls_check_echo(struct net_pair *pair, const char *text);
/* Closes, waits for that, and frees; what aw_writer_wait_closed returned. */
int tls_disconnect(struct net_pair *pair);

/* The other end: OpenSSL on a socket that does not block. */
struct tls_peer {
	SSL *ssl;
	int fd;
};
/* Takes over the socket; a client's or a server's end of version, or 0. */
void tls_peer_init(struct tls_peer *peer, int fd, bool server, int version);
/* One that is connected to the server's port; no handshake yet. */
void tls_peer_connect(struct tls_peer *peer, const struct tls_server *server,
    int version);
/* Shakes hands, waiting as it needs to: 1, or what SSL_get_error says. */
int tls_peer_handshake(struct tls_peer *peer);
/* Writes all of it. */
void tls_peer_write(struct tls_peer *peer, const void *data, size_t size);
/* Reads until there are size bytes; how many there were before the end. */
size_t tls_peer_read(struct tls_peer *peer, void *buffer, size_t size);
/* What SSL_get_error says of the next read. */
int tls_peer_read_error(struct tls_peer *peer);
/* Sends close_notify, and reads until the other end's. */
void tls_peer_shutdown(struct tls_peer *peer);
void tls_peer_free(struct tls_peer *peer);

/* A connection of the library's as client or server, and its peer. */
struct tls_link {
	struct net_pair pair; /* its peer is -1 */
	struct tls_peer peer;
};
/*
 * Over a pair of Unix sockets with small buffers; version is OpenSSL's or 0.
 * Both have shaken hands.
 */
void tls_link_init(struct tls_link *link, bool server, int version,
    const aw_connection_options *options);
void tls_link_free(struct tls_link *link);

#endif
