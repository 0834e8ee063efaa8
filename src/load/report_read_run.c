/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_read_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hdr_log.h"
#include "series_columns.h"

#define END_KINDS (END_FAILED + 1)

static int64_t
read_time(const struct json_place *outer, const char *name)
{
	return (int64_t)json_read_count(outer, name);
}

/* What the buckets tell of a value, the file has to say as well. */
static int64_t
read_value(const struct json_place *place, const char *name, int64_t about)
{
	struct json_place member = json_read_member(place, name);
	int64_t value = read_time(place, name);
	bool is_beyond = value > HISTOGRAM_HIGHEST;

	if (is_beyond != (about > HISTOGRAM_HIGHEST) || (!is_beyond &&
	    histogram_bucket(value) != histogram_bucket(about)))
		json_read_fail(&member, "about %" PRId64 ", as in the "
		    "histogram", about);
	return member.reader->result < 0 ? about : value;
}

static void
read_histogram(const struct json_place *times, const char *name,
    struct histogram *histogram)
{
	struct json_place place = json_read_object(times, name);
	struct json_place hdr = json_read_member(&place, "hdr");
	const char *text = json_read_text(&place, "hdr");
	uint64_t count = json_read_count(&place, "count");
	uint64_t beyond = json_read_count(&place, "beyond");
	char error[256];
	int err;

	if (place.reader->result < 0)
		return;
	err = hdr_log_decode(text, strlen(text), histogram, error,
	    sizeof(error));
	if (err == -ENOMEM)
		json_read_no_memory(&hdr);
	else if (err < 0)
		json_read_fail(&hdr, "a histogram of HdrHistogram's (%s)",
		    error);
	if (err < 0)
		return;
	if (histogram_total(histogram) != count + beyond)
		json_read_fail(&hdr, "a histogram of the count that is beside "
		    "it");
	if (count + beyond == 0)
		return;
	histogram->least = read_value(&place, "min_ns", histogram->least);
	histogram->most = read_value(&place, "max_ns", histogram->most);
	histogram->sum = json_read_amount(&place, "mean_ns") * (double)count;
}

static void
read_statistics(const struct json_place *run, struct statistics *statistics)
{
	struct json_place counters = json_read_object(run, "counters");
	struct json_place times = json_read_object(run, "times");

	for (size_t i = 0; i < COUNT_KINDS; i++)
		statistics->counters[i] = json_read_count(&counters,
		    statistics_counters[i].name);
	for (size_t i = 0; i < TIME_KINDS; i++)
		read_histogram(&times, statistics_times[i].name,
		    &statistics->times[i]);
}

static void
read_series(const struct json_place *run, struct series *series)
{
	struct json_place place = json_read_object(run, "series");
	struct json_place entries = json_read_array(&place, "entries");

	series->joined = json_read_count(&place, "joined");
	series->count = json_read_size(&entries);
	if (series->count > SERIES_MOST) {
		json_read_fail(&entries, "%d entries at most", SERIES_MOST);
		series->count = 0;
	}
	for (size_t i = 0; i < series->count; i++) {
		struct json_place element = json_read_element(&entries, i);
		struct series_entry *entry = &series->entries[i];

#define REAL json_read_amount
#define COUNT json_read_count
#define READ(kind, name, field) \
		entry->field = (typeof(entry->field))kind(&element, name);
		SERIES_COLUMNS(READ)
#undef READ
#undef COUNT
#undef REAL
	}
	/* How much of the last one is there is not told. */
	series->pending = series->joined;
}

static void
read_errors(const struct json_place *run, struct load_result *result)
{
	struct json_place errors = json_read_array(run, "errors");
	size_t count = json_read_size(&errors);
	const char *names[COUNT_KINDS];

	for (size_t i = 0; i < COUNT_KINDS; i++)
		names[i] = statistics_counters[i].name;
	if (count > LOAD_ERRORS_KEPT)
		json_read_fail(&errors, "%d errors at most", LOAD_ERRORS_KEPT);
	for (size_t i = 0; i < count && i < LOAD_ERRORS_KEPT; i++) {
		struct json_place place = json_read_element(&errors, i);
		struct load_error *error = &result->errors[i];

		error->kind = (enum statistics_counter)json_read_choice(&place,
		    "kind", names, COUNT_KINDS);
		error->count = json_read_count(&place, "count");
		error->connection = json_read_count(&place, "connection");
		error->seconds = json_read_number(&place, "seconds");
		snprintf(error->text, sizeof(error->text), "%s",
		    json_read_text(&place, "text"));
		result->error_kinds = i + 1;
	}
}

static int
read_byte(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);
	json_int_t byte = json_integer_value(place.value);

	if (json_is_null(place.value))
		return -1;
	if (json_is_integer(place.value) && byte >= 0 && byte <= 255)
		return (int)byte;
	json_read_fail(&place, "a byte, from 0 to 255, or null");
	return -1;
}

static void
read_difference(const struct json_place *run,
    struct load_difference *difference)
{
	struct json_place place = json_read_member(run, "difference");

	if (json_is_null(place.value))
		return;
	place = json_read_object(run, "difference");
	difference->found = true;
	difference->connection = json_read_count(&place, "connection");
	difference->message = json_read_count(&place, "message");
	difference->offset = json_read_count(&place, "offset");
	difference->within = json_read_count(&place, "within");
	difference->expected = read_byte(&place, "expected");
	difference->received = read_byte(&place, "received");
	snprintf(difference->text, sizeof(difference->text), "%s",
	    json_read_text(&place, "text"));
}

/* The texts of what TLS has agreed on. */
static const struct {
	const char *name;
	size_t offset;
	size_t size;
} tls_texts[] = {
#define TLS_TEXT(field) \
	{ #field, offsetof(struct tls_parameters, field), \
	    sizeof(((struct tls_parameters *)NULL)->field) }
	TLS_TEXT(version), TLS_TEXT(cipher), TLS_TEXT(group), TLS_TEXT(alpn),
	TLS_TEXT(server_name), TLS_TEXT(subject), TLS_TEXT(issuer),
	TLS_TEXT(expires), TLS_TEXT(verified),
#undef TLS_TEXT
};

static void
read_tls(const struct json_place *run, struct load_result *result)
{
	struct json_place place = json_read_member(run, "tls");

	if (json_is_null(place.value))
		return;
	place = json_read_object(run, "tls");
	result->encrypted = true;
	result->tls.resumed = json_read_boolean(&place, "resumed");
	for (size_t i = 0; i < sizeof(tls_texts) / sizeof(tls_texts[0]); i++)
		snprintf((char *)&result->tls + tls_texts[i].offset,
		    tls_texts[i].size, "%s",
		    json_read_text(&place, tls_texts[i].name));
}

static void
read_connections(const struct json_place *run, struct load_result *result)
{
	struct json_place place = json_read_object(run, "connections");

	result->connections_mean = json_read_amount(&place, "mean");
	result->connections_least = json_read_count(&place, "least");
	result->connections_most = json_read_count(&place, "most");
	result->echoes_sum = json_read_amount(&place, "echoes_sum");
	result->echoes_squares = json_read_amount(&place, "echoes_squares");
	result->echoes_least = json_read_count(&place, "echoes_least");
	result->echoes_most = json_read_count(&place, "echoes_most");
}

static void
read_course(const struct json_place *run, struct load_result *result)
{
	result->started = json_read_amount(run, "started");
	result->elapsed = json_read_amount(run, "elapsed");
	result->measured_from = json_read_amount(run, "measured_from");
	result->measured = json_read_amount(run, "measured");
	result->end = (enum load_end)json_read_choice(run, "end",
	    load_end_names, END_KINDS);
	result->reached_end = json_read_boolean(run, "reached_end");
	result->offered = json_read_amount(run, "offered");
	result->cpu = json_read_amount(run, "cpu");
	result->cpu_user = json_read_amount(run, "cpu_user");
	result->memory = json_read_count(run, "memory");
	result->under_way = json_read_amount(run, "under_way");
}

/* A text, as numbers of JSON have too few digits. */
static uint64_t
read_seed(const struct json_place *run)
{
	struct json_place place = json_read_member(run, "seed");
	const char *text = json_read_text(run, "seed");
	unsigned long long seed;
	char *end;

	errno = 0;
	seed = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		json_read_fail(&place, "the digits of a number, as a text");
	return seed;
}

void
report_read_run(const struct json_place *run, struct load_result *result)
{
	struct json_place verdict = json_read_object(run, "verdict");

	result->run = (int64_t)json_read_count(run, "run");
	result->seed = read_seed(run);
	snprintf(result->peer, sizeof(result->peer), "%s",
	    json_read_text(run, "peer"));
	read_course(run, result);
	read_tls(run, result);
	read_statistics(run, result->total);
	read_series(run, &result->series);
	read_connections(run, result);
	read_errors(run, result);
	read_difference(run, &result->difference);
	result->status = (int)json_read_count(run, "exit_status");
	result->verdict.cpu_share = json_read_amount(&verdict, "cpu_share");
}
