/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which TLS connections keep OpenSSL's buffers, which are 17 KiB each.
 *
 * By themselves they give them back as soon as they are empty, so an idle
 * connection has none; what one gives back, the next one gets, and it is in the
 * processor's cache.  For large messages there is nothing better.  For small
 * ones, asking the allocator twice is a part of the cost, so those that come
 * often have a place, in which they keep theirs.
 *
 * A place belongs to its owner while he uses it in each period.  So where more
 * are busy than there are places, most of them stay in theirs, and nobody takes
 * another's buffers only to have his own taken.
 *
 * SSL_free_buffers also goes through 2.5 KB of the SSL object, so it is called
 * where a place changes hands, and not for each message.
 */
#include "net/tls.h"
#include "net/transport.h"

/* Nanoseconds of a period, and small calls in it that make a place worth it. */
#define PERIOD (100 * 1000000)
#define OFTEN 8

void
aw_tls_release_buffers(struct aw_tls *tls)
{
	SSL_set_mode(tls->ssl, SSL_MODE_RELEASE_BUFFERS);
	/* A head that has been read is not counted, but needed. */
	if (SSL_has_pending(tls->ssl) == 0 &&
	    SSL_rstate_string(tls->ssl)[1] == 'H')
		(void)SSL_free_buffers(tls->ssl);
}

static void
take_place(struct aw_tls *tls, unsigned place)
{
	struct aw_tls_places *places = &tls->transport->loop->tls_places;
	struct aw_tls *owner = places->owners[place];

	if (owner != NULL) {
		owner->place = 0;
		aw_tls_release_buffers(owner);
	}
	places->owners[place] = tls;
	tls->place = (uint64_t)1 << place;
	places->used |= tls->place;
	SSL_clear_mode(tls->ssl, SSL_MODE_RELEASE_BUFFERS);
}

static void
begin_period(struct aw_tls_places *places, int64_t now)
{
	places->idle = ~places->used;
	places->used = 0;
	places->since = now;
	places->period++;
}

void
aw_tls_find_place(struct aw_tls *tls)
{
	aw_loop *loop = tls->transport->loop;
	struct aw_tls_places *places = &loop->tls_places;
	uint64_t vacant;

	if (loop->now - places->since >= PERIOD)
		begin_period(places, loop->now);
	if (tls->period != places->period) {
		tls->period = places->period;
		tls->calls = 0;
	}
	if (tls->calls < OFTEN)
		tls->calls++;
	vacant = places->idle & ~places->used;
	/* Once it is closed it needs no place. */
	if (tls->calls == OFTEN && vacant != 0 && tls->transport->fd >= 0)
		take_place(tls, (unsigned)__builtin_ctzll(vacant));
}

void
aw_tls_leave_place(struct aw_tls *tls)
{
	struct aw_tls_places *places = &tls->transport->loop->tls_places;

	if (tls->place == 0)
		return;
	places->owners[__builtin_ctzll(tls->place)] = NULL;
	places->used &= ~tls->place;
	places->idle |= tls->place;
	tls->place = 0;
	tls->calls = 0;
}

void
aw_tls_give_up_place(struct aw_tls *tls)
{
	aw_tls_leave_place(tls);
	aw_tls_release_buffers(tls);
}

void
aw_tls_rest(struct aw_transport *transport)
{
	if (transport->tls != NULL && transport->tls->place != 0)
		aw_tls_give_up_place(transport->tls);
}
