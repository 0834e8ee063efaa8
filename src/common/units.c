/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	double factor;
};

static const struct unit size_units[] = {
	{ "", 1 }, { "k", 1024 }, { "M", 1048576 }, { "G", 1073741824 },
	{ NULL, 0 }
};

static const struct unit duration_units[] = {
	{ "", 1 }, { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 }, { "m", 60 },
	{ "h", 3600 }, { "d", 86400 }, { NULL, 0 }
};

static const struct unit rate_units[] = {
	{ "", 1 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { NULL, 0 }
};

/* Returns 0 if there is no such unit. */
static double
unit_factor(const struct unit *units, const char *name)
{
	for (; units->name != NULL; units++)
		if (strcasecmp(units->name, name) == 0)
			return units->factor;
	return 0;
}

int
units_parse_integer(const char *text, int64_t lowest, int64_t highest,
    int64_t *value, char *error, size_t error_size)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*digits) || *end != '\0') {
		snprintf(error, error_size, "'%s' is not a whole number; "
		    "expected %" PRId64 " to %" PRId64, text, lowest, highest);
		return -EINVAL;
	}
	if (errno == ERANGE || number < lowest || number > highest) {
		snprintf(error, error_size, "%s is out of range; expected %"
		    PRId64 " to %" PRId64, text, lowest, highest);
		return -ERANGE;
	}
	*value = number;
	return 0;
}

int
units_parse_size(const char *text, uint64_t lowest, uint64_t highest,
    uint64_t *value, char *error, size_t error_size)
{
	char low[UNITS_TEXT_SIZE], high[UNITS_TEXT_SIZE];
	unsigned long long number;
	uint64_t factor, bytes;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	factor = (uint64_t)unit_factor(size_units, end);
	if (!isdigit((unsigned char)text[0]) || factor == 0) {
		snprintf(error, error_size, "'%s' is not a size; expected "
		    "bytes, or a number with k, M or G, such as 64k", text);
		return -EINVAL;
	}
	if (errno == ERANGE ||
	    __builtin_mul_overflow((uint64_t)number, factor, &bytes) ||
	    bytes < lowest || bytes > highest) {
		snprintf(error, error_size,
		    "%s is out of range; expected %s to %s", text,
		    units_size_text(lowest, low, sizeof(low)),
		    units_size_text(highest, high, sizeof(high)));
		return -ERANGE;
	}
	*value = bytes;
	return 0;
}

/*
 * Returns false if it is no such number.  strtod alone would also take "inf",
 * "0x10" and "1e9".
 */
static bool
parse_decimal(const char *text, const struct unit *units, double *number)
{
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double factor;

	*number = strtod(text, &end);
	factor = unit_factor(units, end);
	*number *= factor;
	return digits > 0 && end == text + digits && factor > 0;
}

int
units_parse_duration(const char *text, double lowest, double highest,
    double *seconds, char *error, size_t error_size)
{
	char low[UNITS_TEXT_SIZE], high[UNITS_TEXT_SIZE];
	double number;

	if (!parse_decimal(text, duration_units, &number)) {
		snprintf(error, error_size, "'%s' is not a duration; expected "
		    "seconds, or a number with us, ms, s, m, h or d, "
		    "such as 10s", text);
		return -EINVAL;
	}
	if (number < lowest || number > highest) {
		snprintf(error, error_size,
		    "%s is out of range; expected %s to %s", text,
		    units_duration_text(lowest, low, sizeof(low)),
		    units_duration_text(highest, high, sizeof(high)));
		return -ERANGE;
	}
	*seconds = number;
	return 0;
}

int
units_parse_rate(const char *text, double lowest, double highest,
    double *rate, char *error, size_t error_size)
{
	char low[UNITS_TEXT_SIZE], high[UNITS_TEXT_SIZE];
	double number;

	if (!parse_decimal(text, rate_units, &number)) {
		snprintf(error, error_size, "'%s' is not a rate; expected "
		    "how many a second, or a number with k, M or G, "
		    "such as 10k", text);
		return -EINVAL;
	}
	if (number < lowest || number > highest) {
		snprintf(error, error_size,
		    "%s is out of range; expected %s to %s", text,
		    units_rate_text(lowest, low, sizeof(low)),
		    units_rate_text(highest, high, sizeof(high)));
		return -ERANGE;
	}
	*rate = number;
	return 0;
}

int
units_parse_share(const char *text, double lowest, double highest,
    double *share, char *error, size_t error_size)
{
	static const struct unit units[] = { { "", 1 }, { "%", 1 }, { NULL, 0 } };
	double number;

	if (!parse_decimal(text, units, &number)) {
		snprintf(error, error_size, "'%s' is not a share; expected a "
		    "number with %%, such as 5%%, or a fraction", text);
		return -EINVAL;
	}
	if (strchr(text, '%') != NULL)
		number /= 100;
	if (number < lowest || number > highest) {
		snprintf(error, error_size,
		    "%s is out of range; expected %g%% to %g%%", text,
		    lowest * 100, highest * 100);
		return -ERANGE;
	}
	*share = number;
	return 0;
}

int
units_parse_boolean(const char *text, bool *value, char *error,
    size_t error_size)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2 == 1;
			return 0;
		}
	snprintf(error, error_size, "'%s' is neither yes nor no", text);
	return -EINVAL;
}

int
units_parse_mode(const char *text, unsigned *mode, char *error,
    size_t error_size)
{
	size_t digits = strspn(text, "01234567");
	unsigned long number;

	number = strtoul(text, NULL, 8);
	if (digits == 0 || digits > 5 || text[digits] != '\0' ||
	    number > 0777) {
		snprintf(error, error_size, "'%s' is no permission mode; "
		    "expected octal digits, such as 0660, up to 0777", text);
		return -EINVAL;
	}
	*mode = (unsigned)number;
	return 0;
}

const char *
units_size_text(uint64_t value, char *buffer, size_t size)
{
	static const char *const names[] = { "", "k", "M", "G" };
	unsigned i = 0;

	while (i < 3 && value != 0 && value % 1024 == 0) {
		value /= 1024;
		i++;
	}
	snprintf(buffer, size, "%" PRIu64 "%s", value, names[i]);
	return buffer;
}

const char *
units_duration_text(double seconds, char *buffer, size_t size)
{
	static const struct unit units[] = {
		{ "d", 86400e6 }, { "h", 3600e6 }, { "m", 60e6 }, { "s", 1e6 },
		{ "ms", 1e3 }, { "us", 1 }
	};
	uint64_t microseconds = (uint64_t)(seconds * 1e6 + 0.5);

	if (microseconds == 0) {
		snprintf(buffer, size, "0s");
		return buffer;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t factor = (uint64_t)units[i].factor;

		if (microseconds % factor == 0) {
			snprintf(buffer, size, "%" PRIu64 "%s",
			    microseconds / factor, units[i].name);
			break;
		}
	}
	return buffer;
}

const char *
units_rate_text(double rate, char *buffer, size_t size)
{
	unsigned unit = 0;
	int digits = 0;
	double number;

	while (unit < 3 && rate != 0 && fmod(rate, 1000) == 0) {
		rate /= 1000;
		unit++;
	}
	/* As few digits as give the same number when they are read. */
	do {
		snprintf(buffer, size, "%.*f%s", digits, rate,
		    rate_units[unit].name);
		number = strtod(buffer, NULL);
	} while (number != rate && ++digits < 18);
	return buffer;
}
