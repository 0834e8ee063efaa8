/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Listening TCP sockets, one for each worker on the same address.
 */
#ifndef ECHOD_TCP_SOCKET_H
#define ECHOD_TCP_SOCKET_H

#include <stddef.h>
#include <sys/socket.h>

/*
 * Makes count sockets that listen on the address, among which the kernel
 * spreads the connections; with port 0 all get the port that the first got.
 * The first of them may be there already; they get the backlog, and the others
 * join them.  A port that any other process has, another echod's included, is
 * -EADDRINUSE.  Returns 0; or -errno, and then no more are open than before.
 * The caller closes them.
 */
int tcp_listen(const struct sockaddr *address, socklen_t length, int backlog,
    int *fds, size_t count, size_t there);

#endif
