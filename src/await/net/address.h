/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Addresses of Unix sockets.
 */
#ifndef AWAIT_NET_ADDRESS_H
#define AWAIT_NET_ADDRESS_H

#include "await.h"

#include <sys/un.h>

/*
 * Makes the address of a path; one that starts with '@' is in the abstract
 * namespace.  Returns its length, or -ENAMETOOLONG, or -EINVAL for "".
 */
AW_MUST_CHECK int aw_unix_address(const char *path,
    struct sockaddr_un *address);

#endif
