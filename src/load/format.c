/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Units that are 1000 of each other, the last of them open at the top. */
struct units {
	const char *names[6];
	size_t count;
};

static const struct units times = { { " ns", " us", " ms", " s" }, 4 };
static const struct units amounts = { { "", "k", "M", "G", "T" }, 5 };
static const struct units sizes = {
	{ " B", " kB", " MB", " GB", " TB", " PB" }, 6
};

/* What has more digits is not read digit by digit. */
#define GROUPED_MOST 999999.5

/* Decimals that make three digits of a value below 1000. */
static int
decimals(double value)
{
	if (value >= 99.95)
		return 0;
	return value >= 9.995 ? 1 : 2;
}

static const char *
scale(double value, const struct units *units, char *buffer)
{
	char number[FORMAT_SIZE];
	size_t unit = 0;

	/* What would be rounded to 1000 is 1.00 of the next. */
	while (value >= 999.5 && unit + 1 < units->count) {
		value /= 1000;
		unit++;
	}
	if (value >= GROUPED_MOST)
		snprintf(number, sizeof(number), "%.2e", value);
	else if (value >= 999.5)
		format_count((uint64_t)llround(value), number);
	else
		snprintf(number, sizeof(number), "%.*f",
		    unit == 0 && value == floor(value) ? 0 : decimals(value),
		    value);
	snprintf(buffer, FORMAT_SIZE, "%.24s%s", number, units->names[unit]);
	return buffer;
}

const char *
format_time(double nanoseconds, char *buffer)
{
	/* A part of a nanosecond is nothing that was measured. */
	if (nanoseconds < 999.5)
		nanoseconds = rint(nanoseconds);
	if (nanoseconds == 0)
		return strcpy(buffer, "0 s");
	return scale(nanoseconds, &times, buffer);
}

const char *
format_amount(double amount, char *buffer)
{
	return scale(amount, &amounts, buffer);
}

const char *
format_bytes(double bytes, char *buffer)
{
	return scale(bytes < 999.5 ? rint(bytes) : bytes, &sizes, buffer);
}

const char *
format_count(uint64_t count, char *buffer)
{
	char digits[FORMAT_SIZE];
	size_t length;
	char *end = buffer;

	length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*end++ = ',';
		*end++ = digits[i];
	}
	*end = '\0';
	return buffer;
}

const char *
format_share(double share, char *buffer)
{
	double percent = share * 100;

	if (percent == rint(percent))
		snprintf(buffer, FORMAT_SIZE, "%.0f %%", percent);
	else if (percent > 0 && percent < 0.01)
		snprintf(buffer, FORMAT_SIZE, "%.1g %%", percent);
	else
		snprintf(buffer, FORMAT_SIZE, "%.*f %%", decimals(percent),
		    percent);
	return buffer;
}

const char *
format_date(double seconds, char *buffer)
{
	time_t time = (time_t)floor(seconds);
	struct tm date;

	if (gmtime_r(&time, &date) == NULL ||
	    strftime(buffer, FORMAT_SIZE, "%Y-%m-%d %H:%M:%S UTC", &date) == 0)
		buffer[0] = '\0';
	return buffer;
}
