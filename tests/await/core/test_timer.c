/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/timer.h"
#include "unit.h"

#define TIMERS 500

static struct aw_timer_heap heap;
static struct aw_timer timers[TIMERS];

static void
add(int i, int64_t when)
{
	timers[i].when = when;
	ck_assert_int_eq(aw_timer_heap_add(&heap, &timers[i]), 0);
}

static struct aw_timer *
take(void)
{
	struct aw_timer *first = aw_timer_heap_first(&heap);

	ck_assert_ptr_nonnull(first);
	aw_timer_heap_remove(&heap, first);
	return first;
}

/* The heap against a plain list, kept in the order it should have. */
static struct aw_timer *list[TIMERS];
static size_t listed;

static void
list_insert(struct aw_timer *timer)
{
	size_t at = listed++;

	for (; at > 0 && list[at - 1]->when > timer->when; at--)
		list[at] = list[at - 1];
	list[at] = timer;
}

static struct aw_timer *
list_remove(size_t at)
{
	struct aw_timer *timer = list[at];

	for (listed--; at < listed; at++)
		list[at] = list[at + 1];
	return timer;
}

START_TEST(an_empty_heap_has_no_first_timer)
{
	ck_assert_ptr_null(aw_timer_heap_first(&heap));
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(timers_come_in_the_order_of_their_times)
{
	int i;

	for (i = 0; i < TIMERS; i++)
		add(i, (i * 7919) % TIMERS);
	for (i = 0; i < TIMERS; i++)
		ck_assert_int_eq(take()->when, i);
	ck_assert_ptr_null(aw_timer_heap_first(&heap));
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(equal_times_come_in_the_order_in_which_they_were_added)
{
	int i;

	for (i = 0; i < TIMERS; i++)
		add(i, i % 5);
	for (i = 0; i < TIMERS; i++)
		ck_assert_ptr_eq(take(),
		    &timers[i * 5 % TIMERS + i * 5 / TIMERS]);
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(extreme_times_are_ordered_too)
{
	add(0, INT64_MAX);
	add(1, 0);
	add(2, INT64_MIN);
	add(3, INT64_MAX - 1);
	ck_assert_ptr_eq(take(), &timers[2]);
	ck_assert_ptr_eq(take(), &timers[1]);
	ck_assert_ptr_eq(take(), &timers[3]);
	ck_assert_ptr_eq(take(), &timers[0]);
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(a_timer_can_be_removed_from_anywhere)
{
	int removed, i;

	for (removed = 0; removed < 50; removed++) {
		for (i = 0; i < 50; i++)
			add(i, i * 31 % 50);
		aw_timer_heap_remove(&heap, &timers[removed]);
		for (i = 0; i < 50; i++) {
			if (i == removed * 31 % 50)
				continue;
			ck_assert_int_eq(take()->when, i);
		}
		ck_assert_ptr_null(aw_timer_heap_first(&heap));
	}
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(a_removed_timer_can_be_added_again)
{
	add(0, 5);
	add(1, 6);
	aw_timer_heap_remove(&heap, &timers[0]);
	add(0, 7);
	ck_assert_ptr_eq(take(), &timers[1]);
	ck_assert_ptr_eq(take(), &timers[0]);
	aw_timer_heap_free(&heap);
}
END_TEST

START_TEST(a_freed_heap_can_be_used_again)
{
	add(0, 1);
	aw_timer_heap_free(&heap);
	ck_assert_ptr_null(aw_timer_heap_first(&heap));
	add(1, 2);
	ck_assert_ptr_eq(take(), &timers[1]);
	aw_timer_heap_free(&heap);
}
END_TEST

/* One step of the random walk; times are few, so that ties are many. */
static void
add_or_remove(bool *in_heap)
{
	int i = rand() % TIMERS;
	size_t at;

	if (!in_heap[i]) {
		add(i, rand() % 40);
		list_insert(&timers[i]);
	} else {
		for (at = 0; list[at] != &timers[i]; at++)
			;
		aw_timer_heap_remove(&heap, list_remove(at));
	}
	in_heap[i] = !in_heap[i];
}

START_TEST(it_agrees_with_a_sorted_list_through_random_changes)
{
	bool in_heap[TIMERS] = { false };
	int step;

	srand((unsigned)_i + 1);
	for (step = 0; step < 5000; step++) {
		add_or_remove(in_heap);
		if (aw_timer_heap_first(&heap) !=
		    (listed > 0 ? list[0] : NULL))
			ck_abort_msg("another first timer at step %d", step);
	}
	while (listed > 0)
		ck_assert_ptr_eq(take(), list_remove(0));
	ck_assert_ptr_null(aw_timer_heap_first(&heap));
	aw_timer_heap_free(&heap);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_heap_has_no_first_timer,
		timers_come_in_the_order_of_their_times,
		equal_times_come_in_the_order_in_which_they_were_added,
		extreme_times_are_ordered_too,
		a_timer_can_be_removed_from_anywhere,
		a_removed_timer_can_be_added_again,
		a_freed_heap_can_be_used_again,
		it_agrees_with_a_sorted_list_through_random_changes,
	};

	return UNIT_RUN("timer", tests);
}
