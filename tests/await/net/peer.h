/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections whose other end is a plain socket, which the test holds.
 */
#ifndef TESTS_AWAIT_NET_PEER_H
#define TESTS_AWAIT_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "await.h"

/* A connection, and its other end, which does not block. */
struct net_pair {
	aw_reader *reader;
	aw_writer *writer;
	int peer;
};

/* A connection over a pair of Unix sockets with small buffers. */
void net_unix_pair(struct net_pair *pair, const aw_connection_options *options);
/* The same over TCP. */
void net_tcp_pair(struct net_pair *pair, const aw_connection_options *options);
/* Frees the connection and closes the other end, if it is not -1. */
void net_pair_free(struct net_pair *pair);
/* Makes a connection of fd, which that owns from here; there is no peer. */
void net_adopt(struct net_pair *pair, aw_loop *loop, int fd,
    const aw_connection_options *options);
/* Makes a connection of the other end too; it becomes pair's peer. */
void net_adopt_peer(struct net_pair *pair, struct net_pair *peer);
/* Streams of a descriptor that must be had, as of a pipe. */
aw_reader *net_open_reader(int fd);
aw_writer *net_open_writer(int fd);

/* Whether there is a ::1; without it, tests that need it say nothing. */
bool net_has_ipv6(void);
/* A TCP socket that listens on 127.0.0.1, and its port. */
int net_listen(int backlog, uint16_t *port);
/* A plain TCP socket, not blocking, connected to that port of 127.0.0.1. */
int net_connect(uint16_t port);
/* The port that a socket is bound to. */
uint16_t net_port(int fd);

/* Sends everything, waiting as it needs to. */
void net_send(int fd, const void *data, size_t size);
void net_send_text(int fd, const char *text);
/* Receives until there are size bytes or the end; returns how many. */
size_t net_receive(int fd, void *buffer, size_t size);
/* Waits for what comes next on a socket: recv's result, or -errno. */
ssize_t net_receive_once(int fd, void *buffer, size_t size);
/* Sends the text, which has to come back. */
void net_check_echo(int fd, const char *text);
/* Closes a TCP socket with a RST. */
void net_reset(int fd);

/* Bytes that tell where in a stream they were. */
void net_fill(unsigned char *data, size_t size, size_t offset);
void net_check(const unsigned char *data, size_t size, size_t offset);

/* More than the kernel takes, as net_fill fills it. */
#define NET_LARGE (256 * 1024)
/* Writes that; most of it is queued. */
void net_write_large(struct net_pair *pair);
/* The peer receives that, and then the end. */
void net_receive_large(struct net_pair *pair);
/* The same by a reader, which is the argument of this task. */
aw_coroutine net_read_large;
/* Room for what a test receives. */
extern unsigned char net_received[NET_LARGE + 1];

#endif
