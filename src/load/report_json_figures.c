/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* Options, times and series: what is made of tables. */
#include "report_json_parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "hdr_log.h"
#include "option_values.h"
#include "percentiles.h"
#include "series_columns.h"

static json_t *
option_json(const struct option_value *value,
    const struct load_options *options)
{
	const void *at = option_value_at(value, options);
	char buffer[OPTION_VALUE_SIZE];
	const char *text;

	switch (value->kind) {
	case VALUE_INTEGER:
		return json_integer(*(const int64_t *)at);
	case VALUE_SIZE:
		return json_integer((json_int_t)*(const uint64_t *)at);
	case VALUE_REAL:
		return json_real(*(const double *)at);
	case VALUE_BOOLEAN:
		return json_boolean(*(const bool *)at);
	default:
		text = option_value_text(value, options, buffer,
		    sizeof(buffer));
		return text == NULL || text[0] == '\0' ? json_null() :
		    json_text_value(text, strlen(text));
	}
}

json_t *
report_json_options(const struct load_options *options, int *result)
{
	json_t *object = json_object();

	for (size_t i = 0; i < option_values_count; i++)
		json_set(result, object, option_values[i].name,
		    option_json(&option_values[i], options));
	return object;
}

static json_t *
percentiles_value(const struct histogram *histogram, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < LOAD_PERCENTILES; i++) {
		double percent = load_percentiles[i];
		json_t *object = json_object();

		json_set_number(result, object, "percent", percent);
		json_set_count(result, object, "value_ns",
		    (uint64_t)histogram_percentile(histogram, percent));
		json_set_count(result, object, "samples_above",
		    histogram_samples_above(histogram, percent));
		json_append(result, array, object);
	}
	return array;
}

static json_t *
time_value(const struct histogram *histogram, int *result)
{
	json_t *object = json_object();
	char *encoded = hdr_log_encode(histogram);

	json_set_count(result, object, "count", histogram->count);
	json_set_count(result, object, "beyond", histogram->beyond);
	json_set_count(result, object, "min_ns", (uint64_t)histogram->least);
	json_set_number(result, object, "mean_ns", histogram_mean(histogram));
	json_set_number(result, object, "deviation_ns",
	    histogram_deviation(histogram));
	json_set_count(result, object, "max_ns", (uint64_t)histogram->most);
	json_set(result, object, "percentiles",
	    percentiles_value(histogram, result));
	json_set(result, object, "hdr",
	    encoded == NULL ? NULL : json_string(encoded));
	free(encoded);
	return object;
}

json_t *
report_json_times(const struct statistics *statistics, int *result)
{
	json_t *object = json_object();

	for (size_t i = 0; i < TIME_KINDS; i++)
		json_set(result, object, statistics_times[i].name,
		    time_value(&statistics->times[i], result));
	return object;
}

static json_t *
entry_value(const struct series_entry *entry, int *result)
{
	json_t *object = json_object();

#define REAL json_set_number
#define COUNT(result, object, name, value) \
	json_set_count(result, object, name, (uint64_t)(value))
#define SET(kind, name, field) kind(result, object, name, entry->field);
	SERIES_COLUMNS(SET)
#undef SET
#undef COUNT
#undef REAL
	return object;
}

json_t *
report_json_series(const struct series *series, int *result)
{
	json_t *object = json_object();
	json_t *array = json_array();

	for (size_t i = 0; i < series->count; i++)
		json_append(result, array,
		    entry_value(&series->entries[i], result));
	json_set_count(result, object, "joined", series->joined);
	json_set(result, object, "entries", array);
	return object;
}
