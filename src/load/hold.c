/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/hold.h"

#include <errno.h>
#include <math.h>

#include "load/worker.h"

int
hold_pause(double *pause)
{
	int err = aw_sleep(*pause);

	*pause = fmin(*pause * 2, HOLD_LONGEST_PAUSE);
	return err;
}

/* A bounded number of connections is being made at a time. */
static int
open_in_turn(struct link *link)
{
	struct worker *worker = link->worker;
	int err;

	err = aw_semaphore_acquire(worker->gate);
	if (err < 0)
		return err;
	err = link_open(link);
	aw_semaphore_release(worker->gate);
	return err;
}

/* From when the schedule has started until the connection is over. */
static int
serve(struct link *link)
{
	int err;

	err = aw_event_wait(link->worker->started);
	if (err < 0)
		return err;
	link->serving = true;
	err = link->worker->plan->mode->serve(link);
	link->serving = false;
	return err;
}

int
hold(struct link *link)
{
	double pause = HOLD_FIRST_PAUSE;
	int err;

	do {
		err = open_in_turn(link);
		worker_attempted(link->worker, link, err == 0);
		if (err == 0) {
			err = serve(link);
			link_close(link, err);
			if (err == 0)
				pause = HOLD_FIRST_PAUSE;
		}
		if (err < 0 && err != -ECANCELED &&
		    worker_goes_on(link->worker))
			err = hold_pause(&pause);
	} while (err != -ECANCELED && worker_goes_on(link->worker));
	return 0;
}
