/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is said when connections can't be accepted.
 *
 * When file descriptors run out, accepting fails and works again many times a
 * second, in every worker.  That is one episode, and is two lines in the log:
 * what to do when it begins, and that it is over.
 */
#ifndef ECHOD_SHORTAGE_H
#define ECHOD_SHORTAGE_H

#include <await.h>
#include <stdbool.h>

/* Of a worker; used in its thread only. */
struct shortage {
	aw_loop *loop;
	bool counted;       /* among the workers that are in an episode */
	unsigned failing;   /* servers that can't accept yet */
	aw_handle *quiet;   /* ends the episode unless it goes on */
};

/*
 * The aw_accept_error of all servers; arg is the worker's struct shortage.  A
 * server that closes after an error accepts no more: error 0 tells that, too.
 */
void shortage_accept_error(aw_server *server, int error, void *arg);

/* Nothing is accepted any more.  To be called before the loop is closed. */
void shortage_clear(struct shortage *shortage);

#endif
