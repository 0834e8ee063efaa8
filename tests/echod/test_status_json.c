/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/status_json.h"

#include "looks.h"
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *
make(void)
{
	struct look look;
	json_error_t error;
	json_t *object;
	char *text;

	looks_make();
	look_begin(&look, &looks_observed, &looks_files);
	text = status_json(&look);
	look_end(&look);
	ck_assert_ptr_nonnull(text);
	object = json_loads(text, 0, &error);
	ck_assert_msg(object != NULL, "%s in %s", error.text, text);
	free(text);
	return object;
}

static void
end(json_t *object)
{
	json_decref(object);
	looks_clear();
}

static json_int_t
whole(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_integer(value), "%s", key);
	return json_integer_value(value);
}

START_TEST(numbers)
{
	json_t *object = make();
	json_t *listener, *tls, *counters;

	ck_assert_str_eq(json_string_value(json_object_get(object, "phase")),
	    "serving");
	ck_assert(json_is_true(json_object_get(object, "ready")));
	ck_assert(json_is_true(json_object_get(object, "alive")));
	ck_assert(json_is_null(json_object_get(object, "why")));
	ck_assert_int_eq(whole(object, "open"), 8);
	ck_assert_int_eq(whole(object, "accepted"), 30);
	ck_assert_int_eq(whole(object, "echoed"), INT64_C(1) << 52);
	listener = json_array_get(json_object_get(object, "listeners"), 0);
	ck_assert_int_eq(whole(listener, "open"), 7);
	tls = json_object_get(listener, "tls");
	ck_assert_int_eq(whole(tls, "handshakes"), 7);
	ck_assert_int_eq(whole(tls, "failed"), 8);
	ck_assert_int_eq(whole(json_object_get(tls, "failures"), "timeout"), 8);
	counters = json_object_get(object, "counters");
	ck_assert_int_eq(whole(json_object_get(counters, "connections_ended"),
	    "reset"), 5);
	ck_assert(json_is_null(json_object_get(json_object_get(object,
	    "limits"), "connections")));
	end(object);
}
END_TEST

START_TEST(strange_names_stay_what_they_are)
{
	json_t *object = make();
	const json_t *listener =
	    json_array_get(json_object_get(object, "listeners"), 1);

	ck_assert_str_eq(json_string_value(json_object_get(listener, "name")),
	    LOOKS_STRANGE);
	ck_assert(json_is_null(json_object_get(listener, "tls")));
	end(object);
}
END_TEST

START_TEST(the_time_is_exact)
{
	json_t *object = make();
	double now = json_real_value(json_object_get(object, "now"));
	double started = json_real_value(json_object_get(object, "started"));

	ck_assert_msg(now >= started && now - started < 60, "%f %f", now,
	    started);
	ck_assert(now - looks_observed.started < 60);
	end(object);
}
END_TEST

START_TEST(loops)
{
	json_t *object;
	const json_t *loop;

	latency_add(&looks_workers[1].latency, 60000);
	object = make();
	loop = json_array_get(json_object_get(object, "loops"), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "bounds")),
	    LATENCY_BOUNDS);
	ck_assert_uint_eq(json_array_size(json_object_get(loop, "buckets")),
	    LATENCY_BOUNDS + 1);
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(
	    loop, "buckets"), 3)), 1);
	ck_assert(json_real_value(json_object_get(loop, "last")) > 5.9e-5);
	end(object);
}
END_TEST

START_TEST(says_why_it_is_not_ready)
{
	struct look look;
	char *text;

	looks_make();
	phase_set(PHASE_DRAINING);
	look_begin(&look, &looks_observed, &looks_files);
	text = status_json(&look);
	look_end(&look);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(strstr(text, "\"ready\": false"));
	ck_assert_ptr_nonnull(strstr(text, "\"why\": \"draining\""));
	free(text);
	looks_clear();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { numbers,
	    strange_names_stay_what_they_are, the_time_is_exact, loops,
	    says_why_it_is_not_ready };

	return UNIT_RUN("status_json", tests);
}
