/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "status_json.h"

#include "common/json.h"
#include "common/log.h"
#include "tally.h"

#include <math.h>
#include <string.h>

/* Digits of numbers that are not whole. */
#define DIGITS 15

/* What is not known, or without a limit, is null. */
static void
set_limit(int *result, json_t *object, const char *key, uint64_t limit)
{
	if (limit > 0)
		json_set_count(result, object, key, limit);
	else
		json_set(result, object, key, json_null());
}

static void
set_whole(int *result, json_t *object, const char *key, double number)
{
	if (isnan(number))
		json_set(result, object, key, json_null());
	else
		json_set_count(result, object, key, (uint64_t)number);
}

/* ---------------------------------------------------------------- the whole */

static json_t *
limits_value(const struct look *look, int *result)
{
	const struct limits_state *limits = &look->limits;
	json_t *object = json_object();

	json_set_count(result, object, "connections_now", limits->connections);
	set_limit(result, object, "connections", limits->max_connections);
	set_limit(result, object, "buffered", limits->max_buffered);
	json_set_count(result, object, "buffered_now", limits->buffered);
	json_set_count(result, object, "workers_waiting", limits->waiting);
	set_whole(result, object, "fds", look->usage.max_fds);
	set_whole(result, object, "fds_now", look->usage.open_fds);
	return object;
}

static json_t *
process_value(const struct look *look, int *result)
{
	const struct usage *usage = &look->usage;
	json_t *object = json_object();

	json_set_number(result, object, "cpu", usage->cpu);
	set_whole(result, object, "resident", usage->resident);
	set_whole(result, object, "anonymous", usage->anonymous);
	json_set_count(result, object, "log_lines_lost", log_lost());
	return object;
}

static json_t *
reloads_value(const struct look *look, int *result)
{
	const struct reload *reload = look->observed->reload;
	json_t *object = json_object();

	json_set_count(result, object, "good", tally_get(&reload->good));
	json_set_count(result, object, "failed", tally_get(&reload->failed));
	set_limit(result, object, "last_good",
	    (uint64_t)atomic_load(&reload->last_good));
	return object;
}

static void
set_health(int *result, json_t *object, const struct look *look)
{
	char text[256] = "";
	bool alive = look_is_alive(look, text, sizeof(text));

	json_set_boolean(result, object, "alive", alive);
	json_set_boolean(result, object, "ready", alive &&
	    look_is_ready(look, text, sizeof(text)));
	json_set_optional(result, object, "why", text);
}

/* ---------------------------------------------------------------- the loops */

static json_t *
loop_value(const struct look *look, size_t worker, int *result)
{
	const struct latency *latency =
	    &look->observed->workers[worker].latency;
	json_t *object = json_object(), *buckets = json_array();

	for (size_t i = 0; i <= LATENCY_BOUNDS; i++)
		json_append(result, buckets, json_integer(
		    (json_int_t)tally_get(&latency->buckets[i])));
	json_set_number(result, object, "last",
	    (double)tally_get(&latency->last) / 1e9);
	json_set_number(result, object, "standing",
	    look_standing(look, worker));
	json_set(result, object, "buckets", buckets);
	return object;
}

static json_t *
loops_value(const struct look *look, int *result)
{
	json_t *loops = json_array();

	for (size_t i = 0; i < look->observed->worker_count; i++)
		json_append(result, loops, loop_value(look, i, result));
	return loops;
}

static json_t *
bounds_value(int *result)
{
	json_t *bounds = json_array();

	for (size_t i = 0; i < LATENCY_BOUNDS; i++)
		json_append(result, bounds,
		    json_real((double)latency_bounds[i] / 1e9));
	return bounds;
}

/* ------------------------------------------------------------ the listeners */

static uint64_t
sum_of(const _Atomic uint64_t *numbers, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += tally_get(&numbers[i]);
	return sum;
}

/* When the first of its certificates is over; null if there is none. */
static void
set_expiry(int *result, json_t *object,
    const struct observed_listener *listener)
{
	double first = (double)INFINITY;

	for (size_t i = 0; i < listener->certificate_count; i++)
		if (listener->certificates[i].not_after < first)
			first = listener->certificates[i].not_after;
	json_set_number(result, object, "expires", first);
}

static json_t *
tls_value(const struct observed_listener *listener, int *result)
{
	const struct tls_statistics *tls = &listener->tls->statistics;
	json_t *object = json_object(), *failures = json_object();

	json_set_count(result, object, "handshakes",
	    tally_get(&tls->handshakes));
	json_set_count(result, object, "resumed", tally_get(&tls->resumed));
	json_set_count(result, object, "tls_1_2", tally_get(&tls->tls_1_2));
	json_set_count(result, object, "tls_1_3", tally_get(&tls->tls_1_3));
	json_set_count(result, object, "failed",
	    sum_of(tls->failures, AW_TLS_REASONS));
	json_set_count(result, object, "bad_ends", sum_of(tls->ends, TLS_ENDS));
	for (int i = 0; i < AW_TLS_REASONS; i++)
		if (tally_get(&tls->failures[i]) > 0)
			json_set_count(result, failures,
			    aw_tls_reason_name((aw_tls_reason)i),
			    tally_get(&tls->failures[i]));
	json_set(result, object, "failures", failures);
	set_expiry(result, object, listener);
	return object;
}

static json_t *
listener_value(const struct observed_listener *listener, int *result)
{
	const struct traffic_sum sum = traffic_sum(listener->traffic);
	json_t *object = json_object();

	json_set_text(result, object, "name", listener->traffic->name);
	json_set_text(result, object, "addresses", listener->addresses);
	json_set_count(result, object, "open", sum.open);
	json_set_count(result, object, "accepted", sum.total);
	json_set_count(result, object, "echoed", sum.echoed);
	json_set(result, object, "tls", listener->tls != NULL ?
	    tls_value(listener, result) : json_null());
	return object;
}

static json_t *
listeners_value(const struct look *look, int *result)
{
	json_t *listeners = json_array();

	for (size_t i = 0; i < look->listeners->count; i++)
		json_append(result, listeners,
		    listener_value(&look->listeners->items[i], result));
	return listeners;
}

/* {"connections_ended": {"idle": 3}}: of all listeners, those above 0. */
static json_t *
counters_value(const struct look *look, int *result)
{
	json_t *object = json_object(), *group = NULL;

	for (size_t i = 0; i < counter_row_count; i++) {
		const struct counter_row *row = &counter_rows[i];
		uint64_t sum = 0;

		if (i == 0 || strcmp(row->name, counter_rows[i - 1].name) != 0) {
			group = json_object();
			json_set(result, object, row->name, group);
		}
		for (size_t j = 0; j < look->listeners->count; j++)
			sum += counter_get(&look->listeners->items[j].traffic->
			    counters, row);
		if (sum > 0)
			json_set_count(result, group, row->value, sum);
	}
	return object;
}

char *
status_json(const struct look *look)
{
	const struct traffic_sum sum = look_sum(look);
	json_t *object = json_object();
	int result = 0;

	json_set_text(&result, object, "version", PACKAGE_VERSION);
	json_set_text(&result, object, "phase", phase_name(look->phase));
	set_health(&result, object, look);
	json_set_number(&result, object, "now", look->now);
	json_set_number(&result, object, "started", look->observed->started);
	json_set_count(&result, object, "open", sum.open);
	json_set_count(&result, object, "accepted", sum.total);
	json_set_count(&result, object, "echoed", sum.echoed);
	json_set(&result, object, "limits", limits_value(look, &result));
	json_set(&result, object, "listeners", listeners_value(look, &result));
	json_set(&result, object, "counters", counters_value(look, &result));
	json_set(&result, object, "bounds", bounds_value(&result));
	json_set(&result, object, "loops", loops_value(look, &result));
	json_set_number(&result, object, "main_standing",
	    look_standing(look, look->observed->worker_count));
	json_set(&result, object, "reloads", reloads_value(look, &result));
	json_set(&result, object, "process", process_value(look, &result));
	return json_line(object, result, DIGITS);
}
