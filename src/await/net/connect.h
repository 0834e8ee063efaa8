/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connecting sockets.
 */
#ifndef AWAIT_NET_CONNECT_H
#define AWAIT_NET_CONNECT_H

#include "await.h"

/*
 * Wait for a socket that is connected, and does not block: to the first of the
 * host's addresses that answers, which is *peer; to a Unix socket.  Return the
 * descriptor, or an error, with the addresses in aw_error_text.
 */
AW_MUST_CHECK int aw_connect(const char *host, uint16_t port,
    struct sockaddr_storage *peer);
AW_MUST_CHECK int aw_connect_unix(const char *path);

/*
 * Sets what those have on a socket of the program's, and asks for its peer,
 * which is AF_UNSPEC without one.  Returns 0, or -EINVAL if it is not a stream
 * socket.
 */
AW_MUST_CHECK int aw_connect_take_over(int fd, struct sockaddr_storage *peer);

#endif
