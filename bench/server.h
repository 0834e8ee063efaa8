/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server in a process of its own, or several, to be measured.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct server {
	pid_t pid;
	struct sockaddr_in address;
	FILE *output; /* what it prints */
};

/* For --help: what a server can be called. */
#define SERVER_HELP \
	"A SERVER is echod, or await for a bare server on libawait, or epoll " \
	"for one on\nepoll alone, or a shell command, which has to print " \
	"127.0.0.1:PORT once it\nlistens.  The environment variable ECHOD " \
	"names another echod than that of this\nbuild.\n"

/*
 * Starts a server and waits until it listens; cpu is the processor that it is
 * kept on, or -1.  Returns 0, or a negative error, with its text in error.
 * server_stop ends it.
 */
int server_start(struct server *server, const char *name, int cpu,
    char *error, size_t error_size);

/*
 * Ends the server and all that it has started by SIGTERM, or by SIGKILL if that
 * takes too long.  Returns whether it was still running.
 */
bool server_stop(struct server *server);

/*
 * Connects to a server, with Nagle's algorithm off, from an IPv4 address in the
 * host's order, or from any if it is 0.  Returns the descriptor, which blocks,
 * or -errno.
 */
int server_connect(const struct sockaddr_in *address, uint32_t source);

/* Reads "a.b.c.d:port" anywhere in a text.  Returns 0 or -ENOENT. */
int server_find_address(const char *text, struct sockaddr_in *address);

#endif
