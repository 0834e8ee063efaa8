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

int
options_store_integer(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	int64_t lowest = INT64_MIN, highest = INT64_MAX;
	int err = 0;

	if (row->lowest != NULL)
		err = units_parse_integer(row->lowest, lowest, highest,
		    &lowest, error, error_size);
	if (err == 0 && row->highest != NULL)
		err = units_parse_integer(row->highest, lowest, highest,
		    &highest, error, error_size);
	if (err == 0)
		err = units_parse_integer(value, lowest, highest, target,
		    error, error_size);
	return err;
}

int
options_store_size(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	uint64_t lowest = 0, highest = UINT64_MAX;
	int err = 0;

	if (row->lowest != NULL)
		err = units_parse_size(row->lowest, lowest, highest, &lowest,
		    error, error_size);
	if (err == 0 && row->highest != NULL)
		err = units_parse_size(row->highest, lowest, highest, &highest,
		    error, error_size);
	if (err == 0)
		err = units_parse_size(value, lowest, highest, target, error,
		    error_size);
	return err;
}

int
options_store_duration(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	double lowest = 0, highest = DBL_MAX;
	int err = 0;

	if (row->lowest != NULL)
		err = units_parse_duration(row->lowest, lowest, highest,
		    &lowest, error, error_size);
	if (err == 0 && row->highest != NULL)
		err = units_parse_duration(row->highest, lowest, highest,
		    &highest, error, error_size);
	if (err == 0)
		err = units_parse_duration(value, lowest, highest, target,
		    error, error_size);
	return err;
}

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
