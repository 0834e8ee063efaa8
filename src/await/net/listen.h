/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listening sockets.
 */
#ifndef AWAIT_NET_LISTEN_H
#define AWAIT_NET_LISTEN_H

#include "await.h"

#include <netdb.h>

/* The backlog to listen with. */
int aw_listen_backlog(const aw_server_options *options);

/*
 * Binds a non-blocking socket to the address and listens, unless that is to be
 * later.  Returns the
 * descriptor or an error, with aw_error_text naming the address.
 */
AW_MUST_CHECK int aw_listen(const struct sockaddr *address, socklen_t length,
    const aw_server_options *options);

/*
 * The same on a Unix socket's path; a socket there that nobody listens on is
 * replaced, a live one is -EADDRINUSE.
 */
AW_MUST_CHECK int aw_listen_unix(const char *path,
    const aw_server_options *options);

/* Sets on a listening socket what the connections inherit from it. */
void aw_listen_set_options(int fd, const aw_server_options *options);

#endif
