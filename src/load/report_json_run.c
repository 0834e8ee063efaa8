/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* One run, and the search that it may have come from. */
#include "report_json_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/json.h"
#include "slo.h"
#include "verdict.h"

static json_t *
counters_value(const struct statistics *statistics, int *result)
{
	json_t *object = json_object();

	for (size_t i = 0; i < COUNT_KINDS; i++)
		json_set_count(result, object, statistics_counters[i].name,
		    statistics->counters[i]);
	return object;
}

static json_t *
errors_value(const struct load_result *run, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->error_kinds && i < LOAD_ERRORS_KEPT; i++) {
		const struct load_error *error = &run->errors[i];
		json_t *object = json_object();

		json_set_text(result, object, "kind",
		    statistics_counters[error->kind].name);
		json_set_count(result, object, "count", error->count);
		json_set_count(result, object, "connection",
		    error->connection);
		json_set_number(result, object, "seconds", error->seconds);
		json_set_text(result, object, "text", error->text);
		json_append(result, array, object);
	}
	return array;
}

static json_t *
byte_value(int byte)
{
	return byte < 0 ? json_null() : json_integer(byte);
}

static json_t *
difference_value(const struct load_difference *difference, int *result)
{
	json_t *object;

	if (!difference->found)
		return json_null();
	object = json_object();
	json_set_count(result, object, "connection", difference->connection);
	json_set_count(result, object, "message", difference->message);
	json_set_count(result, object, "offset", difference->offset);
	json_set_count(result, object, "within", difference->within);
	json_set(result, object, "expected", byte_value(difference->expected));
	json_set(result, object, "received", byte_value(difference->received));
	json_set_text(result, object, "text", difference->text);
	return object;
}

static json_t *
reasons_value(const struct load_verdict *verdict, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < verdict->count && i < LOAD_SUSPICIONS; i++) {
		json_t *object = json_object();

		json_set_text(result, object, "kind",
		    verdict_kind_names[verdict->kinds[i]]);
		json_set_text(result, object, "text", verdict->reasons[i]);
		json_append(result, array, object);
	}
	return array;
}

static json_t *
verdict_value(const struct load_verdict *verdict, int *result)
{
	json_t *object = json_object();

	json_set_boolean(result, object, "valid", verdict->count == 0);
	json_set(result, object, "reasons", reasons_value(verdict, result));
	json_set_number(result, object, "cpu_share", verdict->cpu_share);
	json_set_number(result, object, "lag_p99_ns", verdict->lag_p99);
	json_set_number(result, object, "under_way", verdict->littles_law);
	json_set_number(result, object, "rate_times_mean",
	    verdict->littles_product);
	json_set_number(result, object, "fairness", verdict->fairness);
	json_set_count(result, object, "least_messages",
	    verdict->least_messages);
	json_set_count(result, object, "most_messages",
	    verdict->most_messages);
	json_set_number(result, object, "open_share", verdict->open_share);
	return object;
}

static void
add_objectives(int *result, json_t *array, const char *option,
    const struct objective_list *list, const struct load_result *run)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct objective *objective = &list->items[i];
		double value = objective_value(objective, run);
		char text[OBJECTIVE_TEXT_SIZE];
		json_t *object = json_object();

		json_set_text(result, object, "option", option);
		json_set_text(result, object, "objective", objective->text);
		json_set_number(result, object, "value", value);
		json_set_text(result, object, "text", objective_value_text(
		    objective, value, text, sizeof(text)));
		json_set_boolean(result, object, "met",
		    slo_is_met(objective, run));
		json_append(result, array, object);
	}
}

static json_t *
objectives_value(const struct load_result *run, int *result)
{
	json_t *array = json_array();

	add_objectives(result, array, "slo", &run->options->slo, run);
	add_objectives(result, array, "find-max", &run->options->find_max,
	    run);
	return array;
}

static json_t *
connections_value(const struct load_result *run, int *result)
{
	json_t *object = json_object();

	json_set_number(result, object, "mean", run->connections_mean);
	json_set_count(result, object, "least", run->connections_least);
	json_set_count(result, object, "most", run->connections_most);
	json_set_number(result, object, "echoes_sum", run->echoes_sum);
	json_set_number(result, object, "echoes_squares",
	    run->echoes_squares);
	json_set_count(result, object, "echoes_least", run->echoes_least);
	json_set_count(result, object, "echoes_most", run->echoes_most);
	return object;
}

/* When it was, and how long; seconds. */
static void
set_course(int *result, json_t *object, const struct load_result *run)
{
	json_set_number(result, object, "started", run->started);
	json_set_number(result, object, "elapsed", run->elapsed);
	json_set_number(result, object, "measured_from", run->measured_from);
	json_set_number(result, object, "measured", run->measured);
	json_set_text(result, object, "end", load_end_names[run->end]);
	json_set_boolean(result, object, "reached_end", run->reached_end);
}

static void
set_figures(int *result, json_t *object, const struct load_result *run)
{
	json_set_number(result, object, "rate", load_result_rate(run));
	json_set_number(result, object, "throughput",
	    load_result_throughput(run));
	json_set_number(result, object, "offered", run->offered);
	json_set(result, object, "counters",
	    counters_value(run->total, result));
	json_set_count(result, object, "error_count",
	    statistics_errors(run->total));
	json_set(result, object, "times",
	    report_json_times(run->total, result));
	json_set(result, object, "series",
	    report_json_series(&run->series, result));
	json_set_number(result, object, "cpu", run->cpu);
	json_set_number(result, object, "cpu_user", run->cpu_user);
	json_set_count(result, object, "memory", run->memory);
	json_set_number(result, object, "under_way", run->under_way);
	json_set(result, object, "connections",
	    connections_value(run, result));
}

json_t *
report_json_run(const struct load_result *run, int *result)
{
	json_t *object = json_object();
	char seed[24];

	/* Readers of JSON make doubles of numbers, which lack the digits. */
	snprintf(seed, sizeof(seed), "%" PRIu64, run->seed);
	json_set_count(result, object, "run", (uint64_t)run->run);
	json_set(result, object, "options",
	    report_json_options(run->options, result));
	json_set_text(result, object, "seed", seed);
	json_set_optional(result, object, "peer", run->peer);
	json_set(result, object, "tls", run->encrypted ?
	    json_tls_value(&run->tls, result) : json_null());
	set_course(result, object, run);
	set_figures(result, object, run);
	json_set(result, object, "errors", errors_value(run, result));
	json_set(result, object, "difference",
	    difference_value(&run->difference, result));
	json_set(result, object, "objectives", objectives_value(run, result));
	json_set(result, object, "verdict",
	    verdict_value(&run->verdict, result));
	json_set_count(result, object, "exit_status", (uint64_t)run->status);
	return object;
}

static json_t *
trial_value(const struct search_trial *trial, int *result)
{
	json_t *object = json_object();

	json_set_number(result, object, "rate", trial->rate);
	json_set_number(result, object, "achieved", trial->achieved);
	json_set_number(result, object, "seconds", trial->seconds);
	json_set_count(result, object, "p50_ns", (uint64_t)trial->p50);
	json_set_count(result, object, "p99_ns", (uint64_t)trial->p99);
	json_set_boolean(result, object, "whole", trial->whole);
	json_set_boolean(result, object, "met", trial->met);
	json_set_optional(result, object, "reason", trial->reason);
	return object;
}

json_t *
report_json_search(const struct load_search *search, int *result)
{
	json_t *object = json_object();
	json_t *array = json_array();

	for (size_t i = 0; i < search->count; i++)
		json_append(result, array,
		    trial_value(&search->trials[i], result));
	json_set(result, object, "rate", search->rate > 0 ?
	    json_real(search->rate) : json_null());
	json_set_boolean(result, object, "is_highest", search->is_highest);
	json_set(result, object, "trials", array);
	return object;
}
