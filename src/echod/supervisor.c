/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "supervisor.h"

#include "common/log.h"
#include "notify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Seconds between two looks if there is no watchdog. */
#define STATUS_INTERVAL 10.0
/*
 * Looks in the watchdog's time: a worker has a third of it for its turn, and
 * there is another for what the service manager's timer and ours differ by.
 */
#define LOOKS 3

static void on_timer(void *arg);

static void
tell_status(struct supervisor *supervisor)
{
	uint64_t open = 0, total = 0;
	char status[sizeof(supervisor->status)];

	for (size_t i = 0; i < supervisor->worker_count; i++) {
		open += connections_open_count(
		    &supervisor->workers[i].connections);
		total += connections_total(
		    &supervisor->workers[i].connections);
	}
	snprintf(status, sizeof(status), "%s; connections: %" PRIu64
	    " of %" PRIu64 " so far, workers: %zu, addresses: %zu",
	    supervisor->stopping ? "Finishing" : "Serving", open, total,
	    supervisor->worker_count, supervisor->address_count);
	if (strcmp(status, supervisor->status) == 0)
		return;
	memcpy(supervisor->status, status, sizeof(status));
	notify_status(status);
}

/*
 * How many workers have taken no turn since the last look.  They may have been
 * asked for one in between, so half of the time is enough.
 */
static size_t
count_stuck(const struct supervisor *supervisor)
{
	size_t stuck = 0;

	for (size_t i = 0; i < supervisor->worker_count; i++)
		stuck += worker_waiting(&supervisor->workers[i]) >
		    supervisor->interval / 2;
	return stuck;
}

/* One line when they stop, and one when all go on. */
static void
log_stuck(struct supervisor *supervisor, size_t stuck)
{
	if (stuck > 0 && supervisor->stuck == 0)
		log_error("the loops of %zu of %zu workers have not turned "
		    "for %.3g s; the watchdog is not fed, and will restart "
		    "echod", stuck, supervisor->worker_count,
		    supervisor->interval);
	else if (stuck == 0 && supervisor->stuck > 0)
		log_notice("the loops of all workers turn again");
	supervisor->stuck = stuck;
}

static void
watch(struct supervisor *supervisor)
{
	log_stuck(supervisor, count_stuck(supervisor));
	if (supervisor->stuck == 0)
		notify_watchdog();
	for (size_t i = 0; i < supervisor->worker_count; i++)
		worker_ask_turn(&supervisor->workers[i]);
}

/*
 * Without memory for the timer nobody would feed the watchdog any more, which
 * is what it is for.
 */
static void
set_timer(struct supervisor *supervisor)
{
	supervisor->timer = aw_loop_call_later(supervisor->loop,
	    supervisor->interval, on_timer, supervisor);
}

static void
on_timer(void *arg)
{
	struct supervisor *supervisor = arg;

	if (supervisor->feeds)
		watch(supervisor);
	tell_status(supervisor);
	set_timer(supervisor);
}

void
supervisor_start(struct supervisor *supervisor)
{
	double watchdog = notify_watchdog_time();

	if (!notify_is_wanted())
		return;
	supervisor->feeds = watchdog > 0;
	supervisor->interval = supervisor->feeds ? watchdog / LOOKS :
	    STATUS_INTERVAL;
	if (supervisor->feeds)
		watch(supervisor);
	tell_status(supervisor);
	set_timer(supervisor);
}

void
supervisor_stop(struct supervisor *supervisor)
{
	if (supervisor->timer != NULL)
		aw_handle_cancel(supervisor->timer);
	supervisor->timer = NULL;
}
