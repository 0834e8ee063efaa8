/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The connections of the administrator's HTTP server: how many there may be,
 * and for how long.
 *
 * evhttp bounds neither.  It knows how long a peer may be silent, but one that
 * sends a byte now and then stays for good; and it tells nobody that a
 * connection has ended.  So each connection's bufferevent is made here, and has
 * a second reference of ours: evhttp takes its callbacks away when it frees it,
 * by which we see that it did.  A guest's time is up at its deadline, which
 * each request that it completes puts off; its socket is then shut down, and
 * evhttp, which is told of that, does the rest.  When there is no room for
 * another one, the guest whose deadline is next goes.
 */
#ifndef ECHOD_ADMIN_GUESTS_H
#define ECHOD_ADMIN_GUESTS_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#define ADMIN_GUESTS 32
/* Seconds until the first request has to be there. */
#define ADMIN_FIRST 3
/* Seconds from a request until its answer is sent and the next one there. */
#define ADMIN_NEXT 4
/* Requests on one connection. */
#define ADMIN_REQUESTS 100

struct admin_guest {
	struct bufferevent *stream; /* NULL: the place is free */
	int64_t deadline;           /* of monotonic_nanoseconds */
	unsigned requests;
};

struct admin_guests {
	struct event_base *base;
	struct event *timer; /* looks for deadlines while there are guests */
	struct admin_guest places[ADMIN_GUESTS];
};

/* Returns 0 or -ENOMEM. */
int admin_guests_init(struct admin_guests *guests, struct event_base *base);
/* To be called when evhttp has freed all. */
void admin_guests_clear(struct admin_guests *guests);

/* evhttp's bevcb; arg is the struct admin_guests. */
struct bufferevent *admin_guests_new(struct event_base *base, void *arg);

/*
 * Notes that a guest has completed a request.  Returns whether it may have
 * another one.
 */
bool admin_guests_note(struct admin_guests *guests,
    const struct bufferevent *stream);

#endif
