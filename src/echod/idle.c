/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "idle.h"

#include "common/monotonic.h"
#include "timer_wait.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000
/* Looks in idle_timeout. */
#define LOOKS 8

/* One that is due later than it is set for waits until it has come. */
static void
arm(struct idle *idle, int64_t due)
{
	const struct itimerspec time = {
		.it_value.tv_sec = due / NANOSECONDS,
		.it_value.tv_nsec = due % NANOSECONDS,
	};

	if (idle->armed != 0 && idle->armed <= due)
		return;
	idle->armed = due;
	(void)timerfd_settime(idle->timer, TFD_TIMER_ABSTIME, &time, NULL);
}

/* ---------------------------------------------------------------- looking */

/* Returns whether to look at it again. */
static bool
look_at(struct idle_watch *watch)
{
	if (*watch->bytes != watch->seen) {
		watch->seen = *watch->bytes;
		watch->looks = 0;
		return true;
	}
	if (++watch->looks < LOOKS)
		return true;
	watch->looks = 0;
	return !watch->idle(watch);
}

static void
look_through(struct idle_list *list, int64_t time)
{
	struct idle_watch *watch;

	while ((watch = TAILQ_FIRST(&list->watches)) != NULL &&
	    watch->due <= time) {
		TAILQ_REMOVE(&list->watches, watch, entry);
		watch->due = 0;
		if (!look_at(watch))
			continue;
		watch->due = time + list->interval;
		TAILQ_INSERT_TAIL(&list->watches, watch, entry);
	}
	if (watch != NULL)
		arm(list->idle, watch->due);
}

static int
run(void *arg)
{
	struct idle *idle = arg;
	struct idle_list *list;
	uint64_t times;
	int err;

	while ((err = timer_wait(idle->timer, &times)) == 0) {
		idle->armed = 0;
		LIST_FOREACH(list, &idle->lists, entry)
			look_through(list, monotonic_nanoseconds());
	}
	return err;
}

/* --------------------------------------------------------------- its life */

void
idle_init(struct idle *idle)
{
	idle->timer = -1;
	idle->armed = 0;
	idle->task = NULL;
	LIST_INIT(&idle->lists);
}

static int
start(struct idle *idle, aw_loop *loop)
{
	int err = -ENOMEM;

	if (idle->task != NULL)
		return 0;
	idle->timer = timerfd_create(CLOCK_MONOTONIC,
	    TFD_NONBLOCK | TFD_CLOEXEC);
	if (idle->timer < 0)
		return -errno;
	idle->task = aw_loop_create_task(loop, run, idle, "idle");
	if (idle->task != NULL)
		return 0;
	close(idle->timer);
	idle->timer = -1;
	return err;
}

void
idle_end(struct idle *idle)
{
	if (idle->task == NULL)
		return;
	aw_cancel(idle->task);
	/* Whoever waits may be cancelled, too. */
	while (!aw_future_done(idle->task) &&
	    aw_await(idle->task) == -ECANCELED)
		continue;
	aw_future_unref(idle->task);
	idle->task = NULL;
	close(idle->timer);
	idle->timer = -1;
}

int
idle_list_init(struct idle_list *list, struct idle *idle, aw_loop *loop,
    double timeout)
{
	int err;

	TAILQ_INIT(&list->watches);
	if (!(timeout > 0))
		return 0;
	err = start(idle, loop);
	if (err < 0)
		return err;
	list->idle = idle;
	list->interval = (int64_t)(timeout * NANOSECONDS) / LOOKS;
	LIST_INSERT_HEAD(&idle->lists, list, entry);
	return 0;
}

void
idle_list_end(struct idle_list *list)
{
	if (list->idle != NULL)
		LIST_REMOVE(list, entry);
	list->idle = NULL;
}

void
idle_begin(struct idle_list *list, struct idle_watch *watch)
{
	watch->due = 0;
	if (list->interval == 0)
		return;
	watch->seen = *watch->bytes;
	watch->looks = 0;
	watch->due = monotonic_nanoseconds() + list->interval;
	TAILQ_INSERT_TAIL(&list->watches, watch, entry);
	arm(list->idle, watch->due);
}

void
idle_stop(struct idle_list *list, struct idle_watch *watch)
{
	if (watch->due != 0)
		TAILQ_REMOVE(&list->watches, watch, entry);
	watch->due = 0;
}
