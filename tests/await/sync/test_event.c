/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "sync/sync.h"

TASK_TEST(setting_it_wakes_all_that_wait)
{
	aw_event *event = aw_event_new();
	struct call a, b, c;

	ck_assert(!aw_event_is_set(event));
	start_call(&a, "a", wait_for_event, event);
	start_call(&b, "b", wait_for_event, event);
	turns(1);
	ck_assert_notes("");
	start_call(&c, "c", wait_for_event, event);
	aw_event_set(event);
	turns(1);
	/* c had not begun to wait, and does not have to. */
	ck_assert_notes("c a b");
	ck_assert_int_eq(join_call(&a) | join_call(&b) | join_call(&c), 0);
	aw_event_free(event);
}

TASK_TEST(nobody_waits_for_what_is_set)
{
	aw_event *event = aw_event_new();
	struct plan plan = { "other", -1, 0, 0 };
	aw_task *other = spawn(carry_out, &plan);

	aw_event_set(event);
	ck_assert(aw_event_is_set(event));
	ck_assert_int_eq(aw_event_wait(event), 0);
	ck_assert_int_eq(aw_event_wait(event), 0);
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	take_notes();
	aw_event_free(event);
}

TASK_TEST(a_cancelled_waiter_leaves_the_others)
{
	aw_event *event = aw_event_new();
	struct call a, b;

	start_call(&a, "a", wait_for_event, event);
	start_call(&b, "b", wait_for_event, event);
	call_soon(cancel_callback, a.task);
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(!aw_event_is_set(event));
	aw_event_set(event);
	ck_assert_int_eq(join_call(&b), 0);
	ck_assert_notes("a! b");
	aw_event_free(event);
}

TASK_TEST(a_waiter_cancelled_after_it_was_woken_is_cancelled)
{
	aw_event *event = aw_event_new();
	struct call a;

	start_call(&a, "a", wait_for_event, event);
	turns(1);
	aw_event_set(event);
	ck_assert(aw_cancel(a.task));
	ck_assert_int_eq(join_call(&a), -ECANCELED);
	ck_assert(aw_event_is_set(event));
	ck_assert_notes("a!");
	aw_event_free(event);
}

TASK_TEST(clear_takes_it_back)
{
	aw_event *event = aw_event_new();

	aw_event_clear(event);
	ck_assert(!aw_event_is_set(event));
	aw_event_set(event);
	ck_assert(aw_event_is_set(event));
	aw_event_clear(event);
	ck_assert(!aw_event_is_set(event));
	aw_event_free(event);
}

TASK_TEST(who_was_woken_returns_even_if_it_is_cleared_at_once)
{
	aw_event *event = aw_event_new();
	struct call a, b;

	start_call(&a, "a", wait_for_event, event);
	turns(1);
	ck_assert_notes("");
	aw_event_set(event);
	aw_event_clear(event);
	ck_assert(!aw_event_is_set(event));
	start_call(&b, "b", wait_for_event, event);
	turns(1);
	ck_assert_notes("a");
	ck_assert_int_eq(join_call(&a), 0);
	aw_event_set(event);
	aw_event_set(event);
	ck_assert_int_eq(join_call(&b), 0);
	ck_assert_notes("b");
	aw_event_free(event);
}

TASK_TEST(it_may_go_once_all_have_been_woken)
{
	aw_event *event = aw_event_new();
	struct call a, b;

	start_call(&a, "a", wait_for_event, event);
	start_call(&b, "b", wait_for_event, event);
	turns(1);
	aw_event_set(event);
	aw_event_free(event);
	ck_assert_int_eq(join_call(&a) | join_call(&b), 0);
	ck_assert_notes("a b");
}

static void
set_event(void *event)
{
	aw_event_set(event);
}

TASK_TEST(a_callback_of_the_loop_may_set_it)
{
	aw_event *event = aw_event_new();

	call_soon(set_event, event);
	ck_assert_int_eq(aw_event_wait(event), 0);
	aw_event_free(event);
}

LOOP_TEST(only_a_task_can_wait_for_it)
{
	aw_event *event = aw_event_new();

	ck_assert(!aw_loop_is_running(loop));
	ck_assert_int_eq(aw_event_wait(event), AW_ENOTASK);
	aw_event_set(event);
	ck_assert_int_eq(aw_event_wait(event), AW_ENOTASK);
	aw_event_free(event);
	aw_event_free(NULL);
}

static int
wait_from_elsewhere(void *event)
{
	ck_assert_int_eq(aw_event_wait(event), AW_EWRONGLOOP);
	return 0;
}

TASK_TEST(it_belongs_to_the_loop_where_a_task_first_waited)
{
	aw_event *event = aw_event_new();
	struct call a;

	start_call(&a, "a", wait_for_event, event);
	turns(1);
	in_other_loop(wait_from_elsewhere, event);
	aw_event_set(event);
	ck_assert_int_eq(join_call(&a), 0);
	ck_assert_notes("a");
	aw_event_free(event);
}

int
main(void)
{
	const TTest *const tests[] = {
		setting_it_wakes_all_that_wait,
		nobody_waits_for_what_is_set,
		a_cancelled_waiter_leaves_the_others,
		a_waiter_cancelled_after_it_was_woken_is_cancelled,
		clear_takes_it_back,
		who_was_woken_returns_even_if_it_is_cleared_at_once,
		it_may_go_once_all_have_been_woken,
		a_callback_of_the_loop_may_set_it,
		only_a_task_can_wait_for_it,
		it_belongs_to_the_loop_where_a_task_first_waited,
	};

	return UNIT_RUN("event", tests);
}
