/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdint.h>
#include <string.h>

#include "sync/items.h"
#include "unit.h"

#define MANY 1000

static struct aw_items items;

static void
init(enum aw_items_order order, size_t limit, aw_compare *compare)
{
	ck_assert_int_eq(aw_items_init(&items, order, limit, compare), 0);
}

static void
add(uintptr_t number)
{
	ck_assert_int_eq(aw_items_add(&items, (void *)number), 0);
}

static uintptr_t
take(void)
{
	return (uintptr_t)aw_items_take(&items);
}

static void
check_growth(uintptr_t fold)
{
	uintptr_t in = 0, out = 0;

	init(AW_ITEMS_FIRST_IN, 0, NULL);
	while (in < fold) {
		add(in++);
		ck_assert_uint_eq(take(), out++);
	}
	while (in < 70)
		add(in++);
	ck_assert_uint_ge(items.capacity, 70 - fold);
	while (out < in)
		ck_assert_uint_eq(take(), out++);
	ck_assert_uint_eq(items.count, 0);
	aw_items_free(&items);
}

START_TEST(a_ring_keeps_the_order_wherever_it_is_folded_when_it_grows)
{
	uintptr_t fold;

	for (fold = 0; fold <= 17; fold++)
		check_growth(fold);
}
END_TEST

START_TEST(a_ring_that_is_used_for_long_does_not_grow)
{
	uintptr_t in = 0, out = 0;

	init(AW_ITEMS_FIRST_IN, 0, NULL);
	while (in < 16)
		add(in++);
	for (; in < MANY; in++) {
		ck_assert_uint_eq(take(), out++);
		add(in);
	}
	ck_assert_uint_eq(items.capacity, 16);
	aw_items_free(&items);
}
END_TEST

START_TEST(it_never_has_room_for_more_than_the_limit)
{
	static const size_t limits[] = { 1, 2, 16, 64, 65, 100 };
	size_t i, limit;
	uintptr_t n;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		limit = limits[i];
		init(AW_ITEMS_FIRST_IN, limit, NULL);
		/* Small ones have it from the start. */
		if (limit <= 64)
			ck_assert_uint_eq(items.capacity, limit);
		add(0);
		ck_assert_uint_eq(take(), 0);
		for (n = 0; n < limit; n++)
			add(n);
		ck_assert_uint_eq(items.capacity, limit);
		for (n = 0; n < limit; n++)
			ck_assert_uint_eq(take(), n);
		aw_items_free(&items);
	}
}
END_TEST

START_TEST(a_stack_gives_the_last_first_also_when_it_grows)
{
	uintptr_t n;

	init(AW_ITEMS_LAST_IN, 0, NULL);
	for (n = 0; n < MANY; n++)
		add(n);
	for (n = MANY; n-- > 0;)
		ck_assert_uint_eq(take(), n);
	aw_items_free(&items);
}
END_TEST

/* By the tens only: units tell equal ones apart. */
static int
compare_tens(const void *a, const void *b)
{
	uintptr_t first = (uintptr_t)a / 10, second = (uintptr_t)b / 10;

	return first < second ? -1 : first > second;
}

START_TEST(a_heap_gives_the_least_first_and_equal_ones_in_their_order)
{
	uint32_t random = 12345;
	unsigned given[MANY / 10] = { 0 };
	uintptr_t last = 0, number;
	size_t i, group;

	init(AW_ITEMS_LEAST, 0, compare_tens);
	for (i = 0; i < MANY / 2; i++) {
		random = random * 1664525 + 1013904223;
		group = (random >> 16) % 20;
		/* The units count how many came before in the group. */
		add(group * 10 + (given[group]++ % 10));
	}
	memset(given, 0, sizeof(given));
	while (items.count > 0) {
		number = take();
		ck_assert_uint_ge(number / 10, last / 10);
		ck_assert_uint_eq(number % 10, given[number / 10]++ % 10);
		last = number;
	}
	aw_items_free(&items);
}
END_TEST

START_TEST(a_heap_can_be_filled_and_emptied_by_turns)
{
	uintptr_t n;

	init(AW_ITEMS_LEAST, 0, compare_tens);
	for (n = 0; n < 30; n++)
		add((30 - n) * 10);
	for (n = 1; n <= 10; n++)
		ck_assert_uint_eq(take(), n * 10);
	add(110);
	add(5);
	ck_assert_uint_eq(take(), 5);
	for (n = 11; n <= 30; n++) {
		ck_assert_uint_eq(take(), n * 10);
		if (n == 11)
			ck_assert_uint_eq(take(), 110);
	}
	ck_assert_uint_eq(items.count, 0);
	aw_items_free(&items);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_ring_keeps_the_order_wherever_it_is_folded_when_it_grows,
		a_ring_that_is_used_for_long_does_not_grow,
		it_never_has_room_for_more_than_the_limit,
		a_stack_gives_the_last_first_also_when_it_grows,
		a_heap_gives_the_least_first_and_equal_ones_in_their_order,
		a_heap_can_be_filled_and_emptied_by_turns,
	};

	return UNIT_RUN("items", tests);
}
