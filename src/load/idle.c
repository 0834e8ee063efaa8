/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/idle.h"

#include "load/clock.h"
#include "load/worker.h"

static void
send_one(struct link *link)
{
	int64_t now = clock_now();

	link_begin(link, now, now);
	link_push(link);
}

int
idle_serve(struct link *link)
{
	const struct worker *worker = link->worker;
	int64_t now;
	int err;

	send_one(link);
	do {
		err = link_receive(link, &now);
	} while (err > 0 && !(worker->stopping && link->under_way == 0));
	return err < 0 ? err : 0;
}

void
idle_finish(struct link *link)
{
	if (link_has_room(link))
		send_one(link);
}
