/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "load/objective.h"
#include "load/statistics.h"

#define NANOSECONDS 1e9
#define LONGEST_TIME 3600.0
#define HIGHEST_RATE 1e15
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct word {
	const char *text;
	int value;
};

static const struct word kinds[] = {
	{ "mean", OBJECTIVE_MEAN },
	{ "max", OBJECTIVE_MAX },
	{ "rate", OBJECTIVE_RATE },
	{ "throughput", OBJECTIVE_THROUGHPUT },
	{ "errors", OBJECTIVE_ERRORS },
};

/* What begins as another one does comes first. */
static const struct word relations[] = {
	{ "<=", OBJECTIVE_AT_MOST },
	{ ">=", OBJECTIVE_AT_LEAST },
	{ "==", OBJECTIVE_EQUAL },
	{ "<", OBJECTIVE_LESS },
	{ ">", OBJECTIVE_MORE },
	{ "=", OBJECTIVE_EQUAL },
};

static bool
is_time(const struct objective *objective)
{
	return objective->kind == OBJECTIVE_PERCENTILE ||
	    objective->kind == OBJECTIVE_MEAN ||
	    objective->kind == OBJECTIVE_MAX;
}

/* Digits and a point, from 0 to 100. */
static bool
parse_percent(const char *text, double *percent)
{
	size_t digits = strspn(text, "0123456789.");
	char *end;

	*percent = strtod(text, &end);
	return digits > 0 && text[digits] == '\0' && *end == '\0' &&
	    *percent <= 100;
}

static int
parse_kind(const char *name, struct objective *objective, char *error,
    size_t error_size)
{
	for (size_t i = 0; i < SIZE(kinds); i++)
		if (strcmp(name, kinds[i].text) == 0) {
			objective->kind = (enum objective_kind)kinds[i].value;
			return 0;
		}
	objective->kind = OBJECTIVE_PERCENTILE;
	if (name[0] == 'p' && parse_percent(name + 1, &objective->percent))
		return 0;
	snprintf(error, error_size, "'%s' is not measured; expected p0 to "
	    "p100, such as p99.9, mean, max, rate, throughput or errors",
	    name);
	return -EINVAL;
}

static int
unknown_time(const char *name, char *error, size_t error_size)
{
	size_t used;

	used = (size_t)snprintf(error, error_size,
	    "'%s' is no time; expected", name);
	for (int i = 0; i < TIME_KINDS && used < error_size; i++)
		used += (size_t)snprintf(error + used, error_size - used,
		    "%s %s", i == 0 ? "" : i == TIME_KINDS - 1 ? " or" : ",",
		    statistics_times[i].name);
	return -EINVAL;
}

/* What is in the brackets, which are cut off from the name before them. */
static int
parse_time(char *name, struct objective *objective, char *error,
    size_t error_size)
{
	char *time = strchr(name, '('), *end;

	objective->time = TIME_RESPONSE;
	if (time == NULL)
		return 0;
	*time++ = '\0';
	end = strchr(time, ')');
	if (end == NULL || end[1] != '\0') {
		snprintf(error, error_size, "'%s(%s' has no closing bracket "
		    "at its end; expected a time in brackets, such as "
		    "p99(service)", name, time);
		return -EINVAL;
	}
	*end = '\0';
	for (int i = 0; i < TIME_KINDS; i++)
		if (strcmp(time, statistics_times[i].name) == 0) {
			objective->time = i;
			return 0;
		}
	return unknown_time(time, error, error_size);
}

static int
parse_errors(const char *text, struct objective *objective, char *error,
    size_t error_size)
{
	int64_t number = 0;
	int err;

	objective->is_share = strchr(text, '%') != NULL;
	if (objective->is_share)
		return units_parse_share(text, 0, 1, &objective->bound, error,
		    error_size);
	err = units_parse_integer(text, 0, INT64_MAX, &number, error,
	    error_size);
	objective->bound = (double)number;
	return err;
}

static int
parse_bound(char *text, struct objective *objective, char *error,
    size_t error_size)
{
	int err;

	if (objective->kind == OBJECTIVE_ERRORS)
		return parse_errors(text, objective, error, error_size);
	if (!is_time(objective))
		return units_parse_rate(text, 0, HIGHEST_RATE,
		    &objective->bound, error, error_size);
	err = units_parse_duration(text, 0, LONGEST_TIME, &objective->bound,
	    error, error_size);
	objective->bound *= NANOSECONDS;
	return err;
}

/* The relation that the text begins with; NULL if there is none. */
static const struct word *
find_relation(const char *text)
{
	for (size_t i = 0; text != NULL && i < SIZE(relations); i++)
		if (strncmp(text, relations[i].text,
		    strlen(relations[i].text)) == 0)
			return &relations[i];
	return NULL;
}

/* NAME[(TIME)]RELATION BOUND, which is cut up. */
static int
parse_objective(char *text, struct objective *objective, char *error,
    size_t error_size)
{
	char *bound = strpbrk(text, "<>=");
	const struct word *relation = find_relation(bound);
	int err;

	if (relation == NULL) {
		snprintf(error, error_size, "'%s' is no objective; expected "
		    "one such as p99<2ms, errors<0.1%% or rate>=100k", text);
		return -EINVAL;
	}
	objective->relation = (enum objective_relation)relation->value;
	*bound = '\0';
	bound += strlen(relation->text);
	err = parse_time(text, objective, error, error_size);
	if (err == 0)
		err = parse_kind(text, objective, error, error_size);
	if (err == 0)
		err = parse_bound(bound, objective, error, error_size);
	return err;
}

/* What can be read, but makes no sense. */
static int
check_objective(const struct objective *objective, char *error,
    size_t error_size)
{
	if (!is_time(objective) && strchr(objective->text, '(') != NULL) {
		snprintf(error, error_size, "'%s' has a time in brackets; "
		    "expected that of p0 to p100, mean and max only",
		    objective->text);
		return -EINVAL;
	}
	if (objective->relation == OBJECTIVE_EQUAL &&
	    objective->kind != OBJECTIVE_ERRORS) {
		snprintf(error, error_size, "'%s' would never be met exactly; "
		    "expected <, <=, > or >=", objective->text);
		return -EINVAL;
	}
	return 0;
}

static void
remove_blanks(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++)
		if (*text != ' ')
			*to++ = *text;
	*to = '\0';
}

static int
add_objective(struct objective_list *list, char *text, char *error,
    size_t error_size)
{
	struct objective *objective = &list->items[list->count];
	int err;

	if (list->count == OBJECTIVES_MOST) {
		snprintf(error, error_size, "these are too many objectives; "
		    "expected at most %d", OBJECTIVES_MOST);
		return -ERANGE;
	}
	remove_blanks(text);
	memset(objective, 0, sizeof(*objective));
	if (strlen(text) >= sizeof(objective->text)) {
		snprintf(error, error_size, "'%.20s...' is too long; expected "
		    "at most %zu characters", text,
		    sizeof(objective->text) - 1);
		return -ERANGE;
	}
	strcpy(objective->text, text);
	err = parse_objective(text, objective, error, error_size);
	if (err == 0)
		err = check_objective(objective, error, error_size);
	if (err == 0)
		list->count++;
	return err;
}

int
objective_list_parse(const char *text, struct objective_list *list,
    char *error, size_t error_size)
{
	struct objective_list parsed = *list;
	char copy[OBJECTIVES_MOST * OBJECTIVE_TEXT_SIZE], *rest = copy, *item;
	int err = 0;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy)) {
		snprintf(error, error_size, "this is too long; expected at "
		    "most %zu characters", sizeof(copy) - 1);
		return -ERANGE;
	}
	while (err == 0 && (item = strsep(&rest, ",")) != NULL)
		err = add_objective(&parsed, item, error, error_size);
	if (err == 0)
		*list = parsed;
	return err;
}

int
objective_list_store(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	(void)row;
	return objective_list_parse(value, target, error, error_size);
}
