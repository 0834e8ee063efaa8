/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "admin_guests.h"

#include "common/monotonic.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define SECOND INT64_C(1000000000) /* nanoseconds */

static const struct timeval interval = { .tv_usec = 250000 };

static void
let_go(struct admin_guest *guest)
{
	bufferevent_decref(guest->stream);
	guest->stream = NULL;
}

/* Whether evhttp has freed it. */
static bool
is_gone(const struct admin_guest *guest)
{
	bufferevent_event_cb event = NULL;

	bufferevent_getcb(guest->stream, NULL, NULL, &event, NULL);
	return event == NULL;
}

/*
 * evhttp sees the end, and frees it.  It is told as well, since it sees nothing
 * of a socket that the kernel had no memory to watch.
 */
static void
show_out(const struct admin_guest *guest)
{
	shutdown(bufferevent_getfd(guest->stream), SHUT_RDWR);
	bufferevent_trigger_event(guest->stream, BEV_EVENT_READING |
	    BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
}

/* How many are left. */
static size_t
sweep(struct admin_guests *guests)
{
	const int64_t now = monotonic_nanoseconds();
	size_t left = 0;

	for (size_t i = 0; i < ADMIN_GUESTS; i++) {
		struct admin_guest *guest = &guests->places[i];

		if (guest->stream != NULL && is_gone(guest))
			let_go(guest);
		if (guest->stream == NULL)
			continue;
		left++;
		if (now >= guest->deadline)
			show_out(guest);
	}
	return left;
}

static void
on_timer(int fd, short what, void *arg)
{
	struct admin_guests *guests = arg;

	(void)fd;
	(void)what;
	if (sweep(guests) > 0)
		evtimer_add(guests->timer, &interval);
}

/* A free place, which there is once another one has left. */
static struct admin_guest *
find_place(struct admin_guests *guests)
{
	struct admin_guest *first = &guests->places[0];

	sweep(guests);
	for (size_t i = 0; i < ADMIN_GUESTS; i++) {
		struct admin_guest *guest = &guests->places[i];

		if (guest->stream == NULL)
			return guest;
		if (guest->deadline < first->deadline)
			first = guest;
	}
	show_out(first);
	let_go(first);
	return first;
}

struct bufferevent *
admin_guests_new(struct event_base *base, void *arg)
{
	struct admin_guests *guests = arg;
	struct admin_guest *guest = find_place(guests);
	struct bufferevent *stream;

	stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (stream == NULL)
		return NULL;
	/* With ours the socket stays open, so that its number is not reused. */
	bufferevent_incref(stream);
	guest->stream = stream;
	guest->deadline = monotonic_nanoseconds() + ADMIN_FIRST * SECOND;
	guest->requests = 0;
	if (!evtimer_pending(guests->timer, NULL))
		evtimer_add(guests->timer, &interval);
	return stream;
}

bool
admin_guests_note(struct admin_guests *guests,
    const struct bufferevent *stream)
{
	for (size_t i = 0; i < ADMIN_GUESTS; i++) {
		struct admin_guest *guest = &guests->places[i];

		if (guest->stream != stream)
			continue;
		guest->deadline = monotonic_nanoseconds() + ADMIN_NEXT * SECOND;
		return ++guest->requests < ADMIN_REQUESTS;
	}
	/* One that was shown out, or whom there was no memory for. */
	return false;
}

int
admin_guests_init(struct admin_guests *guests, struct event_base *base)
{
	memset(guests, 0, sizeof(*guests));
	guests->base = base;
	guests->timer = evtimer_new(base, on_timer, guests);
	return guests->timer != NULL ? 0 : -ENOMEM;
}

void
admin_guests_clear(struct admin_guests *guests)
{
	for (size_t i = 0; i < ADMIN_GUESTS; i++)
		if (guests->places[i].stream != NULL)
			let_go(&guests->places[i]);
	if (guests->timer != NULL)
		event_free(guests->timer);
	guests->timer = NULL;
}
