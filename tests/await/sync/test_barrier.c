/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <limits.h>

#include "sync/sync.h"

#define PARTIES 5

static aw_barrier *barrier;
static aw_task *parties[PARTIES];

static void
make_barrier(size_t count)
{
	barrier = aw_barrier_new(count);
	ck_assert_ptr_nonnull(barrier);
}

static void
check_new(void)
{
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	ck_assert(!aw_barrier_broken(barrier));
}

static void
free_barrier(void)
{
	check_new();
	aw_barrier_free(barrier);
}

static void
start_parties(aw_coroutine *coroutine, void *arg)
{
	size_t i;

	for (i = 0; i < PARTIES; i++)
		parties[i] = spawn(coroutine, arg);
}

/* Awaits all of them; each result from 0 to PARTIES - 1 must come once. */
static void
join_numbered_parties(void)
{
	unsigned seen = 0;
	size_t i;
	int number;

	for (i = 0; i < PARTIES; i++) {
		number = join(parties[i]);
		ck_assert_int_ge(number, 0);
		ck_assert_int_lt(number, PARTIES);
		seen |= 1U << number;
	}
	ck_assert_uint_eq(seen, (1U << PARTIES) - 1);
}

TASK_TEST(it_has_from_one_party_to_int_max)
{
	ck_assert_ptr_null(aw_barrier_new(0));
	ck_assert_ptr_null(aw_barrier_new((size_t)INT_MAX + 1));
	ck_assert_ptr_null(aw_barrier_new(SIZE_MAX));
	make_barrier(INT_MAX);
	ck_assert_uint_eq(aw_barrier_parties(barrier), INT_MAX);
	free_barrier();
	make_barrier(1);
	ck_assert_uint_eq(aw_barrier_parties(barrier), 1);
	free_barrier();
	aw_barrier_free(NULL);
}

TASK_TEST(one_of_one_party_lets_each_pass_without_waiting)
{
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);

	make_barrier(1);
	ck_assert_int_eq(aw_barrier_wait(barrier), 0);
	check_new();
	ck_assert_int_eq(aw_barrier_wait(barrier), 0);
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	free_barrier();
}

TASK_TEST(one_party_can_pass_twice_in_two_tasks)
{
	struct call a, b;

	make_barrier(1);
	start_call(&a, "a", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	start_call(&b, "b", wait_at_barrier, barrier);
	turns(1);
	ck_assert_notes("a b");
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_int_eq(join_call(&b), 0);
	free_barrier();
}

TASK_TEST(it_fills_task_by_task)
{
	struct call a, b, c;

	make_barrier(3);
	start_call(&a, "a", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 1);
	start_call(&b, "b", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 2);
	ck_assert_notes("");
	start_call(&c, "c", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	/* The last one does not wait. */
	ck_assert_notes("c");
	turns(1);
	ck_assert_notes("a b");
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_int_eq(join_call(&b), 1);
	ck_assert_int_eq(join_call(&c), 2);
	free_barrier();
}

TASK_TEST(each_party_gets_a_number_of_its_own)
{
	make_barrier(PARTIES);
	start_parties(wait_at_barrier, barrier);
	join_numbered_parties();
	free_barrier();
}

static unsigned first_passes, second_passes;

static int
pass_twice(void *arg)
{
	int number;

	(void)arg;
	number = aw_barrier_wait(barrier);
	ck_assert_int_ge(number, 0);
	first_passes++;
	number = aw_barrier_wait(barrier);
	/* Nobody comes to the second round before all are in it. */
	ck_assert_uint_eq(first_passes, PARTIES);
	second_passes++;
	return number;
}

TASK_TEST(it_can_be_passed_again_and_again)
{
	make_barrier(PARTIES);
	start_parties(pass_twice, NULL);
	join_numbered_parties();
	ck_assert_uint_eq(first_passes, PARTIES);
	ck_assert_uint_eq(second_passes, PARTIES);
	free_barrier();
}

static unsigned left;

static int
pass_and_come_again(void *arg)
{
	int number = aw_barrier_wait(barrier);

	(void)arg;
	ck_assert_int_ge(number, 0);
	/* Those who come again are kept out until the last one has left. */
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 0);
	left++;
	number = aw_barrier_wait(barrier);
	ck_assert_uint_eq(left, PARTIES);
	return number;
}

TASK_TEST(who_comes_while_others_leave_is_kept_out_until_all_have_left)
{
	make_barrier(PARTIES);
	start_parties(pass_and_come_again, NULL);
	turns(2);
	ck_assert_uint_eq(left, PARTIES);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 1);
	join_numbered_parties();
	free_barrier();
}

static aw_barrier *others;

static int
come_again_in_two_groups(void *arg)
{
	static unsigned again = 2;

	(void)arg;
	ck_assert_int_ge(aw_barrier_wait(barrier), 0);
	if (again > 0)
		again--;
	else
		ck_assert_int_ge(aw_barrier_wait(others), 0);
	return aw_barrier_wait(barrier);
}

TASK_TEST(some_may_come_again_while_others_wait_elsewhere)
{
	make_barrier(PARTIES);
	others = aw_barrier_new(PARTIES - 2);
	start_parties(come_again_in_two_groups, NULL);
	join_numbered_parties();
	aw_barrier_free(others);
	free_barrier();
}

/* ------------------------------------------------------------ cancellation */

TASK_TEST(a_cancelled_party_does_not_count)
{
	struct call a, b, c, d;

	make_barrier(3);
	start_call(&a, "a", wait_at_barrier, barrier);
	start_call(&b, "b", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 2);
	ck_assert(aw_cancel(a.task));
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 1);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	start_call(&c, "c", wait_at_barrier, barrier);
	turns(1);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 2);
	start_call(&d, "d", wait_at_barrier, barrier);
	ck_assert_int_ge(join_call(&b), 0);
	ck_assert_int_ge(join_call(&c), 0);
	ck_assert_int_ge(join_call(&d), 0);
	ck_assert_notes("a! d b c");
	free_barrier();
}

TASK_TEST(the_others_pass_if_one_is_cancelled_after_all_have_come)
{
	struct call a, b, c;

	make_barrier(3);
	start_call(&a, "a", wait_at_barrier, barrier);
	start_call(&b, "b", wait_at_barrier, barrier);
	turns(1);
	start_call(&c, "c", wait_at_barrier, barrier);
	turns(1);
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_call(&b), 1);
	ck_assert_int_eq(join_call(&c), 2);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_notes("c a! b");
	free_barrier();
}

TASK_TEST(who_is_kept_out_can_be_cancelled)
{
	struct call a, b, kept_out;

	make_barrier(2);
	start_call(&a, "a", wait_at_barrier, barrier);
	start_call(&b, "b", wait_at_barrier, barrier);
	start_call(&kept_out, "kept-out", wait_at_barrier, barrier);
	call_soon(cancel_callback, kept_out.task);
	turns(2);
	ck_assert_notes("b a kept-out!");
	ck_assert_int_eq(join_call(&kept_out), -ECANCELED);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_int_eq(join_call(&b), 1);
	free_barrier();
}

LOOP_TEST(only_a_task_can_wait_at_it)
{
	ck_assert(!aw_loop_is_running(loop));
	make_barrier(1);
	ck_assert_int_eq(aw_barrier_wait(barrier), AW_ENOTASK);
	free_barrier();
}

static int
wait_from_elsewhere(void *arg)
{
	(void)arg;
	ck_assert_int_eq(aw_barrier_wait(barrier), AW_EWRONGLOOP);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	struct call a;

	make_barrier(3);
	start_call(&a, "a", wait_at_barrier, barrier);
	turns(1);
	in_other_loop(wait_from_elsewhere, NULL);
	ck_assert_uint_eq(aw_barrier_n_waiting(barrier), 1);
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	take_notes();
	free_barrier();
}

int
main(void)
{
	const TTest *const tests[] = {
		it_has_from_one_party_to_int_max,
		one_of_one_party_lets_each_pass_without_waiting,
		one_party_can_pass_twice_in_two_tasks,
		it_fills_task_by_task,
		each_party_gets_a_number_of_its_own,
		it_can_be_passed_again_and_again,
		who_comes_while_others_leave_is_kept_out_until_all_have_left,
		some_may_come_again_while_others_wait_elsewhere,
		a_cancelled_party_does_not_count,
		the_others_pass_if_one_is_cancelled_after_all_have_come,
		who_is_kept_out_can_be_cancelled,
		only_a_task_can_wait_at_it,
		it_belongs_to_the_loop_where_a_task_first_waited,
	};

	return UNIT_RUN("barrier", tests);
}
