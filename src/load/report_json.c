/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_json.h"

#include <event2/event.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/json.h"
#include "report_json_parts.h"
#include "summary.h"

static json_t *
versions_value(int *result)
{
	json_t *object = json_object();

	json_set_text(result, object, "echo-load", PACKAGE_VERSION);
	json_set_text(result, object, "libevent", event_get_version());
	json_set_text(result, object, "openssl",
	    OpenSSL_version(OPENSSL_VERSION_STRING));
	json_set_text(result, object, "jansson", jansson_version_str());
	return object;
}

/* The machine that the load came from. */
static json_t *
machine_value(int *result)
{
	json_t *object = json_object();
	struct utsname name;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (uname(&name) < 0)
		name = (struct utsname){ .nodename = "" };
	json_set_optional(result, object, "name", name.nodename);
	json_set_optional(result, object, "system", name.sysname);
	json_set_optional(result, object, "release", name.release);
	json_set_optional(result, object, "architecture", name.machine);
	json_set_count(result, object, "processors",
	    processors > 0 ? (uint64_t)processors : 0);
	return object;
}

static json_t *
order_value(const struct summary_order *order, int *result)
{
	json_t *object = json_object();

	json_set_count(result, object, "best", order->best);
	json_set_count(result, object, "median", order->median);
	json_set_count(result, object, "worst", order->worst);
	return object;
}

/* Which runs are which, as indexes of "runs"; null if there is none. */
static json_t *
summary_value(const struct load_result *const *results, size_t count,
    int *result)
{
	struct summary summary;
	json_t *object;

	if (count == 0)
		return json_null();
	if (summary_make(results, count, &summary) < 0) {
		*result = -1;
		return NULL;
	}
	object = json_object();
	json_set(result, object, "rate", order_value(&summary.rate, result));
	json_set(result, object, "p99", order_value(&summary.p99, result));
	return object;
}

static json_t *
runs_value(const struct load_result *const *results, size_t count, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_append(result, array,
		    report_json_run(results[i], result));
	return array;
}

char *
report_json_runs(const struct load_result *const *results, size_t count)
{
	const struct load_search *search =
	    count > 0 ? results[count - 1]->search : NULL;
	json_t *object = json_object();
	int result = 0;

	json_set_text(&result, object, "schema", REPORT_JSON_SCHEMA);
	json_set_text(&result, object, "program", "echo-load");
	json_set_text(&result, object, "version", PACKAGE_VERSION);
	json_set(&result, object, "versions", versions_value(&result));
	json_set(&result, object, "machine", machine_value(&result));
	json_set(&result, object, "runs", runs_value(results, count, &result));
	json_set(&result, object, "summary",
	    summary_value(results, count, &result));
	json_set(&result, object, "search", search == NULL ? json_null() :
	    report_json_search(search, &result));
	/* Fewer would round times since 1970; more would show 99.9 as it is. */
	return json_line(object, result, 15);
}
