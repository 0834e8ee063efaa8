/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A future that keeps a cancellation from another one.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/debug_mode.h"
#include "core/future.h"

/* While the inner one is pending, its watch holds a reference on this. */
struct shield {
	aw_future future;
	struct aw_future_watch watch;
	struct aw_ready ready;
	aw_future *inner;       /* while it is watched, or in the ring */
};

static struct shield *
shield_of(aw_future *future)
{
	return aw_container_of(future, struct shield, future);
}

static void
free_shield(aw_future *future)
{
	free(shield_of(future));
}

static aw_future *
cancel_shield(aw_future *future, bool first)
{
	struct shield *shield = shield_of(future);

	(void)first;
	aw_future_finish(future, -ECANCELED);
	if (shield->inner != NULL &&
	    shield->inner->state == AW_FUTURE_PENDING) {
		aw_future_unwatch(shield->inner, &shield->watch);
		shield->inner = NULL;
		aw_future_unref(future);
	}
	return NULL;
}

static const struct aw_future_kind shield_kind = {
	cancel_shield, free_shield,
};

static void
end_shield(struct aw_ready *ready)
{
	struct shield *shield = aw_container_of(ready, struct shield, ready);
	aw_future *inner = shield->inner;

	shield->inner = NULL;
	/* An error that comes after the cancellation is left to be reported. */
	if (shield->future.state == AW_FUTURE_PENDING)
		aw_future_finish(&shield->future, aw_future_result(inner));
	aw_future_unref(inner);
	aw_future_unref(&shield->future);
}

static void
inner_done(struct aw_future_watch *watch)
{
	struct shield *shield = aw_container_of(watch, struct shield, watch);

	if (shield->inner->state == AW_FUTURE_PENDING) {
		shield->inner = NULL;
		aw_future_unref(&shield->future);
		return;
	}
	aw_future_ref(shield->inner);
	aw_loop_ready(shield->future.loop, &shield->ready);
}

aw_future *
aw_shield(aw_future *inner)
{
	struct shield *shield;

	if (inner == NULL || AW_WRONG_THREAD(inner->loop))
		return NULL;
	if (inner->state != AW_FUTURE_PENDING)
		return aw_future_ref(inner);
	shield = malloc(sizeof(*shield));
	if (shield == NULL)
		return NULL;
	aw_future_init(&shield->future, inner->loop, &shield_kind);
	shield->watch.done = inner_done;
	shield->ready.run = end_shield;
	shield->inner = inner;
	aw_future_ref(&shield->future);
	aw_future_watch(inner, &shield->watch);
	return &shield->future;
}
