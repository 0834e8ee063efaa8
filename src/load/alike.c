/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "alike.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_values.h"

/* What may differ, and when; all other options have to be the same. */
static const struct {
	const char *option;
	bool in_merge;
	bool in_compare;
} free_options[] = {
	/* Which server is what is compared. */
	{ "address", false, true },
	{ "tls", false, true },
	{ "insecure", false, true },
	{ "servername", false, true },
	/* A machine has the share of the load that it can bear. */
	{ "connections", true, false },
	{ "threads", true, false },
	{ "rate", true, false },
	{ "sources", true, true },
	/* Files are where each machine has them. */
	{ "ca", true, true },
	{ "cert", true, true },
	{ "key", true, true },
	/* Which messages are sent is chance. */
	{ "seed", true, true },
	{ "seed-given", true, true },
	{ "start-at", true, true },
	/* How many runs, and what becomes of them. */
	{ "runs", false, true },
	{ "slo", false, true },
	{ "abort-on-fail", true, true },
	{ "strict", true, true },
	{ "interval", false, true },
	{ "quiet", true, true },
	{ "json", true, true },
	{ "json-file", true, true },
	{ "csv", true, true },
	{ "hdr-log", true, true },
	{ "html", true, true },
};

/* The rate that a search has found is its result. */
static bool
is_found(const char *option, const struct report_run *a,
    const struct report_run *b)
{
	return strcmp(option, "rate") == 0 && a->options.find_max.count > 0 &&
	    b->options.find_max.count > 0;
}

static bool
may_differ(enum alike_purpose purpose, const char *option)
{
	for (size_t i = 0; i < sizeof(free_options) / sizeof(free_options[0]);
	    i++)
		if (strcmp(free_options[i].option, option) == 0)
			return purpose == ALIKE_TO_MERGE ?
			    free_options[i].in_merge :
			    free_options[i].in_compare;
	return false;
}

/* An option's value, for people; the caller frees it. */
static char *
value_text(const struct report_run *run, const char *option)
{
	json_t *value = json_object_get(run->option_values, option);

	if (json_is_string(value))
		return strdup(json_string_value(value));
	return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
}

static int
tell(const char *option, const struct report_run *a,
    const struct report_run *b, char *error, size_t error_size)
{
	char *one = value_text(a, option);
	char *other = value_text(b, option);

	snprintf(error, error_size, "%s is %s in the one and %s in the other",
	    option, one != NULL ? one : "?", other != NULL ? other : "?");
	free(one);
	free(other);
	return -EINVAL;
}

int
alike_check(enum alike_purpose purpose, const struct report_run *a,
    const struct report_run *b, char *error, size_t error_size)
{
	for (size_t i = 0; i < option_values_count; i++) {
		const char *option = option_values[i].name;
		json_t *one, *other;

		if (may_differ(purpose, option) || is_found(option, a, b))
			continue;
		one = json_object_get(a->option_values, option);
		other = json_object_get(b->option_values, option);
		if (one != other && !json_equal(one, other))
			return tell(option, a, b, error, error_size);
	}
	return 0;
}
