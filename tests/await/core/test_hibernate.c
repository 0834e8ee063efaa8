/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hibernation: tasks that wait for long are put away with what they have on
 * their stacks, and come back as they were.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/sleepers.h"

/* Whether the page that it lies on is in memory. */
static bool
has_page(const aw_task *task)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char in_memory;

	ck_assert_int_eq(mincore((void *)((uintptr_t)task / page * page), page,
	    &in_memory), 0);
	return in_memory & 1;
}

SLEEPER_TEST(a_task_that_waits_has_no_page_until_its_event_comes)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	ck_assert_int_eq(has_page(sleeper.task), !can_hibernate());
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating, 0);
	return 0;
}

SLEEPER_TEST(who_wakes_it_without_its_event_does)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	aw_task_wake(inside(sleeper.task), 7);
	ck_assert(!sleeper_hibernates(&sleeper));
	ck_assert_int_eq(join(sleeper.task), 7);
	return 0;
}

SLEEPER_TEST(an_event_comes_to_who_was_put_back_before_it)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	ck_assert_int_eq(inside(sleeper.task)->phase, AW_TASK_BEGUN);
	ck_assert(!sleeper_hibernates(&sleeper));
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

/* What came since the loop polled, and was not told yet, is not lost. */
SLEEPER_TEST(an_event_that_comes_just_then_wakes_it)
{
	struct sleeper sleeper;

	sleeper_begin(&sleeper, 1);
	turns(1);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	aw_hibernate(inside(sleeper.task));
	ck_assert_int_eq(sleeper_hibernates(&sleeper), can_hibernate());
	ck_assert_int_eq(join(sleeper.task), 5);
	return 0;
}

SLEEPER_TEST(without_the_kernels_guards_it_keeps_its_page)
{
	struct sleeper sleeper;

	aw_guard_limit(AW_GUARD_MPROTECT);
	sleeper_begin(&sleeper, 1);
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert(!sleeper_hibernates(&sleeper));
	ck_assert(has_page(sleeper.task));
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

SLEEPER_TEST(other_waits_keep_their_page)
{
	struct sleeper sleeper;

	sleeper_begin(&sleeper, 1);
	inside(sleeper.task)->may_hibernate = sleeper_stays_awake;
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert(!sleeper_hibernates(&sleeper));
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

SLEEPER_TEST(a_task_that_uses_most_of_a_page_keeps_it)
{
	struct sleeper most, more;

	sleeper_begin(&most, 1);
	most.deep = 3072;
	sleeper_begin(&more, 2);
	more.deep = 8192;
	sleeper_wait_until_trimmed(&most);
	sleeper_wait_until_trimmed(&more);
	ck_assert(!sleeper_hibernates(&most));
	ck_assert(!sleeper_hibernates(&more));
	ck_assert_int_eq(sleeper_wake(&most), 5);
	ck_assert_int_eq(sleeper_wake(&more), 5);
	return 0;
}

SLEEPER_TEST(a_cancellation_wakes_it)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	aw_cancel(sleeper.task);
	ck_assert_int_eq(join(sleeper.task), -ECANCELED);
	ck_assert(sleeper.ended);
	return 0;
}

#define MANY 300

SLEEPER_TEST(hundreds_come_back_at_once)
{
	static struct sleeper sleepers[MANY];
	size_t i, many = aw_sanitizer_knows_stacks() ? 100 : MANY;

	for (i = 0; i < many; i++)
		sleeper_begin(&sleepers[i], (unsigned)i);
	for (i = 0; i < many; i++) {
		sleeper_wait_until_trimmed(&sleepers[i]);
		ck_assert_int_eq(sleeper_hibernates(&sleepers[i]), can_hibernate());
	}
	for (i = 0; i < many; i++)
		ck_assert_int_eq(eventfd_write(sleepers[i].fd, 1), 0);
	for (i = 0; i < many; i++)
		ck_assert_int_eq(join(sleepers[i].task), 5);
	return 0;
}

SLEEPER_TEST(a_task_may_hibernate_again)
{
	struct sleeper sleeper;

	sleeper_begin_with(&sleeper, 0, sleeper_wait_twice);
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	turns(2);
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert_int_eq(sleeper_hibernates(&sleeper), can_hibernate());
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

int
main(void)
{
	const TTest *const tests[] = {
		a_task_that_waits_has_no_page_until_its_event_comes,
		who_wakes_it_without_its_event_does,
		an_event_comes_to_who_was_put_back_before_it,
		an_event_that_comes_just_then_wakes_it,
		without_the_kernels_guards_it_keeps_its_page,
		other_waits_keep_their_page,
		a_task_that_uses_most_of_a_page_keeps_it,
		a_cancellation_wakes_it,
		hundreds_come_back_at_once,
		a_task_may_hibernate_again,
	};

	return UNIT_RUN("hibernate", tests);
}
