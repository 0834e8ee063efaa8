/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Barriers that are reset or aborted.
 */
#include <errno.h>

#include "sync/sync.h"

#define PARTIES 5
#define HALF (PARTIES / 2)

static aw_barrier *barrier;
static aw_task *parties[PARTIES];
/* What became of the parties. */
static unsigned passed, broken, broken_later, finished;

static void
make_barrier(void)
{
	barrier = aw_barrier_new(PARTIES);
	ck_assert_ptr_nonnull(barrier);
	passed = broken = broken_later = finished = 0;
}

static void
start_parties(aw_coroutine *coroutine, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		parties[i] = spawn(coroutine, NULL);
}

static void
join_parties(size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		ck_assert_int_eq(join(parties[i]), 0);
}

static void
run_parties(aw_coroutine *coroutine)
{
	make_barrier();
	start_parties(coroutine, PARTIES);
	join_parties(PARTIES);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
}

/* Waits, which must not fail. */
static int
pass(aw_barrier *at)
{
	int number = aw_barrier_wait(at);

	ck_assert_int_ge(number, 0);
	return number;
}

static bool
breaks(aw_barrier *at)
{
	int result = aw_barrier_wait(at);

	if (result < 0)
		ck_assert_int_eq(result, AW_EBROKENBARRIER);
	return result < 0;
}

/* The barrier is as a new one: all can pass. */
static int
pass_once(void *arg)
{
	(void)arg;
	pass(barrier);
	return 0;
}

static void
check_as_new(void)
{
	ck_assert(!aw_barrier_broken(barrier));
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	start_parties(pass_once, PARTIES);
	join_parties(PARTIES);
	aw_barrier_free(barrier);
}

static int
wait_once(void *arg)
{
	(void)arg;
	broken += breaks(barrier);
	return 0;
}

TASK_TEST(a_reset_of_one_nobody_waits_at_changes_nothing)
{
	make_barrier();
	aw_barrier_reset(barrier);
	check_as_new();
}

TASK_TEST(a_reset_breaks_the_waits)
{
	make_barrier();
	start_parties(wait_once, PARTIES - 1);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), PARTIES - 1);
	aw_barrier_reset(barrier);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	join_parties(PARTIES - 1);
	ck_assert_uint_eq(broken, PARTIES - 1);
	check_as_new();
}

static int
leave_and_reset(void *arg)
{
	(void)arg;
	if (breaks(barrier))
		broken++;
	else if (++passed == PARTIES - HALF)
		aw_barrier_reset(barrier);
	return 0;
}

TASK_TEST(a_reset_breaks_the_waits_of_those_who_have_yet_to_leave)
{
	run_parties(leave_and_reset);
	ck_assert_uint_eq(broken, HALF);
	ck_assert_uint_eq(passed, PARTIES - HALF);
	check_as_new();
}

static int
come_again_or_reset(void *arg)
{
	(void)arg;
	if (breaks(barrier)) {
		broken++;
	} else if (++passed > HALF) {
		aw_barrier_reset(barrier);
	} else {
		/* Kept out while the others leave, so the reset spares it. */
		broken_later += breaks(barrier);
		return 0;
	}
	pass(barrier);
	return 0;
}

TASK_TEST(a_reset_spares_those_who_are_kept_out)
{
	run_parties(come_again_or_reset);
	ck_assert_uint_eq(broken, HALF);
	ck_assert_uint_eq(passed, PARTIES - HALF);
	ck_assert_uint_eq(broken_later, 0);
	check_as_new();
}

static int
wait_and_wait_again(void *arg)
{
	(void)arg;
	broken += breaks(barrier);
	pass(barrier);
	passed++;
	return 0;
}

TASK_TEST(whose_wait_was_broken_can_wait_again)
{
	make_barrier();
	start_parties(wait_and_wait_again, PARTIES - 1);
	turns(1);
	aw_barrier_reset(barrier);
	turns(2);
	ck_assert_uint_eq(broken, PARTIES - 1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), PARTIES - 1);
	pass(barrier);
	join_parties(PARTIES - 1);
	ck_assert_uint_eq(passed, PARTIES - 1);
	check_as_new();
}

static int
reset_as_the_last(void *arg)
{
	(void)arg;
	pass(barrier);
	if (++passed == PARTIES)
		aw_barrier_reset(barrier);
	broken += breaks(barrier);
	pass(barrier);
	finished++;
	return 0;
}

TASK_TEST(a_reset_after_all_have_left_breaks_no_wait)
{
	run_parties(reset_as_the_last);
	ck_assert_uint_eq(broken, 0);
	ck_assert_uint_eq(finished, PARTIES);
	check_as_new();
}

/* ------------------------------------------------------------------- abort */

TASK_TEST(an_aborted_one_is_broken_until_it_is_reset)
{
	make_barrier();
	aw_barrier_abort(barrier);
	ck_assert(aw_barrier_broken(barrier));
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	ck_assert_int_eq(aw_barrier_wait(barrier), AW_EBROKENBARRIER);
	ck_assert_int_eq(aw_barrier_wait(barrier), AW_EBROKENBARRIER);
	aw_barrier_reset(barrier);
	check_as_new();
}

TASK_TEST(an_abort_breaks_the_waits)
{
	make_barrier();
	start_parties(wait_once, PARTIES - 1);
	turns(1);
	aw_barrier_abort(barrier);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	join_parties(PARTIES - 1);
	ck_assert_uint_eq(broken, PARTIES - 1);
	ck_assert(aw_barrier_broken(barrier));
	aw_barrier_free(barrier);
}

TASK_TEST(a_reset_at_once_after_an_abort_breaks_the_waits_as_well)
{
	make_barrier();
	start_parties(wait_once, PARTIES - 1);
	turns(1);
	aw_barrier_abort(barrier);
	aw_barrier_reset(barrier);
	join_parties(PARTIES - 1);
	ck_assert_uint_eq(broken, PARTIES - 1);
	check_as_new();
}

static int
come_again_or_abort(void *arg)
{
	(void)arg;
	if (breaks(barrier))
		broken++;
	else if (++passed > HALF)
		aw_barrier_abort(barrier);
	else
		broken_later += breaks(barrier);
	return 0;
}

TASK_TEST(an_abort_breaks_the_waits_of_those_inside_and_outside)
{
	run_parties(come_again_or_abort);
	ck_assert(aw_barrier_broken(barrier));
	ck_assert_uint_eq(broken, HALF);
	ck_assert_uint_eq(broken_later, PARTIES - HALF - 1);
	aw_barrier_free(barrier);
}

static int
abort_by_number(void *arg)
{
	int number = aw_barrier_wait(barrier);

	(void)arg;
	if (number == AW_EBROKENBARRIER)
		broken++;
	else if (number == HALF)
		aw_barrier_abort(barrier);
	else
		broken += breaks(barrier);
	return 0;
}

TASK_TEST(a_party_that_fails_can_abort_it_for_the_others)
{
	run_parties(abort_by_number);
	ck_assert(aw_barrier_broken(barrier));
	ck_assert_uint_eq(broken, PARTIES - 1);
	aw_barrier_free(barrier);
}

static aw_barrier *meeting;

static int
abort_and_reset(void *arg)
{
	abort_by_number(arg);
	/* All have left it when it is reset, and none comes before that. */
	if (pass(meeting) == HALF)
		aw_barrier_reset(barrier);
	pass(meeting);
	pass(barrier);
	finished++;
	return 0;
}

TASK_TEST(after_an_abort_it_can_be_reset_and_used_by_all)
{
	meeting = aw_barrier_new(PARTIES);
	run_parties(abort_and_reset);
	ck_assert(!aw_barrier_broken(barrier));
	ck_assert_uint_eq(broken, PARTIES - 1);
	ck_assert_uint_eq(finished, PARTIES);
	aw_barrier_free(meeting);
	check_as_new();
}

int
main(void)
{
	const TTest *const tests[] = {
		a_reset_of_one_nobody_waits_at_changes_nothing,
		a_reset_breaks_the_waits,
		a_reset_breaks_the_waits_of_those_who_have_yet_to_leave,
		a_reset_spares_those_who_are_kept_out,
		whose_wait_was_broken_can_wait_again,
		a_reset_after_all_have_left_breaks_no_wait,
		an_aborted_one_is_broken_until_it_is_reset,
		an_abort_breaks_the_waits,
		a_reset_at_once_after_an_abort_breaks_the_waits_as_well,
		an_abort_breaks_the_waits_of_those_inside_and_outside,
		a_party_that_fails_can_abort_it_for_the_others,
		after_an_abort_it_can_be_reset_and_used_by_all,
	};

	return UNIT_RUN("barrier_reset", tests);
}
