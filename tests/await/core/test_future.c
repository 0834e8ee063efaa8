/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"

LOOP_TEST(a_new_future_is_pending)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_ptr_nonnull(future);
	ck_assert(!aw_future_done(future));
	ck_assert(!aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), AW_EINVALIDSTATE);
	aw_future_unref(future);
}

LOOP_TEST(a_result_ends_it)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, 42), 0);
	ck_assert(aw_future_done(future));
	ck_assert(!aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), 42);
	ck_assert_int_eq(aw_future_result(future), 42);
	aw_future_unref(future);
}

LOOP_TEST(an_error_ends_it)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	ck_assert(aw_future_done(future));
	ck_assert(!aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), -EIO);
	aw_future_unref(future);
}

LOOP_TEST(setting_twice_is_an_error_and_changes_nothing)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	ck_assert_int_eq(aw_future_set_result(future, 2), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_future_result(future), 1);
	aw_future_unref(future);
}

LOOP_TEST(a_value_of_the_wrong_sign_is_refused)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, -1), -EINVAL);
	ck_assert_int_eq(aw_future_set_error(future, 0), -EINVAL);
	ck_assert_int_eq(aw_future_set_error(future, 1), -EINVAL);
	ck_assert(!aw_future_done(future));
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	aw_future_unref(future);
}

LOOP_TEST(cancel_ends_it_once)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert(aw_cancel(future));
	ck_assert(aw_future_done(future));
	ck_assert(aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), -ECANCELED);
	ck_assert(!aw_cancel(future));
	ck_assert_int_eq(aw_future_set_result(future, 1), AW_EINVALIDSTATE);
	aw_future_unref(future);
}

LOOP_TEST(a_future_that_is_done_can_not_be_cancelled)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, 1), 0);
	ck_assert(!aw_cancel(future));
	ck_assert(!aw_future_cancelled(future));
	ck_assert_int_eq(aw_future_result(future), 1);
	aw_future_unref(future);
}

LOOP_TEST(the_error_of_cancellation_cancels)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_error(future, -ECANCELED), 0);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
}

LOOP_TEST(null_stands_for_want_of_memory)
{
	(void)loop;
	ck_assert(!aw_future_done(NULL));
	ck_assert(!aw_future_cancelled(NULL));
	ck_assert(!aw_cancel(NULL));
	ck_assert_int_eq(aw_future_result(NULL), -ENOMEM);
	ck_assert_int_eq(aw_future_set_result(NULL, 0), -ENOMEM);
	ck_assert_int_eq(aw_future_set_error(NULL, -EIO), -ENOMEM);
	ck_assert_int_eq(aw_future_add_done_callback(NULL, note_done, NULL),
	    -ENOMEM);
	ck_assert_int_eq(aw_future_remove_done_callback(NULL, note_done, NULL),
	    -ENOMEM);
	ck_assert_ptr_null(aw_future_ref(NULL));
	aw_future_unref(NULL);
}

LOOP_TEST(each_reference_is_given_back_once)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_ptr_eq(aw_future_ref(future), future);
	aw_future_unref(future);
	ck_assert_int_eq(aw_future_set_result(future, 3), 0);
	ck_assert_int_eq(aw_future_result(future), 3);
	aw_future_unref(future);
}

/* --------------------------------------------------------------- callbacks */

static void
add(aw_future *future, char *word)
{
	ck_assert_int_eq(aw_future_add_done_callback(future, note_done, word),
	    0);
}

static void
run_once(aw_loop *loop)
{
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

LOOP_TEST(callbacks_are_called_in_order_by_the_loop_never_inline)
{
	aw_future *future = aw_loop_create_future(loop);

	add(future, "a");
	add(future, "b");
	add(future, "c");
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	ck_assert_notes("");
	run_once(loop);
	ck_assert_notes("a b c");
	aw_future_unref(future);
}

LOOP_TEST(a_callback_added_to_a_future_that_is_done_is_called_by_the_loop_too)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	add(future, "a");
	ck_assert_notes("");
	run_once(loop);
	ck_assert_notes("a");
	aw_future_unref(future);
}

LOOP_TEST(callbacks_are_called_on_cancellation_and_on_errors)
{
	aw_future *cancelled = aw_loop_create_future(loop);
	aw_future *failed = aw_loop_create_future(loop);

	add(cancelled, "cancelled");
	add(failed, "failed");
	ck_assert(aw_cancel(cancelled));
	ck_assert_int_eq(aw_future_set_error(failed, -EIO), 0);
	run_once(loop);
	ck_assert_notes("cancelled failed");
	ck_assert_int_eq(aw_future_result(failed), -EIO);
	aw_future_unref(cancelled);
	aw_future_unref(failed);
}

LOOP_TEST(a_callback_can_be_added_twice_and_is_called_twice)
{
	aw_future *future = aw_loop_create_future(loop);
	char word[] = "a";

	add(future, word);
	add(future, word);
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	run_once(loop);
	ck_assert_notes("a a");
	aw_future_unref(future);
}

LOOP_TEST(removing_a_callback_takes_all_equal_ones_and_counts_them)
{
	aw_future *future = aw_loop_create_future(loop);
	char a[] = "a", b[] = "b", c[] = "c";

	add(future, a);
	add(future, b);
	add(future, a);
	add(future, c);
	add(future, a);
	ck_assert_int_eq(aw_future_remove_done_callback(future, note_done, a),
	    3);
	ck_assert_int_eq(aw_future_remove_done_callback(future, note_done, a),
	    0);
	add(future, a);
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	run_once(loop);
	ck_assert_notes("b c a");
	aw_future_unref(future);
}

static void
unref_done(aw_future *future, void *word)
{
	note(word);
	aw_future_unref(future);
}

LOOP_TEST(a_callback_may_give_back_the_last_reference)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_add_done_callback(future, unref_done, "a"),
	    0);
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	run_once(loop);
	ck_assert_notes("a");
}

LOOP_TEST(a_future_outlives_its_last_reference_until_its_callbacks_ran)
{
	aw_future *future = aw_loop_create_future(loop);

	add(future, "a");
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	aw_future_unref(future);
	run_once(loop);
	ck_assert_notes("a");
}

static void
add_to_done(aw_future *future, void *word)
{
	note("a");
	add(future, word);
}

LOOP_TEST(a_callback_can_add_another_for_the_next_iteration)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_add_done_callback(future, add_to_done, "b"),
	    0);
	ck_assert_int_eq(aw_future_set_result(future, 0), 0);
	run_once(loop);
	ck_assert_notes("a");
	run_once(loop);
	ck_assert_notes("b");
	aw_future_unref(future);
}

LOOP_TEST(a_pending_future_goes_quietly_with_its_callbacks)
{
	aw_future *future = aw_loop_create_future(loop);

	add(future, "never");
	aw_future_unref(future);
	run_once(loop);
	ck_assert_notes("");
}

/* ----------------------------------------------------- errors not retrieved */

LOOP_TEST(an_error_that_nobody_retrieved_is_reported_once_when_it_goes)
{
	aw_future *future = aw_loop_create_future(loop);
	struct report report;

	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_ref(future);
	aw_future_unref(future);
	ck_assert_uint_eq(take_reports().count, 0);
	aw_future_unref(future);
	report = take_reports();
	ck_assert_uint_eq(report.count, 1);
	ck_assert_int_eq(report.error, -EIO);
	ck_assert(report.has_future);
	ck_assert_str_eq(report.name, "");
}

LOOP_TEST(an_error_is_not_retrieved_by_asking_whether_the_future_is_done)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	ck_assert(aw_future_done(future));
	ck_assert(!aw_future_cancelled(future));
	aw_future_unref(future);
	ck_assert_uint_eq(take_reports().count, 1);
}

/* Keeps the future that it is told of, for later. */
static void
keep(aw_loop *loop, const aw_exception_context *context, void *kept)
{
	(void)loop;
	note("report");
	*(aw_future **)kept = aw_future_ref(context->future);
}

LOOP_TEST(an_exception_handler_may_keep_the_future_that_it_is_told_of)
{
	aw_future *future = aw_loop_create_future(loop), *kept = NULL;

	aw_loop_set_exception_handler(loop, keep, &kept);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_unref(future);
	ck_assert_notes("report");
	ck_assert_ptr_eq(kept, future);
	ck_assert_int_eq(aw_future_result(kept), -EIO);
	aw_future_unref(kept);
	ck_assert_notes("");
}

static void
look_at(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)arg;
	note("report");
	aw_future_unref(aw_future_ref(context->future));
}

LOOP_TEST(an_exception_handler_may_take_a_reference_and_give_it_back)
{
	aw_future *future = aw_loop_create_future(loop);

	aw_loop_set_exception_handler(loop, look_at, NULL);
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_unref(future);
	ck_assert_notes("report");
}

LOOP_TEST(a_cancellation_is_not_reported)
{
	aw_future *future = aw_loop_create_future(loop);

	ck_assert(aw_cancel(future));
	aw_future_unref(future);
}

LOOP_TEST(an_error_is_reported_after_the_callbacks_had_their_chance)
{
	aw_future *future = aw_loop_create_future(loop);

	add(future, "a");
	ck_assert_int_eq(aw_future_set_error(future, -EIO), 0);
	aw_future_unref(future);
	ck_assert_uint_eq(take_reports().count, 0);
	run_once(loop);
	ck_assert_notes("a");
	ck_assert_uint_eq(take_reports().count, 1);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_new_future_is_pending,
		a_result_ends_it,
		an_error_ends_it,
		setting_twice_is_an_error_and_changes_nothing,
		a_value_of_the_wrong_sign_is_refused,
		cancel_ends_it_once,
		a_future_that_is_done_can_not_be_cancelled,
		the_error_of_cancellation_cancels,
		null_stands_for_want_of_memory,
		each_reference_is_given_back_once,
		callbacks_are_called_in_order_by_the_loop_never_inline,
		a_callback_added_to_a_future_that_is_done_is_called_by_the_loop_too,
		callbacks_are_called_on_cancellation_and_on_errors,
		a_callback_can_be_added_twice_and_is_called_twice,
		removing_a_callback_takes_all_equal_ones_and_counts_them,
		a_callback_may_give_back_the_last_reference,
		a_future_outlives_its_last_reference_until_its_callbacks_ran,
		a_callback_can_add_another_for_the_next_iteration,
		a_pending_future_goes_quietly_with_its_callbacks,
		an_error_that_nobody_retrieved_is_reported_once_when_it_goes,
		an_error_is_not_retrieved_by_asking_whether_the_future_is_done,
		an_exception_handler_may_keep_the_future_that_it_is_told_of,
		an_exception_handler_may_take_a_reference_and_give_it_back,
		a_cancellation_is_not_reported,
		an_error_is_reported_after_the_callbacks_had_their_chance,
	};

	return UNIT_RUN("future", tests);
}
