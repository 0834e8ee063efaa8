/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/limits.h"

#include "await/fail.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>

static struct limits *limits;
/* Of a worker each; one loop is enough to see what they are told. */
static struct site {
	struct gate gate;
	unsigned resumed;
	unsigned takes;   /* places that it takes when it is told */
} sites[3];

enum outcome {
	SERVED,
	CLOSED, /* and has to leave */
	WAITS,
};

/* Somebody comes. */
static enum outcome
come(struct gate *gate)
{
	if (!limits_enter(limits, gate))
		return WAITS;
	return limits_admit(limits, gate) ? SERVED : CLOSED;
}

static void
on_resume(void *arg)
{
	struct site *site = arg;

	site->resumed++;
	while (site->takes > 0 && come(&site->gate) == SERVED)
		site->takes--;
}

static void
begin(uint64_t most, bool closes)
{
	fixture_capture_log();
	limits = limits_new();
	ck_assert_ptr_nonnull(limits);
	limits_set(limits, most, closes, 0);
	memset(sites, 0, sizeof(sites));
	for (size_t i = 0; i < 3; i++) {
		sites[i].gate.limits = limits;
		sites[i].gate.loop = aw_get_running_loop();
		sites[i].gate.resume = on_resume;
		sites[i].gate.arg = &sites[i];
	}
}

static void
turns(void)
{
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(aw_sleep(0), 0);
}

static void
end(void)
{
	for (size_t i = 0; i < 3; i++)
		limits_close_gate(limits, &sites[i].gate);
	turns();
	limits_free(limits);
}

static enum outcome
enter(size_t i)
{
	return come(&sites[i].gate);
}

static struct limits_state
state(void)
{
	struct limits_state now;

	limits_get(limits, &now);
	return now;
}

/* How many lines there are with this in them. */
static unsigned
lines_with(const char *part)
{
	const char *text = fixture_logged();
	unsigned count = 0;

	while ((text = strstr(text, part)) != NULL) {
		count++;
		text++;
	}
	return count;
}

LOOP_TEST(without_a_limit_there_is_always_a_place)
{
	begin(0, false);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(enter(0), SERVED);
	ck_assert_uint_eq(state().connections, 100);
	ck_assert_uint_eq(state().max_connections, 0);
	end();
}

LOOP_TEST(who_left_makes_room_for_who_waits_longest)
{
	begin(2, false);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(1), SERVED);
	ck_assert_int_eq(enter(2), WAITS);
	ck_assert_int_eq(enter(1), WAITS);
	ck_assert_int_eq(enter(2), WAITS);
	ck_assert_uint_eq(state().waiting, 2);
	sites[2].takes = 1;
	limits_leave(limits, &sites[0].gate);
	turns();
	ck_assert_uint_eq(sites[2].resumed, 1);
	ck_assert_uint_eq(sites[1].resumed, 0);
	ck_assert_uint_eq(state().connections, 2);
	ck_assert_uint_eq(state().waiting, 1);
	end();
}

/* One that has nobody to serve any more, and one whose loop has ended. */
LOOP_TEST(a_place_that_is_not_taken_is_passed_on)
{
	begin(1, false);
	ck_assert_int_eq(enter(0), SERVED);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(enter(i), WAITS);
	sites[2].takes = 1;
	limits_leave(limits, &sites[0].gate);
	limits_close_gate(limits, &sites[1].gate);
	turns();
	ck_assert_uint_eq(sites[0].resumed, 1);
	ck_assert_uint_eq(sites[1].resumed, 0);
	ck_assert_uint_eq(sites[2].resumed, 1);
	ck_assert_uint_eq(sites[2].takes, 0);
	end();
}

LOOP_TEST(one_that_was_told_and_then_closed_passes_it_on)
{
	begin(1, false);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(1), WAITS);
	ck_assert_int_eq(enter(2), WAITS);
	sites[2].takes = 1;
	limits_leave(limits, &sites[0].gate);
	/* It is about to be told. */
	limits_close_gate(limits, &sites[1].gate);
	turns();
	ck_assert_uint_eq(sites[1].resumed, 0);
	ck_assert_uint_eq(sites[2].takes, 0);
	end();
}

LOOP_TEST(a_higher_limit_is_told_to_all)
{
	begin(1, false);
	ck_assert_int_eq(enter(0), SERVED);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(enter(i), WAITS);
		sites[i].takes = 1;
	}
	limits_set(limits, 4, false, 0);
	turns();
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(sites[i].takes, 0);
	ck_assert_uint_eq(state().connections, 4);
	ck_assert_int_eq(enter(0), WAITS);
	/* And a lower one to nobody, until there are fewer. */
	limits_set(limits, 2, false, 0);
	limits_leave(limits, &sites[1].gate);
	limits_leave(limits, &sites[1].gate);
	turns();
	ck_assert_uint_eq(sites[0].resumed, 1);
	limits_leave(limits, &sites[1].gate);
	turns();
	ck_assert_uint_eq(sites[0].resumed, 2);
	end();
}

LOOP_TEST(who_finds_no_place_may_be_closed)
{
	begin(1, true);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(1), CLOSED);
	limits_leave(limits, &sites[1].gate);
	ck_assert_int_eq(enter(1), CLOSED);
	limits_leave(limits, &sites[1].gate);
	limits_leave(limits, &sites[0].gate);
	ck_assert_int_eq(enter(1), SERVED);
	ck_assert_uint_eq(state().connections, 1);
	/* Those that wait hear of it when it is decided so. */
	limits_set(limits, 1, false, 0);
	ck_assert_int_eq(enter(0), WAITS);
	limits_set(limits, 1, true, 0);
	turns();
	ck_assert_uint_eq(sites[0].resumed, 1);
	end();
}

/* As with two workers, of which one accepts who both were told of. */
LOOP_TEST(a_place_for_nobody_has_nobody_closed)
{
	begin(2, true);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert(limits_enter(limits, &sites[0].gate));
	ck_assert_uint_eq(state().connections, 1);
	ck_assert_int_eq(enter(1), SERVED);
	ck_assert_str_eq(fixture_logged(), "");
	/* And if somebody did come there, too, he is the one too many. */
	ck_assert(!limits_admit(limits, &sites[0].gate));
	limits_leave(limits, &sites[0].gate);
	ck_assert_uint_eq(state().connections, 2);
	ck_assert(limits_enter(limits, &sites[0].gate));
	limits_leave(limits, &sites[0].gate);
	ck_assert_uint_eq(state().connections, 2);
	end();
}

/* As with workers that were all told of the one who comes. */
LOOP_TEST(places_for_nobody_are_not_all_places)
{
	begin(2, false);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert(limits_enter(limits, &sites[0].gate));
	ck_assert_int_eq(enter(1), WAITS);
	ck_assert_str_eq(fixture_logged(), "");
	/* Nobody came: another may try. */
	limits_leave(limits, &sites[0].gate);
	turns();
	ck_assert_uint_eq(sites[1].resumed, 1);
	ck_assert_str_eq(fixture_logged(), "");
	/* And if somebody came, who waits now waits for others to close. */
	ck_assert(limits_enter(limits, &sites[0].gate));
	ck_assert_int_eq(enter(1), WAITS);
	ck_assert(limits_admit(limits, &sites[0].gate));
	ck_assert_uint_eq(lines_with("max_connections is reached, 2: new "
	    "connections wait until others close"), 1);
	end();
}

LOOP_TEST(the_log_has_a_line_for_the_begin_and_one_for_the_end)
{
	begin(20, false);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(enter(0), SERVED);
	for (int i = 0; i < 50; i++) {
		ck_assert_int_eq(enter(0), WAITS);
		limits_leave(limits, &sites[0].gate);
		ck_assert_int_eq(enter(0), SERVED);
	}
	ck_assert_uint_eq(lines_with("max_connections is reached, 20: new "
	    "connections wait until others close"), 1);
	ck_assert_uint_eq(lines_with("there is room"), 0);
	for (int i = 0; i < 3; i++)
		limits_leave(limits, &sites[0].gate);
	ck_assert_uint_eq(lines_with("there is room"), 1);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(0), WAITS);
	ck_assert_uint_eq(lines_with("\n"), 2);
	end();
}

LOOP_TEST(bytes_are_limited_as_well)
{
	begin(1, false);
	ck_assert_uint_eq(state().max_buffered, 0);
	limits_set(limits, 1, false, 12345);
	ck_assert_uint_eq(state().max_buffered, 12345);
	ck_assert_uint_eq(state().buffered, 0);
	ck_assert_ptr_nonnull(limits_buffers(limits));
	ck_assert_ptr_nonnull(limits_addresses(limits));
	end();
}

/* Without memory to tell another one, it is told with the next that leaves. */
LOOP_TEST(who_can_not_be_told_waits_on)
{
	begin(2, false);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(0), SERVED);
	ck_assert_int_eq(enter(1), WAITS);
	sites[1].takes = 2;
	fail_call("malloc", 1, 1, ENOMEM);
	limits_leave(limits, &sites[0].gate);
	ck_assert(fail_stop());
	turns();
	ck_assert_uint_eq(sites[1].resumed, 0);
	limits_leave(limits, &sites[0].gate);
	turns();
	ck_assert_uint_eq(sites[1].takes, 0);
	/* Who tells itself needs none. */
	ck_assert_int_eq(enter(1), WAITS);
	sites[1].takes = 1;
	fail_call("malloc", 1, 1, ENOMEM);
	limits_leave(limits, &sites[1].gate);
	ck_assert_uint_eq(sites[1].takes, 0);
	ck_assert(fail_stop());
	end();
}

START_TEST(without_memory_there_are_none)
{
	for (unsigned n = 1;; n++) {
		fail_at(n, false);
		limits = limits_new();
		if (!fail_stop())
			break;
		ck_assert_ptr_null(limits);
	}
	limits_free(limits);
	limits_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_a_limit_there_is_always_a_place,
		who_left_makes_room_for_who_waits_longest,
		a_place_that_is_not_taken_is_passed_on,
		one_that_was_told_and_then_closed_passes_it_on,
		a_higher_limit_is_told_to_all,
		who_finds_no_place_may_be_closed,
		a_place_for_nobody_has_nobody_closed,
		places_for_nobody_are_not_all_places,
		the_log_has_a_line_for_the_begin_and_one_for_the_end,
		bytes_are_limited_as_well,
		who_can_not_be_told_waits_on,
		without_memory_there_are_none,
	};

	fail_init();
	return UNIT_RUN("limits", tests);
}
