/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The handlers that store an option's argument. */
#include "options.h"

#include "suggest.h"
#include "units.h"

#include <errno.h>
#include <float.h>
#include <stdbool.h>
#include <string.h>

int
options_store_true(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	(void)row;
	(void)value;
	(void)error;
	(void)error_size;
	*(bool *)target = true;
	return 0;
}

int
options_store_string(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	(void)row;
	(void)error;
	(void)error_size;
	*(const char **)target = value;
	return 0;
}

/* A handler for numbers, whose bounds are in the notation of the value. */
#define STORE_NUMBER(handler, parse, type, least, most) \
	int \
	handler(const struct option_row *row, const char *value, \
	    void *target, char *error, size_t error_size) \
	{ \
		type lowest = least, highest = most; \
		int err = 0; \
		if (row->lowest != NULL) \
			err = parse(row->lowest, lowest, highest, &lowest, \
			    error, error_size); \
		if (err == 0 && row->highest != NULL) \
			err = parse(row->highest, lowest, highest, &highest, \
			    error, error_size); \
		return err == 0 ? parse(value, lowest, highest, target, error, \
		    error_size) : err; \
	}

STORE_NUMBER(options_store_integer, units_parse_integer, int64_t, INT64_MIN,
    INT64_MAX)
STORE_NUMBER(options_store_size, units_parse_size, uint64_t, 0, UINT64_MAX)
STORE_NUMBER(options_store_duration, units_parse_duration, double, 0, DBL_MAX)
STORE_NUMBER(options_store_share, units_parse_share, double, 0, 1)

int
options_store_choice(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	for (int i = 0; row->choices[i] != NULL; i++)
		if (strcmp(row->choices[i], value) == 0) {
			*(int *)target = i;
			return 0;
		}
	suggest_choice(value, row->choices, error, error_size);
	return -EINVAL;
}
