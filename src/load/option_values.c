/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "option_values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROW(option, of, field) \
	{ .name = option, .kind = of, \
	    .offset = offsetof(struct load_options, field) }
#define CHOICE(option, field, names) \
	{ .name = option, .kind = VALUE_CHOICE, \
	    .offset = offsetof(struct load_options, field), .choices = names }

const struct option_value option_values[] = {
	ROW("address", VALUE_TEXT, text),
	CHOICE("mode", mode, load_mode_names),
	ROW("connections", VALUE_INTEGER, connections),
	ROW("depth", VALUE_INTEGER, depth),
	ROW("threads", VALUE_INTEGER, threads),
	ROW("rate", VALUE_RATE, rate),
	CHOICE("arrivals", arrivals, load_arrivals_names),
	ROW("size", VALUE_SIZES, sizes),
	CHOICE("behaviour", behaviour, load_behaviour_names),
	ROW("sources", VALUE_STRING, sources),
	ROW("duration", VALUE_REAL, duration),
	ROW("count", VALUE_INTEGER, count),
	ROW("bytes", VALUE_SIZE, bytes),
	ROW("warm-up", VALUE_REAL, warm_up),
	ROW("cool-down", VALUE_REAL, cool_down),
	ROW("timeout", VALUE_REAL, timeout),
	ROW("start-at", VALUE_REAL, start_at),
	ROW("seed", VALUE_SEED, seed),
	ROW("seed-given", VALUE_BOOLEAN, seed_given),
	ROW("verify", VALUE_BOOLEAN, verify),
	ROW("tls", VALUE_BOOLEAN, tls.enabled),
	ROW("ca", VALUE_STRING, tls.ca),
	ROW("insecure", VALUE_BOOLEAN, tls.insecure),
	ROW("servername", VALUE_STRING, tls.server_name),
	ROW("cert", VALUE_STRING, tls.certificate),
	ROW("key", VALUE_STRING, tls.key),
	ROW("tls-min", VALUE_VERSION, tls.minimum),
	ROW("tls-max", VALUE_VERSION, tls.maximum),
	ROW("alpn", VALUE_STRING, tls.alpn),
	ROW("resume", VALUE_BOOLEAN, resume),
	ROW("runs", VALUE_INTEGER, runs),
	ROW("find-max", VALUE_OBJECTIVES, find_max),
	ROW("precision", VALUE_REAL, find_max_precision),
	ROW("slo", VALUE_OBJECTIVES, slo),
	ROW("abort-on-fail", VALUE_BOOLEAN, abort_on_fail),
	ROW("strict", VALUE_BOOLEAN, strict),
	ROW("interval", VALUE_REAL, interval),
	ROW("quiet", VALUE_BOOLEAN, quiet),
	ROW("json", VALUE_BOOLEAN, json),
	ROW("json-file", VALUE_STRING, json_file),
	ROW("csv", VALUE_STRING, csv_file),
	ROW("hdr-log", VALUE_STRING, hdr_log_file),
	ROW("html", VALUE_STRING, html_file),
};
const size_t option_values_count =
    sizeof(option_values) / sizeof(option_values[0]);

const void *
option_value_at(const struct option_value *value,
    const struct load_options *options)
{
	return (const char *)options + value->offset;
}

static const char *
objectives_text(const struct objective_list *list, char *buffer, size_t size)
{
	size_t length = 0;

	if (list->count == 0)
		return NULL;
	for (size_t i = 0; i < list->count && length < size; i++)
		length += (size_t)snprintf(buffer + length, size - length,
		    "%s%s", i > 0 ? "," : "", list->items[i].text);
	return buffer;
}

static const char *
number_text(const struct option_value *value, const void *at, char *buffer,
    size_t size)
{
	if (value->kind == VALUE_REAL)
		snprintf(buffer, size, "%.12g", *(const double *)at);
	else if (value->kind == VALUE_INTEGER)
		snprintf(buffer, size, "%" PRId64, *(const int64_t *)at);
	else
		snprintf(buffer, size, "%" PRIu64, *(const uint64_t *)at);
	return buffer;
}

const char *
option_value_text(const struct option_value *value,
    const struct load_options *options, char *buffer, size_t size)
{
	const void *at = option_value_at(value, options);
	const struct rate_plan *plan = at;

	switch (value->kind) {
	case VALUE_TEXT:
		return at;
	case VALUE_STRING:
		return *(const char *const *)at;
	case VALUE_BOOLEAN:
		return *(const bool *)at ? "yes" : "no";
	case VALUE_CHOICE:
		return value->choices[*(const int *)at];
	case VALUE_VERSION:
		return tls_options_version_text(*(const aw_tls_version *)at);
	case VALUE_RATE:
		return plan->count == 0 ? NULL :
		    rate_plan_text(plan, buffer, size);
	case VALUE_SIZES:
		return sizes_text(at, buffer, size);
	case VALUE_OBJECTIVES:
		return objectives_text(at, buffer, size);
	case VALUE_INTEGER:
	case VALUE_SIZE:
	case VALUE_SEED:
	case VALUE_REAL:
		return number_text(value, at, buffer, size);
	}
	return NULL;
}
