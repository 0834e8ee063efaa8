/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Names to addresses, without keeping the loop waiting.
 */
#ifndef AWAIT_NET_RESOLVE_H
#define AWAIT_NET_RESOLVE_H

#include "await.h"

#include <netdb.h>

/*
 * Waits for the addresses of a host for stream sockets, by getaddrinfo(3) in a
 * thread; an address in digits, or no host with AI_PASSIVE in flags, does not
 * wait.  Returns 0 and a list for freeaddrinfo, or an error; AW_EDNS has a text.
 */
AW_MUST_CHECK int aw_resolve(const char *host, uint16_t port, int flags,
    struct addrinfo **list);

#endif
