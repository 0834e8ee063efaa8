/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/open.h"

#include "load/dispatcher.h"
#include "load/worker.h"

int
open_serve(struct link *link)
{
	struct dispatcher *dispatcher = &link->worker->dispatcher;
	int64_t now;
	int err;

	do {
		dispatcher_offer(dispatcher, link);
		/* Once all is sent, the reader meets an end: worker_task.c. */
		if (dispatcher->done && link->under_way == 0)
			return 0;
		err = link_receive(link, &now);
	} while (err > 0);
	return err;
}
