/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which TLS connections keep OpenSSL's buffers, which are 17 KiB each: those
 * that a loop has used lately.  The others give theirs back after each call, so
 * an idle connection has none.
 *
 * Large messages are better off without: what one connection gives back, the
 * next one gets, and it is in the processor's cache.
 *
 * The places are gone round like the hand of a clock: who comes without a place
 * looks at one of them, and gets it if nobody has used it since the last time.
 * So where more are busy than there are places, most of them stay in theirs,
 * and nobody takes another's buffers only to have his own taken.
 */
#include "net/tls.h"
#include "net/transport.h"

/* Gives the buffers back, if nothing is in them. */
void
aw_tls_release_buffers(struct aw_tls *tls)
{
	/* A head that has been read is not counted, but needed. */
	if (SSL_has_pending(tls->ssl) == 0 &&
	    SSL_rstate_string(tls->ssl)[1] == 'H')
		(void)SSL_free_buffers(tls->ssl);
}

void
aw_tls_find_place(struct aw_tls *tls)
{
	struct aw_tls_places *places = &tls->transport->loop->tls_places;
	unsigned place = places->hand++ % AW_TLS_PLACES;
	uint64_t bit = (uint64_t)1 << place;
	struct aw_tls *owner = places->owners[place];

	/* Once it is closed it needs no place. */
	if (tls->transport->fd < 0)
		return;
	if (owner != NULL && (places->used & bit) != 0) {
		places->used &= ~bit;
		aw_tls_release_buffers(tls);
		return;
	}
	if (owner != NULL) {
		owner->place = 0;
		aw_tls_release_buffers(owner);
	}
	places->owners[place] = tls;
	places->used |= bit;
	tls->place = bit;
}

void
aw_tls_leave_place(struct aw_tls *tls)
{
	struct aw_tls_places *places = &tls->transport->loop->tls_places;

	if (tls->place == 0)
		return;
	places->owners[__builtin_ctzll(tls->place)] = NULL;
	tls->place = 0;
}
