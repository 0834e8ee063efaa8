/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/units.h"
#include "load/rate_plan.h"

#define HIGHEST_RATE 1e9
#define SHORTEST_PART 1e-3
#define LONGEST_PART (365 * 86400.0)
/* Written again, it may be longer: .1s is 100ms then. */
#define LONGEST_TEXT (RATE_PLAN_TEXT_SIZE / 2)

static int
parse_rate(const char *text, double *rate, char *error, size_t error_size)
{
	return units_parse_rate(text, 0, HIGHEST_RATE, rate, error,
	    error_size);
}

/* RATE or RATE..RATE, which is cut up. */
static int
parse_rates(char *text, struct rate_part *part, char *error,
    size_t error_size)
{
	char *to = strstr(text, "..");
	int err;

	if (to != NULL)
		*to = '\0';
	err = parse_rate(text, &part->from, error, error_size);
	part->to = part->from;
	if (err == 0 && to != NULL)
		err = parse_rate(to + 2, &part->to, error, error_size);
	return err;
}

/* RATE[..RATE][@DURATION]; without a duration it is without an end. */
static int
parse_part(char *text, struct rate_part *part, char *error,
    size_t error_size)
{
	char *duration = strchr(text, '@');
	int err = 0;

	part->seconds = INFINITY;
	if (duration != NULL) {
		*duration = '\0';
		err = units_parse_duration(duration + 1, SHORTEST_PART,
		    LONGEST_PART, &part->seconds, error, error_size);
	} else if (strstr(text, "..") != NULL) {
		snprintf(error, error_size, "'%s' says not how long it takes; "
		    "expected a duration, such as %s@30s", text, text);
		err = -EINVAL;
	}
	return err < 0 ? err : parse_rates(text, part, error, error_size);
}

static int
parse_parts(char *text, struct rate_plan *plan, char *error,
    size_t error_size)
{
	struct rate_part *part;
	char *item;
	int err = 0;

	while (err == 0 && (item = strsep(&text, ",")) != NULL) {
		/* Another one may be needed to go on after the last. */
		if (plan->count == RATE_PLAN_MOST - 1) {
			snprintf(error, error_size,
			    "these are too many steps; expected at most %d",
			    RATE_PLAN_MOST - 1);
			return -ERANGE;
		}
		part = &plan->parts[plan->count++];
		err = parse_part(item, part, error, error_size);
		if (err == 0 && isinf(part->seconds) && text != NULL) {
			snprintf(error, error_size, "'%s' says not when the "
			    "next step begins; expected a duration, such as "
			    "%s@10s", item, item);
			err = -EINVAL;
		}
	}
	return err;
}

/* The last rate stays. */
static void
go_on(struct rate_plan *plan)
{
	struct rate_part *last = &plan->parts[plan->count - 1];

	if (last->from == last->to)
		last->seconds = INFINITY;
	else
		plan->parts[plan->count++] = (struct rate_part){
			last->to, last->to, INFINITY
		};
}

int
rate_plan_parse(const char *text, struct rate_plan *plan, char *error,
    size_t error_size)
{
	struct rate_plan parsed = { .count = 0 };
	char copy[LONGEST_TEXT];
	int err;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy)) {
		snprintf(error, error_size, "this is too long; expected at "
		    "most %d characters", LONGEST_TEXT - 1);
		return -ERANGE;
	}
	err = parse_parts(copy, &parsed, error, error_size);
	if (err < 0)
		return err;
	go_on(&parsed);
	if (rate_plan_highest(&parsed) == 0) {
		snprintf(error, error_size, "'%s' never sends anything; "
		    "expected a rate above 0, such as 10k", text);
		return -ERANGE;
	}
	*plan = parsed;
	return 0;
}

static size_t
part_text(const struct rate_part *part, char *buffer, size_t size)
{
	char from[UNITS_TEXT_SIZE], to[UNITS_TEXT_SIZE + 2] = "..";
	char duration[UNITS_TEXT_SIZE + 1] = "@";

	units_rate_text(part->from, from, sizeof(from));
	if (part->to != part->from)
		units_rate_text(part->to, to + 2, sizeof(to) - 2);
	else
		to[0] = '\0';
	if (!isinf(part->seconds))
		units_duration_text(part->seconds, duration + 1,
		    sizeof(duration) - 1);
	else
		duration[0] = '\0';
	return (size_t)snprintf(buffer, size, "%s%s%s", from, to, duration);
}

/* Whether the part is what the one before it leads to by itself. */
static bool
is_implied(const struct rate_plan *plan, size_t i)
{
	return i > 0 && i == plan->count - 1 &&
	    plan->parts[i].from == plan->parts[i].to &&
	    plan->parts[i].from == plan->parts[i - 1].to &&
	    plan->parts[i - 1].from != plan->parts[i - 1].to;
}

const char *
rate_plan_text(const struct rate_plan *plan, char *buffer, size_t size)
{
	size_t i, used = 0;

	snprintf(buffer, size, "%s", "");
	for (i = 0; i < plan->count && !is_implied(plan, i); i++) {
		if (i > 0 && used + 1 < size)
			buffer[used++] = ',';
		used += part_text(&plan->parts[i], buffer + used, size - used);
		if (used >= size)
			used = size - 1;
	}
	return buffer;
}

int
rate_plan_store(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	(void)row;
	return rate_plan_parse(value, target, error, error_size);
}
