/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "core/core.h"

enum { MOST = 16 };

/* Notes the names of all tasks, and gives the references back. */
static void
note_all(aw_loop *loop)
{
	aw_task *tasks[MOST];
	size_t count = aw_all_tasks(loop, tasks, MOST), i;

	ck_assert_uint_le(count, MOST);
	for (i = 0; i < count; i++) {
		note(aw_task_get_name(tasks[i]));
		aw_future_unref(tasks[i]);
	}
}

static aw_task *
start(const char *name)
{
	aw_task *task = aw_create_task(sleep_long, NULL, name);

	ck_assert_ptr_nonnull(task);
	return task;
}

static void
end(aw_task *task)
{
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
}

TASK_TEST(they_come_in_the_order_in_which_they_were_made)
{
	aw_task *first = start("first"), *second = start("second"), *third;

	note_all(aw_get_running_loop());
	ck_assert_notes("main first second");
	turns(2);
	third = start("third");
	note_all(NULL);
	ck_assert_notes("main first second third");
	end(first);
	end(second);
	end(third);
}

TASK_TEST(one_that_is_done_is_not_among_them)
{
	aw_task *first = start("first"), *second = start("second");

	end(first);
	note_all(NULL);
	ck_assert_notes("main second");
	end(second);
	note_all(NULL);
	ck_assert_notes("main");
}

TASK_TEST(one_that_is_being_cancelled_still_is)
{
	aw_task *task = start("task");

	turns(1);
	ck_assert(aw_cancel(task));
	note_all(NULL);
	ck_assert_notes("main task");
	ck_assert_int_eq(join(task), -ECANCELED);
}

TASK_TEST(without_room_they_are_only_counted)
{
	aw_task *tasks[2], *first = start("first"), *second = start("second");

	ck_assert_uint_eq(aw_all_tasks(NULL, NULL, 0), 3);
	tasks[1] = NULL;
	ck_assert_uint_eq(aw_all_tasks(NULL, tasks, 1), 3);
	ck_assert_ptr_eq(tasks[0], aw_current_task());
	ck_assert_ptr_null(tasks[1]);
	aw_future_unref(tasks[0]);
	end(first);
	end(second);
}

TASK_TEST(the_references_keep_a_task_that_ends)
{
	aw_task *tasks[2], *task = start("task");

	ck_assert_uint_eq(aw_all_tasks(NULL, tasks, 2), 2);
	end(task);
	ck_assert(aw_future_cancelled(tasks[1]));
	ck_assert_str_eq(aw_task_get_name(tasks[1]), "task");
	aw_future_unref(tasks[0]);
	aw_future_unref(tasks[1]);
}

LOOP_TEST(those_of_a_loop_that_does_not_run_are_known_too)
{
	aw_task *task = aw_loop_create_task(loop, sleep_long, NULL, "task");
	aw_loop *other = aw_loop_new(NULL);

	note_all(loop);
	ck_assert_notes("task");
	ck_assert_uint_eq(aw_all_tasks(other, NULL, 0), 0);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), -ECANCELED);
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(other), 0);
}

START_TEST(without_a_loop_there_are_none)
{
	ck_assert_uint_eq(aw_all_tasks(NULL, NULL, 0), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		they_come_in_the_order_in_which_they_were_made,
		one_that_is_done_is_not_among_them,
		one_that_is_being_cancelled_still_is,
		without_room_they_are_only_counted,
		the_references_keep_a_task_that_ends,
		those_of_a_loop_that_does_not_run_are_known_too,
		without_a_loop_there_are_none,
	};

	return UNIT_RUN("all_tasks", tests);
}
