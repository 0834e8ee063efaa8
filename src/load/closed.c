/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/closed.h"

#include "load/behaviour.h"
#include "load/clock.h"
#include "load/worker.h"

void
closed_fill(struct link *link, int64_t now)
{
	while (link_has_room(link) && worker_may_begin(link->worker, now))
		link_begin(link, now, now);
	link_push(link);
}

int
closed_serve(struct link *link)
{
	int64_t now = clock_now();
	int err;

	if (behaviour_ends(link))
		return behaviour_serve(link);
	closed_fill(link, now);
	while (link->under_way > 0) {
		err = link_receive(link, &now);
		if (err <= 0)
			return err;
		closed_fill(link, now);
	}
	return 0;
}
