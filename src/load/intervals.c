/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/intervals.h"

/* In a closed loop a message is due when it is sent. */
static void
copy_response(const struct coordinator *coordinator,
    struct statistics *statistics)
{
	if (coordinator->plan.mode->closed)
		statistics->times[TIME_RESPONSE] =
		    statistics->times[TIME_SERVICE];
}

static void
add_up(struct coordinator *coordinator, struct statistics *inside,
    struct statistics *outside)
{
	copy_response(coordinator, inside);
	copy_response(coordinator, outside);
	statistics_merge(coordinator->result->total, inside);
	statistics_merge(coordinator->interval, inside);
	statistics_merge(coordinator->interval, outside);
}

static uint64_t
open_now(const struct coordinator *coordinator)
{
	int64_t open = 0;

	for (size_t i = 0; i < coordinator->count; i++)
		open += coordinator->workers[i].open_handed;
	return open > 0 ? (uint64_t)open : 0;
}

static bool
is_measured(const struct coordinator *coordinator, int64_t from, int64_t to)
{
	const struct worker_course *course = &coordinator->course;
	int64_t middle = from + (to - from) / 2;

	return middle >= course->from && middle < course->to;
}

/* What reports speak of first, as load_result_time of the whole run. */
static enum statistics_time
time_of(const struct coordinator *coordinator)
{
	return coordinator->options->mode == MODE_HANDSHAKES ?
	    statistics_handshake(coordinator->interval) : TIME_RESPONSE;
}

/* All have handed over what they had. */
static void
publish(struct coordinator *coordinator, int64_t now)
{
	const struct run_events *events = coordinator->events;
	struct statistics *interval = coordinator->interval;
	int64_t since = coordinator->interval_since;
	struct series_entry entry;
	bool measured;

	series_entry_set(&entry, interval, time_of(coordinator),
	    clock_seconds(since - coordinator->course.start),
	    clock_seconds(now - since), open_now(coordinator));
	series_add(&coordinator->result->series, &entry);
	if (entry.connections > 0 || interval->counters[COUNT_OPENED] > 0)
		coordinator->alive_at = now;
	coordinator->is_dead =
	    now - coordinator->alive_at > coordinator->plan.timeout;
	measured = is_measured(coordinator, since, now);
	if (events != NULL && events->interval != NULL &&
	    !events->interval(&entry, interval, measured, events->arg))
		coordinator->abort_wanted = true;
	statistics_clear(interval);
	coordinator->interval_since = now;
}

void
intervals_ask(struct coordinator *coordinator)
{
	if (coordinator->asked > 0)
		return;
	for (size_t i = 0; i < coordinator->count; i++) {
		if (coordinator->workers[i].has_ended)
			continue;
		coordinator->asked++;
		worker_hand_over(&coordinator->workers[i]);
	}
}

static void
one_less(struct coordinator *coordinator)
{
	coordinator->asked--;
	if (coordinator->asked > 0)
		return;
	publish(coordinator, clock_now());
	aw_event_set(coordinator->changed);
}

void
intervals_take(struct worker *worker, void *arg)
{
	struct coordinator *coordinator = arg;

	add_up(coordinator, worker->handed.inside, worker->handed.outside);
	meter_interval_clear(&worker->handed);
	one_less(coordinator);
}

void
intervals_give_up(struct coordinator *coordinator, struct worker *worker)
{
	worker->open_handed = 0;
	if (!worker->asked)
		return;
	worker->asked = false;
	one_less(coordinator);
}

void
intervals_finish(struct coordinator *coordinator)
{
	int64_t now = clock_now();

	for (size_t i = 0; i < coordinator->count; i++) {
		struct meter *meter = &coordinator->workers[i].meter;

		add_up(coordinator, meter->interval.inside,
		    meter->interval.outside);
	}
	if (now > coordinator->interval_since)
		publish(coordinator, now);
}
