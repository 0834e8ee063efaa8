/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "json_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Writes the way to a place, such as "runs[0].times"; returns its length. */
static size_t
write_way(const struct json_place *place, char *buffer, size_t size)
{
	size_t length;

	if (place->outer == NULL) {
		buffer[0] = '\0';
		return 0;
	}
	length = write_way(place->outer, buffer, size);
	if (length >= size)
		return length;
	if (place->name == NULL)
		length += (size_t)snprintf(buffer + length, size - length,
		    "[%zu]", place->index);
	else
		length += (size_t)snprintf(buffer + length, size - length,
		    "%s%s", length > 0 ? "." : "", place->name);
	return length;
}

void
json_read_fail(const struct json_place *place, const char *format, ...)
{
	struct json_reader *reader = place->reader;
	char way[256], expected[256];
	va_list list;

	if (reader->result < 0)
		return;
	reader->result = -EINVAL;
	write_way(place, way, sizeof(way));
	va_start(list, format);
	vsnprintf(expected, sizeof(expected), format, list);
	va_end(list);
	snprintf(reader->error, reader->error_size, "%s: %s%sexpected %s",
	    reader->file, way, way[0] != '\0' ? ": " : "", expected);
}

void
json_read_no_memory(const struct json_place *place)
{
	struct json_reader *reader = place->reader;

	if (reader->result < 0)
		return;
	reader->result = -ENOMEM;
	snprintf(reader->error, reader->error_size, "no memory for %s",
	    reader->file);
}

struct json_place
json_read_member(const struct json_place *outer, const char *name)
{
	return (struct json_place){
		.reader = outer->reader,
		.outer = outer,
		.name = name,
		.value = json_object_get(outer->value, name),
	};
}

struct json_place
json_read_object(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (!json_is_object(place.value)) {
		json_read_fail(&place, "an object");
		place.value = NULL;
	}
	return place;
}

struct json_place
json_read_array(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (!json_is_array(place.value)) {
		json_read_fail(&place, "an array");
		place.value = NULL;
	}
	return place;
}

struct json_place
json_read_element(const struct json_place *array, size_t index)
{
	struct json_place place = {
		.reader = array->reader,
		.outer = array,
		.index = index,
		.value = json_array_get(array->value, index),
	};

	if (!json_is_object(place.value)) {
		json_read_fail(&place, "an object");
		place.value = NULL;
	}
	return place;
}

size_t
json_read_size(const struct json_place *array)
{
	return json_array_size(array->value);
}

double
json_read_number(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (json_is_null(place.value))
		return 0;
	if (!json_is_number(place.value))
		json_read_fail(&place, "a number");
	return json_number_value(place.value);
}

double
json_read_amount(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);
	double number = json_read_number(outer, name);

	if (number >= 0)
		return number;
	json_read_fail(&place, "a number that is not negative");
	return 0;
}

uint64_t
json_read_count(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (json_is_integer(place.value) &&
	    json_integer_value(place.value) >= 0)
		return (uint64_t)json_integer_value(place.value);
	json_read_fail(&place, "a whole number that is not negative");
	return 0;
}

bool
json_read_boolean(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (!json_is_boolean(place.value))
		json_read_fail(&place, "true or false");
	return json_is_true(place.value);
}

const char *
json_read_text(const struct json_place *outer, const char *name)
{
	struct json_place place = json_read_member(outer, name);

	if (json_is_null(place.value))
		return "";
	if (json_is_string(place.value))
		return json_string_value(place.value);
	json_read_fail(&place, "a text");
	return "";
}

size_t
json_read_choice(const struct json_place *outer, const char *name,
    const char *const *names, size_t count)
{
	struct json_place place = json_read_member(outer, name);
	const char *text = json_read_text(outer, name);

	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	json_read_fail(&place, "\"%s\" or another word of its kind", names[0]);
	return 0;
}
