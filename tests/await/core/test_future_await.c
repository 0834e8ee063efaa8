/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Awaiting futures.
 */
#include <errno.h>

#include "core/core.h"

static int
await_and_note(void *future)
{
	int result = aw_await(future);

	note(result >= 0 ? "result" : "error");
	return result;
}

TASK_TEST(await_returns_the_result)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_and_note, future);

	turns(3);
	ck_assert_notes("");
	ck_assert_int_eq(aw_future_set_result(future, 42), 0);
	ck_assert_notes("");
	ck_assert_int_eq(join(task), 42);
	ck_assert_notes("result");
	aw_future_unref(future);
}

TASK_TEST(await_returns_the_error_which_counts_as_retrieved)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	ck_assert_int_eq(join(task), -EIO);
	ck_assert_notes("error");
	aw_future_unref(future);
}

TASK_TEST(await_of_a_future_that_is_done_does_not_suspend)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *other = spawn(carry_out,
	    &(struct plan){ .label = "other", .delay = -1 });

	ck_assert_int_eq(aw_future_set_result(future, 5), 0);
	ck_assert_int_eq(aw_await(future), 5);
	ck_assert_notes("");
	ck_assert_int_eq(join(other), 0);
	ck_assert_notes("other");
	aw_future_unref(future);
}

TASK_TEST(await_of_a_cancelled_future_gives_the_cancellation)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	ck_assert(aw_cancel(future));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(aw_await(future), -ECANCELED);
	ck_assert_notes("error");
	aw_future_unref(future);
}

struct follower {
	aw_future *future;
	const char *word;
};

static int
follow(void *arg)
{
	struct follower *follower = arg;
	int result = aw_await(follower->future);

	note(follower->word);
	return result;
}

TASK_TEST(many_await_one_future_and_are_woken_in_order)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	struct follower followers[3] = { { future, "a" }, { future, "b" },
	    { future, "c" } };
	aw_task *tasks[3];
	int i;

	for (i = 0; i < 3; i++)
		tasks[i] = spawn(follow, &followers[i]);
	turns(1);
	ck_assert_int_eq(aw_future_set_result(future, 9), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(join(tasks[i]), 9);
	ck_assert_notes("a b c");
	aw_future_unref(future);
}

TASK_TEST(callbacks_and_awaiting_tasks_keep_their_common_order)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	struct follower followers[2] = { { future, "task1" },
	    { future, "task2" } };
	aw_task *first, *second;

	ck_assert_int_eq(aw_future_add_done_callback(future, note_done,
	    "call1"), 0);
	first = spawn(follow, &followers[0]);
	turns(1);
	ck_assert_int_eq(aw_future_add_done_callback(future, note_done,
	    "call2"), 0);
	second = spawn(follow, &followers[1]);
	turns(1);
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	turns(1);
	ck_assert_notes("call1 task1 call2 task2");
	ck_assert_int_eq(join(first) | join(second), 0);
	aw_future_unref(future);
}

TASK_TEST(a_future_that_only_a_task_awaits_stays)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	aw_task *task = spawn(await_and_note, future);

	turns(1);
	aw_future_unref(future);
	turns(1);
	/* The waiting task has a reference; cancelling it ends the future. */
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("error");
}

LOOP_TEST(await_outside_of_a_task_is_an_error)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_await(future), AW_ENOTASK);
	aw_future_unref(future);
}

static int
return_42(void *arg)
{
	(void)arg;
	return 42;
}

TASK_TEST(await_unref_gives_the_reference_back)
{
	aw_task *task = aw_future_ref(spawn(return_42, NULL));

	ck_assert_int_eq(aw_await_unref(task), 42);
	ck_assert_int_eq(aw_future_result(task), 42);
	aw_future_unref(task);
	ck_assert_int_eq(aw_await_unref(NULL), -ENOMEM);
}

static aw_future *foreign;

static int
await_foreign(void *arg)
{
	(void)arg;
	return aw_await(foreign);
}

LOOP_TEST(await_of_a_future_of_another_loop_is_an_error)
{
	aw_loop *other = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, await_foreign, NULL, NULL);

	foreign = aw_loop_create_future(other);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task),
	    AW_EWRONGLOOP);
	aw_future_unref(task);
	/* Even of one that is done. */
	ck_assert_int_eq(aw_future_set_result(foreign, 1), 0);
	task = aw_loop_create_task(loop, await_foreign, NULL, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task),
	    AW_EWRONGLOOP);
	aw_future_unref(task);
	aw_future_unref(foreign);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

TASK_TEST(await_takes_a_null_for_want_of_memory)
{
	ck_assert_int_eq(aw_await(NULL), -ENOMEM);
}

int
main(void)
{
	const TTest *const tests[] = {
		await_returns_the_result,
		await_returns_the_error_which_counts_as_retrieved,
		await_of_a_future_that_is_done_does_not_suspend,
		await_of_a_cancelled_future_gives_the_cancellation,
		many_await_one_future_and_are_woken_in_order,
		callbacks_and_awaiting_tasks_keep_their_common_order,
		a_future_that_only_a_task_awaits_stays,
		await_outside_of_a_task_is_an_error,
		await_unref_gives_the_reference_back,
		await_of_a_future_of_another_loop_is_an_error,
		await_takes_a_null_for_want_of_memory,
	};

	return UNIT_RUN("future_await", tests);
}
