/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: cancellations, from outside and by groups in groups.
 */
#include <errno.h>

#include "core/core.h"

#define MOST 5

/* Sleeps; fails with the error when it is cancelled, 0 for that one. */
struct sleeper {
	double delay;
	int result;
	int error;
};

static int
sleeper_run(void *arg)
{
	struct sleeper *sleeper = arg;
	int err = aw_sleep(sleeper->delay);

	if (err == 0)
		return sleeper->result;
	note("cancelled");
	return sleeper->error != 0 ? sleeper->error : err;
}

/* What a task does with a group. */
struct script {
	struct sleeper sleepers[MOST];
	size_t count;
	double body;          /* what the block sleeps; not at all if < 0 */
	int body_error;       /* instead of its cancellation */
	struct script *inner; /* a group in the block */
	bool swallow_inner;   /* the block goes on after the inner group */
	int exit;             /* what the exit returned */
	int errors[MOST];
	unsigned cancelling;  /* after the exit */
	int next_wait;        /* what the first wait after the exit returned */
};

static int run_script(void *arg);

static int
run_block(struct script *script)
{
	int result = 0;

	if (script->inner != NULL)
		result = run_script(script->inner);
	if (script->swallow_inner)
		result = 0;
	if (result == 0 && script->body >= 0)
		result = aw_sleep(script->body);
	if (result == -ECANCELED && script->body_error != 0)
		result = script->body_error;
	return result;
}

static int
run_script(void *arg)
{
	struct script *script = arg;
	aw_group *group;
	size_t i;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	for (i = 0; i < script->count; i++)
		ck_assert_int_eq(aw_group_create_task(group, sleeper_run,
		    &script->sleepers[i], NULL, NULL), 0);
	script->exit = aw_group_exit(group, run_block(script));
	for (i = 0; i < MOST; i++)
		script->errors[i] = aw_group_error(group, i);
	aw_group_free(group);
	script->cancelling = aw_task_cancelling(aw_current_task());
	return script->exit;
}

/* Runs the script and cancels it once it waits; its task's result. */
static int
cancel_script(struct script *script)
{
	aw_task *task = spawn(run_script, script);

	turns(3);
	ck_assert(!aw_future_done(task));
	ck_assert(aw_cancel(task));
	return join(task);
}

TASK_TEST(a_cancellation_in_the_exit_cancels_the_tasks)
{
	struct script script = { .count = 5, .body = -1,
	    .sleepers = { { FAR, 0, 0 }, { FAR, 0, 0 }, { FAR, 0, 0 },
	    { FAR, 0, 0 }, { FAR, 0, 0 } } };

	ck_assert_int_eq(cancel_script(&script), -ECANCELED);
	ck_assert_notes("cancelled cancelled cancelled cancelled cancelled");
	ck_assert_int_eq(script.exit, -ECANCELED);
	ck_assert_int_eq(script.errors[0], 0);
	/* It came from outside, so it is still counted. */
	ck_assert_uint_eq(script.cancelling, 1);
}

TASK_TEST(a_cancellation_in_the_block_cancels_the_tasks)
{
	struct script script = { .count = 2, .body = FAR,
	    .sleepers = { { FAR, 0, 0 }, { FAR, 0, 0 } } };

	ck_assert_int_eq(cancel_script(&script), -ECANCELED);
	ck_assert_notes("cancelled cancelled");
	ck_assert_uint_eq(script.cancelling, 1);
}

TASK_TEST(without_tasks_a_cancellation_passes_through)
{
	struct script script = { .body = FAR };

	ck_assert_int_eq(cancel_script(&script), -ECANCELED);
	ck_assert_uint_eq(script.cancelling, 1);
}

TASK_TEST(tasks_that_fail_when_cancelled_outweigh_the_cancellation)
{
	struct script script = { .count = 2, .body = FAR,
	    .sleepers = { { FAR, 0, -EIO }, { FAR, 0, -EPERM } } };

	ck_assert_int_eq(cancel_script(&script), -EIO);
	ck_assert_int_eq(script.errors[0], -EIO);
	ck_assert_int_eq(script.errors[1], -EPERM);
	ck_assert_int_eq(script.errors[2], 0);
	ck_assert_uint_eq(script.cancelling, 1);
	(void)take_notes();
}

TASK_TEST(a_block_that_fails_when_cancelled_outweighs_the_cancellation)
{
	struct script script = { .body = FAR, .body_error = -EPERM };

	ck_assert_int_eq(cancel_script(&script), -EPERM);
	ck_assert_int_eq(script.errors[0], -EPERM);
	ck_assert_uint_eq(script.cancelling, 1);
}

static int
run_and_wait(void *arg)
{
	struct script *script = arg;

	run_script(script);
	script->next_wait = aw_sleep(0);
	return script->exit;
}

TASK_TEST(a_cancellation_that_an_error_hid_is_delivered_to_the_next_wait)
{
	struct script script = { .count = 1, .body = FAR,
	    .sleepers = { { FAR, 0, -EIO } } };
	aw_task *task = spawn(run_and_wait, &script);

	turns(2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -EIO);
	ck_assert_uint_eq(script.cancelling, 1);
	ck_assert_int_eq(script.next_wait, -ECANCELED);
	(void)take_notes();
}

TASK_TEST(after_the_groups_own_cancellation_the_next_wait_works)
{
	struct script script = { .count = 1, .body = FAR,
	    .sleepers = { { 0.001, -EIO, 0 } } };
	aw_task *task = spawn(run_and_wait, &script);

	ck_assert_int_eq(join(task), -EIO);
	ck_assert_uint_eq(script.cancelling, 0);
	ck_assert_int_eq(script.next_wait, 0);
}

static int
crash_and_clean_up(void *arg)
{
	struct sleeper bad = { 0.01, -EIO, 0 };
	aw_group *group;
	int *second = arg, result;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	ck_assert_int_eq(aw_group_create_task(group, sleeper_run, &bad, NULL,
	    NULL), 0);
	result = aw_sleep(FAR);
	ck_assert_int_eq(result, -ECANCELED);
	*second = aw_sleep(FAR);
	result = aw_group_exit(group, result);
	aw_group_free(group);
	return result;
}

TASK_TEST(a_failure_cancels_a_block_that_cleans_up_after_a_cancellation)
{
	int second = 0, i;
	aw_task *task, *outer;

	/* Cancelled by itself, then through one that awaits it. */
	for (i = 0; i < 2; i++) {
		task = spawn(crash_and_clean_up, &second);
		outer = i == 0 ? aw_future_ref(task) : spawn(await_it, task);
		turns(3);
		ck_assert(aw_cancel(outer));
		ck_assert_int_eq(join(outer), -EIO);
		ck_assert_int_eq(second, -ECANCELED);
		ck_assert_uint_eq(aw_task_cancelling(task), 1);
		aw_future_unref(task);
	}
}

TASK_TEST(a_cancellation_reaches_the_tasks_of_a_group_in_a_group)
{
	struct script inner = { .count = 2, .body = FAR,
	    .sleepers = { { FAR, 0, -EIO }, { FAR, 0, -EPERM } } };
	struct script outer = { .inner = &inner, .body = -1 };

	ck_assert_int_eq(cancel_script(&outer), -EIO);
	ck_assert_int_eq(inner.errors[1], -EPERM);
	/* For the outer group it is the block's error. */
	ck_assert_int_eq(outer.errors[0], -EIO);
	ck_assert_int_eq(outer.errors[1], 0);
	(void)take_notes();
}

TASK_TEST(a_cancellation_reaches_the_tasks_of_both_groups)
{
	struct script inner = { .count = 2, .body = FAR,
	    .sleepers = { { FAR, 0, -EIO }, { FAR, 0, 0 } } };
	struct script outer = { .inner = &inner, .body = -1, .count = 1,
	    .sleepers = { { FAR, 0, 0 } } };

	ck_assert_int_eq(cancel_script(&outer), -EIO);
	ck_assert_notes("cancelled cancelled cancelled");
	ck_assert_int_eq(inner.errors[0], -EIO);
	ck_assert_int_eq(outer.errors[0], -EIO);
	ck_assert_int_eq(outer.errors[1], 0);
}

TASK_TEST(a_failure_in_the_outer_group_cancels_the_inner_one)
{
	struct script inner = { .count = 1, .body = -1,
	    .sleepers = { { FAR, -EPERM, 0 } } };
	struct script outer = { .inner = &inner, .body = -1, .count = 1,
	    .sleepers = { { 0.001, -EIO, 0 } } };

	ck_assert_int_eq(join(spawn(run_script, &outer)), -EIO);
	ck_assert_int_eq(inner.exit, -ECANCELED);
	ck_assert_int_eq(inner.errors[0], 0);
	ck_assert_int_eq(outer.errors[0], -EIO);
	ck_assert_int_eq(outer.errors[1], 0);
	ck_assert_uint_eq(outer.cancelling, 0);
	ck_assert_notes("cancelled");
}

TASK_TEST(a_failure_in_the_inner_group_is_the_outer_ones_blocks)
{
	struct script inner = { .count = 1, .body = -1,
	    .sleepers = { { 0.001, -EPERM, 0 } } };
	struct script outer = { .inner = &inner, .body = -1, .count = 1,
	    .sleepers = { { FAR, -EIO, 0 } } };

	ck_assert_int_eq(join(spawn(run_script, &outer)), -EPERM);
	ck_assert_int_eq(outer.errors[0], -EPERM);
	ck_assert_int_eq(outer.errors[1], 0);
	ck_assert_notes("cancelled");
	ck_assert_uint_eq(outer.cancelling, 0);
}

TASK_TEST(groups_that_fail_together_both_take_their_cancellation_back)
{
	struct script inner = { .count = 1, .body = FAR,
	    .sleepers = { { 0, -EPERM, 0 } } };
	struct script outer = { .inner = &inner, .swallow_inner = true,
	    .body = -1, .count = 1, .sleepers = { { 0, -EIO, 0 } } };

	ck_assert_int_eq(join(spawn(run_and_wait, &outer)), -EIO);
	ck_assert_int_eq(inner.exit, -EPERM);
	/* The outer group's was still counted then. */
	ck_assert_uint_eq(inner.cancelling, 1);
	ck_assert_uint_eq(outer.cancelling, 0);
	ck_assert_int_eq(outer.next_wait, 0);
}

TASK_TEST(a_failure_and_a_cancellation_at_the_same_time)
{
	struct script script = { .count = 1, .body = FAR,
	    .sleepers = { { 0, -EIO, 0 } } };
	aw_task *task = spawn(run_and_wait, &script);

	/* The failure has been told to the group, and the block not yet run. */
	while (aw_task_cancelling(task) == 0)
		turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -EIO);
	/* The error outweighs it, but it is not lost. */
	ck_assert_uint_eq(script.cancelling, 1);
	ck_assert_int_eq(script.next_wait, -ECANCELED);
}

/* Ends only after so many cancellations. */
static int
persist(void *left)
{
	unsigned *count = left;

	while (*count > 0)
		if (aw_sleep(FAR) == -ECANCELED)
			--*count;
	return 0;
}

struct persistent {
	unsigned left;
	aw_task *task;
};

static int
exit_with_persistent(void *arg)
{
	struct persistent *persistent = arg;
	aw_group *group;
	int result;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	ck_assert_int_eq(aw_group_create_task(group, persist,
	    &persistent->left, NULL, &persistent->task), 0);
	result = aw_group_exit(group, 0);
	note(aw_future_done(persistent->task) ? "waited" : "left");
	aw_group_free(group);
	return result;
}

TASK_TEST(the_exit_waits_on_however_often_it_is_cancelled)
{
	struct persistent persistent = { .left = 2 };
	aw_task *task = spawn(exit_with_persistent, &persistent);

	turns(2);
	ck_assert(aw_cancel(task));
	turns(2);
	ck_assert(aw_cancel(task));
	turns(2);
	/* Only the first was passed on. */
	ck_assert(!aw_future_done(task));
	ck_assert_uint_eq(persistent.left, 1);
	aw_cancel(persistent.task);
	ck_assert_int_eq(join(task), -ECANCELED);
	aw_future_unref(persistent.task);
	ck_assert_notes("waited");
}

static int
timed(void *arg)
{
	struct script *script = arg;
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	return aw_timeout_exit(timeout, run_script(script));
}

TASK_TEST(a_deadline_over_a_group_ends_its_tasks)
{
	struct script script = { .count = 2, .body = -1,
	    .sleepers = { { FAR, 0, 0 }, { FAR, 0, 0 } } };
	aw_task *task = spawn(timed, &script);

	ck_assert_int_eq(aw_await(task), -ETIMEDOUT);
	ck_assert_int_eq(script.exit, -ECANCELED);
	ck_assert_uint_eq(aw_task_cancelling(task), 0);
	ck_assert_notes("cancelled cancelled");
	aw_future_unref(task);
}

static int
wait_in_vain(void *arg)
{
	struct script *script = arg;
	int result = run_script(script);

	note(result == -ECANCELED ? "closed" : "other");
	return result;
}

LOOP_TEST(the_loop_can_be_closed_while_a_group_waits)
{
	struct script script = { .count = 2, .body = -1,
	    .sleepers = { { FAR, 0, 0 }, { 0, 0, 0 } } };
	aw_loop *other = aw_loop_new(NULL);
	aw_task *task;

	(void)loop;
	record_reports(other);
	task = aw_loop_create_task(other, wait_in_vain, &script, NULL);
	aw_future_unref(task);
	stop_after(other, 4);
	ck_assert_int_eq(aw_loop_run_forever(other), 0);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_notes("closed cancelled");
	ck_assert_uint_eq(take_reports().count, 2);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_cancellation_in_the_exit_cancels_the_tasks,
		a_cancellation_in_the_block_cancels_the_tasks,
		without_tasks_a_cancellation_passes_through,
		tasks_that_fail_when_cancelled_outweigh_the_cancellation,
		a_block_that_fails_when_cancelled_outweighs_the_cancellation,
		a_cancellation_that_an_error_hid_is_delivered_to_the_next_wait,
		after_the_groups_own_cancellation_the_next_wait_works,
		a_failure_cancels_a_block_that_cleans_up_after_a_cancellation,
		a_cancellation_reaches_the_tasks_of_a_group_in_a_group,
		a_cancellation_reaches_the_tasks_of_both_groups,
		a_failure_in_the_outer_group_cancels_the_inner_one,
		a_failure_in_the_inner_group_is_the_outer_ones_blocks,
		groups_that_fail_together_both_take_their_cancellation_back,
		a_failure_and_a_cancellation_at_the_same_time,
		the_exit_waits_on_however_often_it_is_cancelled,
		a_deadline_over_a_group_ends_its_tasks,
		the_loop_can_be_closed_while_a_group_waits,
	};

	return UNIT_RUN("group_cancel", tests);
}
