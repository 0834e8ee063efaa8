/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/worker_task.h"

#include <errno.h>
#include <math.h>

#include "load/idle.h"
#include "load/worker_parts.h"

/* Links that are looked at before others have their turn. */
#define BATCH 64
/* Seconds that it sleeps at a time before the start. */
#define START_STEP 0.1

/* ---------------------------------------------------------------- its links */

bool
worker_goes_on(const struct worker *worker)
{
	return !worker->stopping && worker_may_begin(worker, clock_now());
}

uint32_t
worker_reserve(struct worker *worker, int64_t now, uint32_t count)
{
	uint64_t left = worker->quota - worker->reserved;

	if (worker->stopping || !worker_may_begin(worker, now))
		return 0;
	if (count > left)
		count = (uint32_t)left;
	worker->reserved += count;
	return count;
}

void
worker_attempted(struct worker *worker, struct link *link, bool is_ready)
{
	if (link->attempted)
		return;
	link->attempted = true;
	worker->attempted++;
	worker->ready_count += is_ready;
	if (worker->attempted == worker->link_count)
		aw_event_set(worker->changed);
}

static int
live(void *arg)
{
	struct link *link = arg;

	return link->worker->plan->mode->live(link);
}

static void
on_link_ended(aw_future *task, void *arg)
{
	struct worker *worker = arg;

	(void)aw_future_result(task);
	worker->alive--;
	if (worker->alive == 0)
		aw_event_set(worker->changed);
}

static int
start_link(struct worker *worker, struct link *link)
{
	link->task = aw_create_task(live, link, "connection");
	if (link->task == NULL)
		return -ENOMEM;
	if (aw_future_add_done_callback(link->task, on_link_ended,
	    worker) < 0) {
		/* Without having begun. */
		aw_cancel(link->task);
		return -ENOMEM;
	}
	worker->alive++;
	return 0;
}

static int
start_links(struct worker *worker)
{
	int err = 0;

	for (size_t i = 0; i < worker->link_count && err == 0; i++) {
		err = start_link(worker, &worker->links[i]);
		if (err == 0 && i % BATCH == BATCH - 1)
			err = aw_sleep(0);
	}
	return err;
}

/* The run is over for it, unless something is under way. */
static void
stop_link(struct worker *worker, struct link *link)
{
	if (!link->serving)
		aw_cancel(link->task);
	else if (worker->plan->options->mode == MODE_IDLE)
		idle_finish(link);
	else if (worker->plan->mode->serve != NULL && !link->ending) {
		link->ending = true;
		if (link->under_way == 0)
			aw_reader_feed_eof(link->reader);
	}
}

static void
stop_links(struct worker *worker)
{
	for (size_t i = 0; i < worker->link_count; i++) {
		stop_link(worker, &worker->links[i]);
		if (i % BATCH == BATCH - 1)
			(void)!aw_sleep(0);
	}
}

static void
cancel_links(struct worker *worker)
{
	for (size_t i = 0; i < worker->link_count; i++)
		if (worker->links[i].task != NULL)
			aw_cancel(worker->links[i].task);
}

/* Whether it waits for something that is to come from the server. */
static bool
is_overdue(const struct link *link, int64_t now)
{
	return link->serving && link->writer != NULL && !link->overdue &&
	    (link->under_way > 0 || link->eof_wanted) &&
	    now - link->progress > link->worker->plan->timeout;
}

/* Gives up those that nothing has come on for too long; a task. */
static int
watch(void *arg)
{
	struct worker *worker = arg;
	int err = 0;

	while (err == 0) {
		aw_event_clear(worker->look);
		err = aw_event_wait(worker->look);
		for (size_t i = 0; i < worker->link_count && err == 0; i++) {
			if (is_overdue(&worker->links[i], clock_now()))
				link_give_up(&worker->links[i]);
			if (i % BATCH == BATCH - 1)
				err = aw_sleep(0);
		}
	}
	return 0;
}

/* ----------------------------------------------------------------- its task */

void
worker_stop(struct worker *worker)
{
	int64_t now = clock_now();

	worker->stopping = true;
	if (now < worker->stop_at)
		worker->stop_at = now;
	if (worker->changed != NULL)
		aw_event_set(worker->changed);
}

static bool
has_attempted(const struct worker *worker)
{
	return worker->attempted == worker->link_count;
}

static bool
has_begun(const struct worker *worker)
{
	return worker->begins;
}

static bool
is_stopping(const struct worker *worker)
{
	return worker->stopping && (worker->dispatching == NULL ||
	    worker->dispatcher.done);
}

static bool
has_ended(const struct worker *worker)
{
	return worker->alive == 0;
}

/* Waits until it is so, or all is to be dropped. */
static int
wait_until(struct worker *worker, bool (*is_so)(const struct worker *))
{
	int err = 0;

	while (err == 0 && !is_so(worker)) {
		if (worker->aborting)
			return -ECANCELED;
		aw_event_clear(worker->changed);
		err = aw_event_wait(worker->changed);
	}
	return err;
}

/* In steps, so that Ctrl-C is heard meanwhile. */
static int
wait_for_start(const struct worker *worker)
{
	double left = 1;
	int err = 0;

	while (err == 0 && left > 0) {
		if (worker->stopping)
			return -ECANCELED;
		left = clock_seconds(worker->course->start - clock_now());
		err = aw_sleep(fmin(left, START_STEP));
	}
	return err;
}

/* Sets out on the course: from its start on, links send. */
static int
begin(struct worker *worker)
{
	const struct worker_course *course = worker->course;
	int err;

	if (course->stop_at < worker->stop_at)
		worker->stop_at = course->stop_at;
	err = wait_for_start(worker);
	if (err < 0)
		return err;
	worker->start = course->start;
	worker->meter.since = course->start;
	/* Otherwise it is told. */
	if (course->from <= course->start)
		meter_begin(&worker->meter, course->start);
	if (worker->plan->mode->cuts) {
		worker->meter.from = course->from;
		worker->meter.to = course->to;
	}
	worker->watching = aw_create_task(watch, worker, "watch");
	if (worker->plan->options->rate.count > 0)
		worker->dispatching = aw_create_task(dispatcher_run,
		    &worker->dispatcher, "dispatcher");
	aw_event_set(worker->started);
	return worker->watching == NULL ||
	    (worker->plan->options->rate.count > 0 &&
	    worker->dispatching == NULL) ? -ENOMEM : 0;
}

static bool
is_over(const struct worker *worker)
{
	return has_ended(worker) || is_stopping(worker);
}

static int
follow(struct worker *worker)
{
	int err;

	err = wait_until(worker, is_over);
	if (err < 0)
		return err;
	if (!has_ended(worker))
		stop_links(worker);
	return wait_until(worker, has_ended);
}

static void
end_task(aw_task *task)
{
	if (task == NULL)
		return;
	aw_cancel(task);
	while (!aw_future_done(task))
		(void)!aw_await(task);
	(void)aw_future_result(task);
	aw_future_unref(task);
}

/* Another request to drop all may come meanwhile, and changes nothing. */
static void
drop_links(struct worker *worker)
{
	cancel_links(worker);
	while (!has_ended(worker)) {
		worker->aborting = false;
		(void)!wait_until(worker, has_ended);
	}
}

static void
end_tasks(struct worker *worker)
{
	worker->stopping = true;
	end_task(worker->dispatching);
	drop_links(worker);
	end_task(worker->watching);
	for (size_t i = 0; i < worker->link_count; i++)
		aw_future_unref(worker->links[i].task);
	meter_end(&worker->meter, clock_now());
}

int
worker_main(void *arg)
{
	struct worker *worker = arg;
	int err;

	err = worker_make(worker);
	if (err == 0)
		err = start_links(worker);
	if (err == 0)
		err = wait_until(worker, has_attempted);
	worker_told_ready(worker, err);
	if (err == 0)
		err = wait_until(worker, has_begun);
	if (err == 0)
		err = begin(worker);
	if (err == 0)
		err = follow(worker);
	if (err < 0 && err != -ECANCELED)
		worker->course_error = err;
	end_tasks(worker);
	return 0;
}
