/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The modes: a row each, in the order of enum load_mode.  What a connection of
 * a mode does is in a file of that name.
 */
#ifndef LOAD_MODE_H
#define LOAD_MODE_H

#include <stdbool.h>

struct link;

struct mode {
	/*
	 * The life of one of the connections, again and again; a task's.
	 * Returns when the run has nothing more for it to do.
	 */
	int (*live)(struct link *link);
	/*
	 * Of those that are connected before the schedule starts (hold.h): what
	 * one does once it has.  Returns 0 if it came to its end in good order,
	 * or a negative error, which has been counted.
	 */
	int (*serve)(struct link *link);
	bool is_due;  /* messages come when a schedule says */
	bool cuts;    /* warm-up and cool-down are left out */
	bool closed;  /* a message is due when it is sent */
};

extern const struct mode modes[];

#endif
