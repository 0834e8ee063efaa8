/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Task groups: tasks that come late, and many of them.
 */
#include <errno.h>

#include "core/group.h"

TASK_TEST(a_task_that_ends_with_the_block_makes_the_group_idle_not_closed)
{
	struct plan plans[] = { { "a", -1, 1, 0 }, { "b", -1, 2, 0 } };
	aw_group *group = enter_group();

	add(group, &plans[0], NULL);
	turns(3);
	add(group, &plans[1], NULL);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_notes("a b");
	check_errors(group, 0, 0);
}

struct root {
	aw_group *group;
	struct plan plans[2];
};

static int
start_two(void *arg)
{
	struct root *root = arg;
	int i;

	note("root");
	for (i = 0; i < 2; i++)
		add(root->group, &root->plans[i], NULL);
	return 0;
}

TASK_TEST(tasks_can_add_others_while_the_group_is_ending)
{
	struct root root = { enter_group(), { { "b", 0.3, 0, 0 },
	    { "a", 0.01, 0, 0 } } };

	ck_assert_int_eq(aw_group_create_task(root.group, start_two, &root,
	    "root", NULL), 0);
	ck_assert_int_eq(aw_group_exit(root.group, 0), 0);
	ck_assert_notes("root a b");
	check_errors(root.group, 0, 0);
}

struct hydra {
	aw_group *group;
	unsigned heads;
};

static int
grow(void *arg)
{
	struct hydra *hydra = arg;
	int i, err;

	hydra->heads++;
	err = aw_sleep(0.001);
	for (i = 0; i < 2 && err == 0; i++)
		err = aw_group_create_task(hydra->group, grow, hydra, NULL,
		    NULL);
	return err;
}

static int
slay(void *arg)
{
	struct hydra *hydra = arg;

	while (hydra->heads < 10)
		ck_assert_int_eq(aw_sleep(0), 0);
	return -EIO;
}

TASK_TEST(a_group_that_only_grows_is_ended_by_a_failure)
{
	struct hydra hydra = { enter_group(), 0 };
	aw_group *group = hydra.group;

	ck_assert_int_eq(aw_group_create_task(group, grow, &hydra, NULL,
	    NULL), 0);
	ck_assert_int_eq(aw_group_create_task(group, slay, &hydra, NULL,
	    NULL), 0);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	ck_assert_uint_ge(hydra.heads, 10);
	check_errors(group, -EIO, 0);
}

struct late {
	aw_group *group;
	int result;
};

static int
add_when_cancelled(void *arg)
{
	struct late *late = arg;

	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	late->result = aw_group_create_task(late->group, start_two, NULL,
	    NULL, NULL);
	return -ECANCELED;
}

TASK_TEST(after_a_failure_no_task_can_be_added)
{
	struct plan plan = { "bad", 0.001, -EIO, 0 };
	struct late late = { enter_group(), 0 };

	ck_assert_int_eq(aw_group_create_task(late.group, add_when_cancelled,
	    &late, NULL, NULL), 0);
	add(late.group, &plan, NULL);
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	ck_assert_int_eq(aw_group_create_task(late.group, carry_out, &plan,
	    NULL, NULL), AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_group_exit(late.group, -ECANCELED), -EIO);
	ck_assert_int_eq(late.result, AW_EINVALIDSTATE);
	ck_assert_notes("bad");
	check_errors(late.group, -EIO, 0);
}

TASK_TEST(after_the_exit_no_task_can_be_added)
{
	struct plan plan = { "a", -1, 0, 0 };
	aw_group *group = enter_group();

	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_int_eq(aw_group_create_task(group, carry_out, &plan, NULL,
	    NULL), AW_EINVALIDSTATE);
	check_errors(group, 0, 0);
	ck_assert_notes("");
}

TASK_TEST(tasks_have_the_names_they_are_given)
{
	struct plan plan = { "a", -1, 0, 0 };
	aw_group *group = enter_group();
	aw_task *task;

	ck_assert_int_eq(aw_group_create_task(group, carry_out, &plan,
	    "yolo", &task), 0);
	ck_assert_str_eq(aw_task_get_name(task), "yolo");
	aw_future_unref(task);
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	check_errors(group, 0, 0);
	(void)take_notes();
}

static int
fail_at_once(void *arg)
{
	(void)arg;
	return -EIO;
}

static int
add_one_that_fails(void *group)
{
	int first;

	ck_assert_int_eq(aw_group_create_task(group, fail_at_once, NULL, NULL,
	    NULL), 0);
	first = aw_sleep(0);
	note(first == 0 && aw_sleep(0) == 0 ? "missed" : "told");
	return 0;
}

TASK_TEST(a_task_is_told_of_the_failure_of_one_that_it_has_added)
{
	aw_group *group = enter_group();

	ck_assert_int_eq(aw_group_create_task(group, add_one_that_fails,
	    group, NULL, NULL), 0);
	ck_assert_int_eq(aw_group_exit(group, 0), -EIO);
	ck_assert_notes("told");
	check_errors(group, -EIO, 0);
}

TASK_TEST(tasks_may_come_and_go_while_the_block_lasts)
{
	struct plan plan = { "x", 0, 0, 0 };
	aw_group *group = enter_group();
	int i;

	for (i = 0; i < 10; i++) {
		add(group, &plan, NULL);
		turns(1);
	}
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_uint_eq(count_notes(), 10);
	(void)take_notes();
	check_errors(group, 0, 0);
}

TASK_TEST(the_cost_of_a_task_does_not_grow_with_the_group)
{
	enum { TASKS = 2000 };
	static struct plan plans[TASKS];
	double start = processor_time();
	aw_group *group = enter_group();
	int i;

	for (i = 0; i < TASKS; i++) {
		plans[i] = (struct plan){ "", 0, 0, 0 };
		add(group, &plans[i], NULL);
	}
	ck_assert_int_eq(aw_group_exit(group, 0), 0);
	ck_assert_double_lt(processor_time() - start, 10);
	aw_group_free(group);
	(void)take_notes();
}

int
main(void)
{
	const TTest *const tests[] = {
		a_task_that_ends_with_the_block_makes_the_group_idle_not_closed,
		tasks_can_add_others_while_the_group_is_ending,
		a_group_that_only_grows_is_ended_by_a_failure,
		after_a_failure_no_task_can_be_added,
		after_the_exit_no_task_can_be_added,
		tasks_have_the_names_they_are_given,
		a_task_is_told_of_the_failure_of_one_that_it_has_added,
		tasks_may_come_and_go_while_the_block_lasts,
		the_cost_of_a_task_does_not_grow_with_the_group,
	};

	return UNIT_RUN("group_tasks", tests);
}
