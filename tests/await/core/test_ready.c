/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/ready.h"
#include "unit.h"

#define ENTRIES 64

static struct aw_ready entries[ENTRIES];

static void
push(struct aw_ready_ring *ring, int from, int to)
{
	for (; from < to; from++)
		aw_ready_push(ring, &entries[from]);
}

static void
check_pops(struct aw_ready_ring *ring, int from, int to)
{
	for (; from < to; from++) {
		ck_assert(!aw_ready_is_empty(ring));
		ck_assert_ptr_eq(aw_ready_pop(ring), &entries[from]);
	}
}

START_TEST(a_ring_starts_empty)
{
	struct aw_ready_ring ring = { NULL };

	ck_assert(aw_ready_is_empty(&ring));
}
END_TEST

START_TEST(first_come_is_first_served)
{
	struct aw_ready_ring ring = { NULL };

	push(&ring, 0, ENTRIES);
	check_pops(&ring, 0, ENTRIES);
	ck_assert(aw_ready_is_empty(&ring));
}
END_TEST

START_TEST(an_entry_can_be_pushed_again_once_it_was_taken)
{
	struct aw_ready_ring ring = { NULL };
	int i;

	for (i = 0; i < 3; i++) {
		push(&ring, 0, 1);
		check_pops(&ring, 0, 1);
		ck_assert(aw_ready_is_empty(&ring));
	}
}
END_TEST

START_TEST(appended_entries_come_after_those_that_were_there)
{
	struct aw_ready_ring to = { NULL }, from = { NULL };

	push(&to, 0, 3);
	push(&from, 3, 7);
	aw_ready_append(&to, &from);
	ck_assert(aw_ready_is_empty(&from));
	check_pops(&to, 0, 7);
	ck_assert(aw_ready_is_empty(&to));
}
END_TEST

START_TEST(appending_to_an_empty_ring_moves_all)
{
	struct aw_ready_ring to = { NULL }, from = { NULL };

	push(&from, 0, 2);
	aw_ready_append(&to, &from);
	push(&to, 2, 3);
	check_pops(&to, 0, 3);
	ck_assert(aw_ready_is_empty(&to));
}
END_TEST

START_TEST(appending_an_empty_ring_changes_nothing)
{
	struct aw_ready_ring to = { NULL }, from = { NULL };

	aw_ready_append(&to, &from);
	ck_assert(aw_ready_is_empty(&to));
	push(&to, 0, 2);
	aw_ready_append(&to, &from);
	check_pops(&to, 0, 2);
	ck_assert(aw_ready_is_empty(&to));
}
END_TEST

/* Entries leave in the order of their indices, whatever is done in between. */
START_TEST(order_is_kept_through_any_mix_of_pushing_and_taking)
{
	struct aw_ready_ring ring = { NULL };
	unsigned pushed = 0, popped = 0;

	srand(1);
	while (popped < 10000) {
		if (pushed - popped < ENTRIES && rand() % 2 == 0) {
			aw_ready_push(&ring, &entries[pushed++ % ENTRIES]);
		} else if (pushed > popped) {
			ck_assert_ptr_eq(aw_ready_pop(&ring),
			    &entries[popped++ % ENTRIES]);
		}
		ck_assert_int_eq(aw_ready_is_empty(&ring), pushed == popped);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_ring_starts_empty,
		first_come_is_first_served,
		an_entry_can_be_pushed_again_once_it_was_taken,
		appended_entries_come_after_those_that_were_there,
		appending_to_an_empty_ring_moves_all,
		appending_an_empty_ring_changes_nothing,
		order_is_kept_through_any_mix_of_pushing_and_taking,
	};

	return UNIT_RUN("ready", tests);
}
