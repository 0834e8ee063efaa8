/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Who looks at, or writes to, the stack of a task that hibernates.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sleepers.h"

SLEEPER_TEST(what_another_task_reads_there_is_as_it_was)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	ck_assert_uint_eq(sleeper.kept[0], 1);
	ck_assert_uint_eq(sleeper.kept[SLEEPER_KEPT - 1], SLEEPER_KEPT);
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

SLEEPER_TEST(what_another_task_writes_there_stays)
{
	struct sleeper sleeper;

	sleeper_put_to_sleep(&sleeper);
	memset(sleeper.kept, 0xff, SLEEPER_KEPT);
	/* It finds that they have changed. */
	ck_assert_int_eq(sleeper_wake(&sleeper), -EIO);
	return 0;
}

SLEEPER_TEST(a_task_whose_stack_is_looked_at_hibernates_no_more)
{
	struct sleeper sleeper;

	sleeper_begin_with(&sleeper, 0, sleeper_wait_twice);
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert_int_eq(sleeper_hibernates(&sleeper), can_hibernate());
	ck_assert_uint_eq(sleeper.kept[1], 1);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	turns(2);
	ck_assert(!is_trimmed(sleeper.task));
	sleeper_wait_until_trimmed(&sleeper);
	ck_assert(!sleeper_hibernates(&sleeper));
	ck_assert_int_eq(sleeper_wake(&sleeper), 5);
	return 0;
}

static void *
look_from_thread(void *arg)
{
	volatile unsigned char *kept = ((struct sleeper *)arg)->kept;

	return (void *)(uintptr_t)kept[0];
}

static int
let_a_thread_look(void)
{
	struct sleeper sleeper;
	pthread_t thread;

	sleeper_put_to_sleep(&sleeper);
	ck_assert_int_eq(pthread_create(&thread, NULL, look_from_thread,
	    &sleeper), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	return sleeper_wake(&sleeper) == 5 ? 0 : -1;
}

static void
run_thread_in_child(void)
{
	run_quickly(let_a_thread_look);
	_exit(0);
}

START_TEST(another_thread_that_looks_there_is_a_fault)
{
	static char text[65536];
	int status = in_child(run_thread_in_child, text, sizeof(text));

	if (can_hibernate())
		ck_assert(WIFSIGNALED(status) &&
		    WTERMSIG(status) == SIGSEGV);
	else
		ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_another_task_reads_there_is_as_it_was,
		what_another_task_writes_there_stays,
		a_task_whose_stack_is_looked_at_hibernates_no_more,
		another_thread_that_looks_there_is_a_fault,
	};

	return UNIT_RUN("hibernate_look", tests);
}
