/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/capacity.h"

#include "unit.h"
#include "fixture.h"

#include <sys/resource.h>

static struct limits *limits;

/* What is in force with that many descriptors, and these settings. */
static struct limits_state
apply(rlim_t descriptors, int max_connections, size_t max_buffered)
{
	struct rlimit before, limit = { descriptors, descriptors };
	const char *address = "127.0.0.1:0";
	struct settings *settings = fixture_settings(&address, 1);
	struct global_settings *global =
	    (struct global_settings *)settings->global;
	struct generation *generation;
	struct limits_state state;

	global->max_connections = max_connections;
	global->max_buffered = max_buffered;
	generation = generation_new(settings, 1, NULL);
	ck_assert_ptr_nonnull(generation);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit.rlim_max = before.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	limits = limits_new();
	ck_assert_ptr_nonnull(limits);
	capacity_apply(limits, generation);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	limits_get(limits, &state);
	limits_free(limits);
	generation_close(generation);
	generation_unref(generation);
	return state;
}

START_TEST(descriptors_are_left_for_the_rest)
{
	ck_assert_uint_eq(capacity_connections(1024, 4, 2), 1024 - 8 - 16 - 16);
	ck_assert_uint_eq(capacity_connections(40, 4, 2), 1);
	ck_assert_uint_eq(capacity_connections(0, 0, 0), 1);
}
END_TEST

START_TEST(auto_goes_by_descriptors_and_memory)
{
	struct limits_state state;
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) *
	    (uint64_t)sysconf(_SC_PAGESIZE);

	fixture_capture_log();
	state = apply(200, 0, 0);
	/* The main thread's socket and the worker's. */
	ck_assert_uint_eq(state.max_connections,
	    capacity_connections(200, 2, 1));
	ck_assert_uint_eq(state.max_buffered, memory / 4);
	ck_assert_ptr_null(strstr(fixture_logged(), "max_connections"));
}
END_TEST

START_TEST(what_is_set_is_in_force)
{
	struct limits_state state;

	fixture_capture_log();
	state = apply(200, 100, 65536);
	ck_assert_uint_eq(state.max_connections, 100);
	ck_assert_uint_eq(state.max_buffered, 65536);
	ck_assert_str_eq(fixture_logged(), "");
}
END_TEST

START_TEST(too_many_are_warned_of)
{
	struct limits_state state;

	fixture_capture_log();
	state = apply(200, 1000, 0);
	ck_assert_uint_eq(state.max_connections, 1000);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: "
	    "max_connections is 1000, but the limit of file descriptors is "
	    "enough for 172; raise LimitNOFILE= of the service"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { descriptors_are_left_for_the_rest,
	    auto_goes_by_descriptors_and_memory, what_is_set_is_in_force,
	    too_many_are_warned_of };

	return UNIT_RUN("capacity", tests);
}
