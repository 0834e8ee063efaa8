/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How many connections each address has, to each listener.  IPv6 addresses are
 * counted by their /64, which is what one host has, those of a link by the link
 * as well; those that stand for an IPv4 address, ::ffff:0:0/96 and
 * 64:ff9b::/96, as that.  For any thread.
 *
 * It is a tree, as whoever connects chooses the addresses, and could have a
 * hash table's chains grow.
 */
#ifndef ECHOD_ADDRESS_COUNTS_H
#define ECHOD_ADDRESS_COUNTS_H

#include <await.h>
#include <stdint.h>
#include <sys/socket.h>

struct address_counts;
struct address_count; /* of one address and listener */

/* NULL: no memory. */
struct address_counts *address_counts_new(void);
/* When nothing is counted any more.  NULL is fine. */
void address_counts_free(struct address_counts *counts);

/*
 * Counts a connection from that address, unless it has most of them already.
 * listener is any pointer that stands for it.  Returns 1 with what is to be
 * given back in *count; 0 for what has no IP address; -EUSERS if it has most,
 * or -ENOMEM.
 */
AW_MUST_CHECK int address_counts_add(struct address_counts *counts,
    const void *listener, const struct sockaddr *address, uint64_t most,
    struct address_count **count);
/* The connection has gone. */
void address_counts_remove(struct address_counts *counts,
    struct address_count *count);

#endif
