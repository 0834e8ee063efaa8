/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/coordinator.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "load/intervals.h"

/* How often in a timeout connections are looked at. */
#define LOOKS 8
/* From when all connections are there until the schedule starts. */
#define LEAD (CLOCK_SECOND / 100)

/* ------------------------------------------------------- what it is told */

static void
on_ready(struct worker *worker, void *arg)
{
	struct coordinator *coordinator = arg;

	(void)worker;
	coordinator->ready++;
	aw_event_set(coordinator->changed);
}

static void
on_ended(struct worker *worker, void *arg)
{
	struct coordinator *coordinator = arg;

	coordinator->ended++;
	intervals_give_up(coordinator, worker);
	aw_event_set(coordinator->changed);
}

static void
on_alarm(void *arg)
{
	struct coordinator *coordinator = arg;

	coordinator->alarm = NULL;
	aw_event_set(coordinator->changed);
}

/* Waits until something happens, or a time comes. */
static int
wait_for_change(struct coordinator *coordinator, int64_t until)
{
	int err;

	if (until != CLOCK_NEVER) {
		coordinator->alarm = aw_loop_call_at(coordinator->loop,
		    clock_seconds(until), on_alarm, coordinator);
		if (coordinator->alarm == NULL)
			return -ENOMEM;
	}
	err = aw_event_wait(coordinator->changed);
	aw_event_clear(coordinator->changed);
	if (coordinator->alarm != NULL)
		aw_handle_cancel(coordinator->alarm);
	coordinator->alarm = NULL;
	return err;
}

/* ------------------------------------------------------------ its beginning */

static int
start_workers(struct coordinator *coordinator)
{
	const struct worker_events events = {
		.ready = on_ready,
		.handed_over = intervals_take,
		.ended = on_ended,
		.arg = coordinator,
	};
	size_t threads = (size_t)coordinator->options->threads;
	int err = 0;

	for (size_t i = 0; i < threads && err == 0; i++) {
		struct worker *worker = &coordinator->workers[i];

		worker->index = i;
		worker->plan = &coordinator->plan;
		worker->main_loop = coordinator->loop;
		worker->events = events;
		err = worker_start(worker);
		if (err == 0)
			coordinator->count++;
	}
	if (err < 0)
		snprintf(coordinator->error, coordinator->error_size,
		    "no thread could be started: %s", aw_strerror(err));
	return err;
}

/* The first error of those that kept every connection from being made. */
static void
explain_no_connection(struct coordinator *coordinator)
{
	const struct worker *workers = coordinator->workers;
	const char *text = "the run was interrupted";
	int64_t count = 0;

	for (size_t i = 0; i < coordinator->count; i++) {
		const struct failures *failures = &workers[i].failures;

		for (size_t j = 0; j < failures->count; j++)
			if ((int64_t)failures->items[j].count > count) {
				count = (int64_t)failures->items[j].count;
				text = failures->items[j].text;
			}
	}
	snprintf(coordinator->error, coordinator->error_size,
	    "cannot connect to %s: %s", coordinator->options->text, text);
}

/* Returns how many connections there are, or an error that one has met. */
static int64_t
connections(const struct coordinator *coordinator)
{
	int64_t count = 0;

	for (size_t i = 0; i < coordinator->count; i++) {
		if (coordinator->workers[i].error < 0)
			return coordinator->workers[i].error;
		count += (int64_t)coordinator->workers[i].ready_count;
	}
	return count;
}

static int
wait_for_connections(struct coordinator *coordinator)
{
	int64_t count;
	int err = 0;

	while (err == 0 && coordinator->ready < coordinator->count &&
	    coordinator->interrupts == 0)
		err = wait_for_change(coordinator, CLOCK_NEVER);
	if (err == 0 && coordinator->interrupts > 0) {
		snprintf(coordinator->error, coordinator->error_size,
		    "interrupted before the run has begun");
		return -EINTR;
	}
	count = err < 0 ? err : connections(coordinator);
	if (count > 0)
		return 0;
	return count == 0 ? -ENOTCONN : (int)count;
}

/* When the schedule starts, by either clock. */
static int
choose_start(struct coordinator *coordinator)
{
	double start_at = coordinator->options->start_at;
	int64_t now = clock_now(), today = clock_read(CLOCK_REALTIME);
	int64_t left = LEAD;

	if (start_at > 0)
		left = clock_of_seconds(start_at) - today;
	if (left < 0) {
		snprintf(coordinator->error, coordinator->error_size,
		    "--start-at: that time was over %.3f s before the "
		    "connections were there; choose a later one",
		    -clock_seconds(left));
		return -ETIME;
	}
	coordinator->course.start = now + left;
	coordinator->result->started = clock_seconds(today + left);
	return 0;
}

static void
choose_course(struct coordinator *coordinator)
{
	const struct load_options *options = coordinator->options;
	struct worker_course *course = &coordinator->course;

	course->from = course->start + clock_of_seconds(options->warm_up);
	course->to = course->stop_at = CLOCK_NEVER;
	if (options->duration > 0) {
		course->stop_at = course->start +
		    clock_of_seconds(options->duration);
		course->to = course->stop_at -
		    clock_of_seconds(options->cool_down);
	}
	coordinator->interval_since = course->start;
	coordinator->alive_at = course->start;
	coordinator->next_interval = course->start +
	    clock_of_seconds(options->interval);
	coordinator->next_look = course->start +
	    coordinator->plan.timeout / LOOKS;
}

static void
note_peer(struct coordinator *coordinator)
{
	struct load_result *result = coordinator->result;

	snprintf(result->peer, sizeof(result->peer), "%s",
	    coordinator->plan.target.text);
	for (size_t i = 0; i < coordinator->count; i++) {
		const struct worker *worker = &coordinator->workers[i];

		if (!worker->ready_encrypted)
			continue;
		result->encrypted = true;
		result->tls = worker->tls;
		return;
	}
}

static int
begin(struct coordinator *coordinator)
{
	const struct run_events *events = coordinator->events;
	int err;

	err = choose_start(coordinator);
	if (err < 0)
		return err;
	choose_course(coordinator);
	note_peer(coordinator);
	for (size_t i = 0; i < coordinator->count; i++)
		worker_go(&coordinator->workers[i], &coordinator->course);
	if (events != NULL && events->started != NULL)
		events->started(coordinator->result, events->arg);
	return 0;
}

/* --------------------------------------------------------------- its course */

static void
tell_all(struct coordinator *coordinator, void (*tell)(struct worker *worker))
{
	for (size_t i = 0; i < coordinator->count; i++)
		tell(&coordinator->workers[i]);
}

/* Takes note of the processor time at both ends of the part measured. */
static void
note_usage(struct coordinator *coordinator, int64_t now)
{
	if (!coordinator->usage_begun && now >= coordinator->course.from) {
		coordinator->usage_begun = true;
		getrusage(RUSAGE_SELF, &coordinator->usage_begin);
		tell_all(coordinator, worker_mark_begin);
	}
	if (coordinator->usage_begun && !coordinator->usage_ended &&
	    (now >= coordinator->course.to || coordinator->stopping ||
	    coordinator->ended == coordinator->count)) {
		coordinator->usage_ended = true;
		getrusage(RUSAGE_SELF, &coordinator->usage_end);
		tell_all(coordinator, worker_mark_end);
	}
}

static void
stop(struct coordinator *coordinator, enum load_end end, int64_t now)
{
	coordinator->stopping = true;
	coordinator->stopped = now;
	coordinator->result->end = end;
	tell_all(coordinator, worker_ask_stop);
}

/* Sees whether it is time for the threads to stop sending. */
static void
look_for_end(struct coordinator *coordinator, int64_t now)
{
	if (coordinator->stopping)
		return;
	if (coordinator->interrupts > 0)
		stop(coordinator, END_INTERRUPTED, now);
	else if (coordinator->abort_wanted)
		stop(coordinator, END_ABORTED, now);
	else if (now >= coordinator->course.stop_at)
		stop(coordinator, END_DURATION, now);
	else if (coordinator->is_dead)
		stop(coordinator, END_FAILED, now);
}

/* What is still under way after the timeout, or at another Ctrl-C, is lost. */
static void
look_for_abort(struct coordinator *coordinator, int64_t now)
{
	unsigned patience = coordinator->result->end == END_INTERRUPTED ? 1 : 0;

	if (!coordinator->stopping || coordinator->aborting ||
	    (coordinator->interrupts <= patience &&
	    now - coordinator->stopped < coordinator->plan.timeout))
		return;
	coordinator->aborting = true;
	tell_all(coordinator, worker_abort);
}

static int64_t
earlier_of(int64_t one, int64_t other, int64_t now)
{
	return other > now && other < one ? other : one;
}

/* The next time at which there is something to be done. */
static int64_t
next_time(const struct coordinator *coordinator, int64_t now)
{
	const struct worker_course *course = &coordinator->course;
	int64_t next = coordinator->next_interval;

	next = earlier_of(next, coordinator->next_look, now);
	next = earlier_of(next, course->from, now);
	next = earlier_of(next, course->to, now);
	next = earlier_of(next, course->stop_at, now);
	if (coordinator->stopping)
		next = earlier_of(next, coordinator->stopped +
		    coordinator->plan.timeout, now);
	return next;
}

/* What comes again and again. */
static void
do_what_is_due(struct coordinator *coordinator, int64_t now)
{
	if (now >= coordinator->next_interval) {
		intervals_ask(coordinator);
		coordinator->next_interval +=
		    clock_of_seconds(coordinator->options->interval);
	}
	if (now >= coordinator->next_look) {
		tell_all(coordinator, worker_look);
		coordinator->next_look = now +
		    coordinator->plan.timeout / LOOKS;
	}
}

static int
follow(struct coordinator *coordinator)
{
	int64_t now = clock_now();
	int err = 0;

	while (err == 0 && coordinator->ended < coordinator->count) {
		note_usage(coordinator, now);
		look_for_end(coordinator, now);
		look_for_abort(coordinator, now);
		do_what_is_due(coordinator, now);
		err = wait_for_change(coordinator,
		    next_time(coordinator, now));
		now = clock_now();
	}
	note_usage(coordinator, now);
	return err;
}

/* ------------------------------------------------------------------ its end */

static void
end_workers(struct coordinator *coordinator)
{
	tell_all(coordinator, worker_abort);
	while (coordinator->ended < coordinator->count)
		(void)!wait_for_change(coordinator, CLOCK_NEVER);
	for (size_t i = 0; i < coordinator->count; i++)
		worker_join(&coordinator->workers[i]);
}

/* Which of the limits has ended it by itself. */
static enum load_end
natural_end(const struct coordinator *coordinator)
{
	const struct load_options *options = coordinator->options;
	uint64_t bytes = 0;

	for (size_t i = 0; i < coordinator->count; i++)
		bytes += coordinator->workers[i].bytes_begun;
	if (options->bytes > 0 && bytes >= options->bytes)
		return END_BYTES;
	return options->count > 0 ? END_COUNT : END_DURATION;
}

/* What has kept the threads from it; all of them have ended. */
static int
explain(struct coordinator *coordinator, int err)
{
	for (size_t i = 0; i < coordinator->count && err == 0; i++)
		err = coordinator->workers[i].course_error;
	if (err == 0 || coordinator->error[0] != '\0')
		return err;
	if (err == -ENOTCONN)
		explain_no_connection(coordinator);
	else
		snprintf(coordinator->error, coordinator->error_size,
		    "the run could not be made: %s", aw_strerror(err));
	return err;
}

int
coordinator_run(void *arg)
{
	struct coordinator *coordinator = arg;
	int err;

	err = start_workers(coordinator);
	if (err == 0)
		err = wait_for_connections(coordinator);
	if (err == 0)
		err = begin(coordinator);
	if (err == 0)
		err = follow(coordinator);
	end_workers(coordinator);
	err = explain(coordinator, err);
	if (err == 0 && !coordinator->stopping)
		coordinator->result->end = natural_end(coordinator);
	if (err == 0)
		intervals_finish(coordinator);
	return err;
}
