/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/group.h"

aw_group *
enter_group(void)
{
	aw_group *group = NULL;

	ck_assert_int_eq(aw_group_enter(&group), 0);
	ck_assert_ptr_nonnull(group);
	return group;
}

void
add(aw_group *group, struct plan *plan, aw_task **task)
{
	ck_assert_int_eq(aw_group_create_task(group, carry_out, plan, NULL,
	    task), 0);
}

void
check_errors(aw_group *group, int first, int second)
{
	ck_assert_int_eq(aw_group_error(group, 0), first);
	ck_assert_int_eq(aw_group_error(group, 1), second);
	ck_assert_int_eq(aw_group_error(group, 2), 0);
	aw_group_free(group);
	ck_assert_uint_eq(aw_task_cancelling(aw_current_task()), 0);
	/* Nothing is left that would cancel what comes next. */
	turns(2);
}
