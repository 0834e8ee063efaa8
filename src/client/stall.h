/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Notices that something which is waited for makes no progress.  Progress is
 * only noted, not timed anew, so it costs nothing at any rate.
 */
#ifndef CLIENT_STALL_H
#define CLIENT_STALL_H

#include <stdbool.h>

#include <await.h>

struct stall {
	aw_loop *loop;
	double limit;         /* seconds; 0 never expires */
	aw_callback *expired; /* called once, from the loop */
	void *arg;
	bool waiting;         /* something is waited for */
	double progress;      /* when it last came nearer */
	bool overdue;         /* the limit has passed; the grace runs */
	aw_handle *timer;
};

/* Something is waited for from now on.  Returns 0 or -ENOMEM. */
int stall_begin(struct stall *stall);
/* It came nearer. */
void stall_progress(struct stall *stall);
/* It is there. */
void stall_end(struct stall *stall);
/* Takes the timer back; must come before the loop or the stall goes. */
void stall_stop(struct stall *stall);

#endif
