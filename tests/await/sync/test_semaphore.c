/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>

#include "sync/sync.h"

static void
acquire(aw_semaphore *semaphore)
{
	ck_assert_int_eq(aw_semaphore_acquire(semaphore), 0);
}

static void
release(void *semaphore)
{
	ck_assert_int_eq(aw_semaphore_release(semaphore), 0);
}

TASK_TEST(one_without_places_lets_nobody_in)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a;

	ck_assert(aw_semaphore_locked(semaphore));
	start_call(&a, "a", acquire_semaphore, semaphore);
	turns(3);
	ck_assert_notes("");
	release(semaphore);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_notes("a");
	aw_semaphore_free(semaphore);
}

TASK_TEST(a_free_place_is_taken_without_waiting)
{
	aw_semaphore *semaphore = aw_semaphore_new(2);
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);

	ck_assert(!aw_semaphore_locked(semaphore));
	acquire(semaphore);
	ck_assert(!aw_semaphore_locked(semaphore));
	acquire(semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	aw_semaphore_free(semaphore);
}

TASK_TEST(a_place_nobody_waits_for_is_free_once_it_is_released)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);

	acquire(semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	release(semaphore);
	ck_assert(!aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

TASK_TEST(as_many_get_in_as_there_are_places)
{
	aw_semaphore *semaphore = aw_semaphore_new(3);
	struct call a, b, c, d;

	acquire(semaphore);
	acquire(semaphore);
	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "b", acquire_semaphore, semaphore);
	start_call(&c, "c", acquire_semaphore, semaphore);
	turns(1);
	ck_assert_notes("a");
	ck_assert(aw_semaphore_locked(semaphore));
	start_call(&d, "d", acquire_semaphore, semaphore);
	release(semaphore);
	release(semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	turns(1);
	ck_assert_notes("b c");
	ck_assert(aw_semaphore_locked(semaphore));
	release(semaphore);
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c) |
	    join_call(&d), 0);
	ck_assert_notes("d");
	aw_semaphore_free(semaphore);
}

TASK_TEST(an_unbounded_one_may_be_released_more_often)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);

	release(semaphore);
	release(semaphore);
	acquire(semaphore);
	acquire(semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

TASK_TEST(a_bounded_one_may_not)
{
	aw_semaphore *semaphore = aw_bounded_semaphore_new(1);

	ck_assert_int_eq(aw_semaphore_release(semaphore), AW_EINVALIDSTATE);
	acquire(semaphore);
	release(semaphore);
	ck_assert_int_eq(aw_semaphore_release(semaphore), AW_EINVALIDSTATE);
	acquire(semaphore);
	ck_assert(aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
	aw_semaphore_free(NULL);
}

TASK_TEST(a_bounded_one_of_none_can_never_be_released)
{
	aw_semaphore *semaphore = aw_bounded_semaphore_new(0);

	ck_assert(aw_semaphore_locked(semaphore));
	ck_assert_int_eq(aw_semaphore_release(semaphore), AW_EINVALIDSTATE);
	ck_assert(aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

/* ------------------------------------------------------------------- order */

struct visitor {
	aw_semaphore *semaphore;
	const char *name;
};

static int
visit_twice(void *arg)
{
	struct visitor *visitor = arg;
	char word[16];
	int i;

	for (i = 1; i <= 2; i++) {
		acquire(visitor->semaphore);
		snprintf(word, sizeof(word), "%s%d", visitor->name, i);
		note(word);
		turns(2);
		release(visitor->semaphore);
	}
	return 0;
}

TASK_TEST(who_comes_again_goes_to_the_end)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	struct visitor visitors[] = { { semaphore, "a" }, { semaphore, "b" },
	    { semaphore, "c" } };
	aw_task *a = spawn(visit_twice, &visitors[0]),
	    *b = spawn(visit_twice, &visitors[1]),
	    *c = spawn(visit_twice, &visitors[2]);

	ck_assert_int_eq(join(a) | join(b) | join(c), 0);
	ck_assert_notes("a1 b1 c1 a2 b2 c2");
	aw_semaphore_free(semaphore);
}

static int
acquire_release_acquire(void *semaphore)
{
	acquire(semaphore);
	note("b");
	release(semaphore);
	return aw_semaphore_acquire(semaphore);
}

TASK_TEST(who_acquires_again_at_once_goes_to_the_end)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	struct call a, b, c;

	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "again", acquire_release_acquire, semaphore);
	start_call(&c, "c", acquire_semaphore, semaphore);
	turns(1);
	release(semaphore);
	release(semaphore);
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c), 0);
	ck_assert_notes("a b c again");
	aw_semaphore_free(semaphore);
}

TASK_TEST(cancelled_waiters_are_passed_over)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a, b, c;

	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "b", acquire_semaphore, semaphore);
	start_call(&c, "c", acquire_semaphore, semaphore);
	turns(1);
	ck_assert(aw_cancel(a.task));
	turns(1);
	release(semaphore);
	release(semaphore);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b) | join_call(&c), 0);
	ck_assert_notes("a! b c");
	aw_semaphore_free(semaphore);
}

static int
release_three_and_acquire(void *semaphore)
{
	release(semaphore);
	release(semaphore);
	release(semaphore);
	/* Two places are free, but who was woken for the third comes first. */
	ck_assert(aw_semaphore_locked(semaphore));
	return aw_semaphore_acquire(semaphore);
}

static struct call fourth;

static int
return_at_once(void *arg)
{
	(void)arg;
	return 0;
}

static int
acquire_and_start_another(void *semaphore)
{
	acquire(semaphore);
	start_call(&fourth, "d", return_at_once, NULL);
	return 0;
}

TASK_TEST(those_behind_one_who_was_woken_are_woken_by_that_one)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a, b, c;

	start_call(&a, "a", acquire_and_start_another, semaphore);
	start_call(&b, "b", release_three_and_acquire, semaphore);
	start_call(&c, "c", acquire_semaphore, semaphore);
	turns(1);
	ck_assert_notes("");
	turns(1);
	ck_assert_notes("a");
	ck_assert_int_eq(join_call(&b) | join_call(&c), 0);
	ck_assert_int_eq(join_call(&fourth), 0);
	ck_assert_notes("b c d");
	ck_assert(aw_semaphore_locked(semaphore));
	ck_assert_int_eq(join_call(&a), 0);
	aw_semaphore_free(semaphore);
}

/* ------------------------------------------------------------ cancellation */

TASK_TEST(a_cancelled_waiter_does_not_get_in)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	struct call a;

	acquire(semaphore);
	start_call(&a, "a", acquire_semaphore, semaphore);
	call_soon(cancel_callback, a.task);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_notes("a!");
	release(semaphore);
	ck_assert(!aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

TASK_TEST(waiters_cancelled_just_before_are_passed_over)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a, b, c, d;

	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "b", acquire_semaphore, semaphore);
	start_call(&c, "c", acquire_semaphore, semaphore);
	start_call(&d, "d", acquire_semaphore, semaphore);
	turns(1);
	ck_assert(aw_cancel(a.task) && aw_cancel(b.task));
	release(semaphore);
	turns(2);
	ck_assert_notes("a! b! c");
	ck_assert(!aw_future_done(d.task));
	ck_assert(aw_cancel(d.task));
	ck_assert_int_eq(join_call(&d), -ECANCELED);
	ck_assert_int_eq(join_call(&c), 0);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b), -ECANCELED);
	take_notes();
	aw_semaphore_free(semaphore);
}

TASK_TEST(the_place_goes_to_the_next_if_the_first_is_cancelled)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a, b;

	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "b", acquire_semaphore, semaphore);
	turns(1);
	ck_assert(aw_cancel(a.task));
	release(semaphore);
	turns(2);
	ck_assert(aw_semaphore_locked(semaphore));
	ck_assert_notes("a! b");
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b), 0);
	aw_semaphore_free(semaphore);
}

TASK_TEST(a_waiter_cancelled_after_it_was_woken_passes_the_place_on)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a, b;

	start_call(&a, "a", acquire_semaphore, semaphore);
	start_call(&b, "b", acquire_semaphore, semaphore);
	turns(1);
	release(semaphore);
	ck_assert(aw_cancel(a.task));
	turns(2);
	ck_assert_notes("a! b");
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert_int_eq(join_call(&b), 0);
	ck_assert(aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

static int
enter_and_cancel(void *arg)
{
	struct call *other = arg;

	acquire(other->object);
	turns(1);
	release(other->object);
	ck_assert(aw_cancel(other->task));
	return 0;
}

TASK_TEST(it_is_free_after_who_was_woken_for_it_was_cancelled)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);
	struct call a, b;
	aw_timeout *timeout;

	start_call(&a, "a", enter_and_cancel, &b);
	start_call(&b, "b", acquire_semaphore, semaphore);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_int_eq(join_call(&b), -ECANCELED);
	ck_assert_notes("a b!");
	ck_assert_int_eq(aw_timeout_enter(1, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout,
	    aw_semaphore_acquire(semaphore)), 0);
	aw_semaphore_free(semaphore);
}

LOOP_TEST(only_a_task_can_acquire_it)
{
	aw_semaphore *semaphore = aw_semaphore_new(1);

	ck_assert(!aw_loop_is_running(loop));
	ck_assert_int_eq(aw_semaphore_acquire(semaphore), AW_ENOTASK);
	ck_assert(!aw_semaphore_locked(semaphore));
	aw_semaphore_free(semaphore);
}

static int
acquire_from_elsewhere(void *semaphore)
{
	ck_assert_int_eq(aw_semaphore_acquire(semaphore), AW_EWRONGLOOP);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	aw_semaphore *semaphore = aw_semaphore_new(0);
	struct call a;

	start_call(&a, "a", acquire_semaphore, semaphore);
	turns(1);
	in_other_loop(acquire_from_elsewhere, semaphore);
	release(semaphore);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_notes("a");
	aw_semaphore_free(semaphore);
}

int
main(void)
{
	const TTest *const tests[] = {
		one_without_places_lets_nobody_in,
		a_free_place_is_taken_without_waiting,
		a_place_nobody_waits_for_is_free_once_it_is_released,
		as_many_get_in_as_there_are_places,
		an_unbounded_one_may_be_released_more_often,
		a_bounded_one_may_not,
		a_bounded_one_of_none_can_never_be_released,
		who_comes_again_goes_to_the_end,
		who_acquires_again_at_once_goes_to_the_end,
		cancelled_waiters_are_passed_over,
		those_behind_one_who_was_woken_are_woken_by_that_one,
		a_cancelled_waiter_does_not_get_in,
		waiters_cancelled_just_before_are_passed_over,
		the_place_goes_to_the_next_if_the_first_is_cancelled,
		a_waiter_cancelled_after_it_was_woken_passes_the_place_on,
		it_is_free_after_who_was_woken_for_it_was_cancelled,
		only_a_task_can_acquire_it,
		it_belongs_to_the_loop_where_a_task_first_waited,
	};

	return UNIT_RUN("semaphore", tests);
}
