/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/traffic.h"

#include "echod/generation.h"
#include "unit.h"
#include "fixture.h"

static struct generation *
make(const char *address, const struct generation *old)
{
	struct generation *generation;

	generation = generation_new(fixture_settings(&address, 1), 2, old);
	ck_assert_ptr_nonnull(generation);
	return generation;
}

static void
end(struct generation *generation)
{
	generation_close(generation);
	generation_unref(generation);
}

START_TEST(lanes_add_up)
{
	struct traffic *traffic = traffic_new("a", 3);
	struct traffic_sum sum;

	ck_assert_ptr_nonnull(traffic);
	ck_assert_str_eq(traffic->name, "a");
	for (size_t i = 0; i < 3; i++) {
		tally_add(&traffic->lanes[i].open, 5);
		tally_subtract(&traffic->lanes[i].open, 1);
		tally_add(&traffic->lanes[i].total, 5);
		tally_add(&traffic->lanes[i].echoed, UINT64_C(1) << 40);
	}
	sum = traffic_sum(traffic);
	ck_assert_uint_eq(sum.open, 12);
	ck_assert_uint_eq(sum.total, 15);
	ck_assert_uint_eq(sum.echoed, UINT64_C(3) << 40);
	traffic_unref(traffic);
	traffic_unref(NULL);
}
END_TEST

START_TEST(no_two_lanes_share_a_line)
{
	struct traffic *traffic = traffic_new("a", 2);

	ck_assert_ptr_nonnull(traffic);
	ck_assert_uint_eq(sizeof(struct traffic_lane) % TRAFFIC_LINE, 0);
	ck_assert_uint_eq((uintptr_t)&traffic->lanes[0] % TRAFFIC_LINE, 0);
	traffic_unref(traffic);
}
END_TEST

START_TEST(a_name_keeps_it_through_generations)
{
	struct generation *old = make("127.0.0.1:0", NULL);
	struct generation *next = make("unix:@echod-test-traffic", old);
	struct traffic *traffic = old->listeners.items[0].traffic;

	ck_assert_str_eq(traffic->name, "command-line");
	ck_assert_uint_eq(traffic->workers, 2);
	ck_assert_ptr_eq(next->listeners.items[0].traffic, traffic);
	end(old);
	tally_add(&traffic->lanes[1].total, 1);
	ck_assert_uint_eq(traffic_sum(traffic).total, 1);
	end(next);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		lanes_add_up,
		no_two_lanes_share_a_line,
		a_name_keeps_it_through_generations,
	};

	return UNIT_RUN("traffic", tests);
}
