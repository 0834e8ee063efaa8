/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Ping-pong: connections that each send a message, wait until all of it has
 * come back, compare it and send the next.  On bare epoll, in one thread.
 */
#ifndef BENCH_GENERATOR_H
#define BENCH_GENERATOR_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct generator;

/*
 * Opens the connections.  Returns 0 or -errno; generator_free gives them back.
 */
int generator_new(const struct sockaddr_in *address, size_t connections,
    size_t message_size, struct generator **generator);
void generator_free(struct generator *generator);

/*
 * Sends and receives for some seconds, and then until nothing is under way any
 * more.  Returns how many messages came back, or -errno: -ECONNRESET if the
 * server closed a connection, -EBADMSG if something else came back than was
 * sent, -ETIMEDOUT if nothing came for ten seconds.
 */
int64_t generator_run(struct generator *generator, double seconds);

#endif
