/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hibernation: the stacks of tasks that wait for data are put away, and come
 * back as they were.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/trimming.h"
#include "hibernating.h"

#define KEPT 200

/* A task that has bytes on its stack while it waits. */
struct sleeper {
	aw_task *task;
	const char *what;    /* that it waits for */
	size_t deep;         /* bytes of its stack that it uses beside */
	unsigned char *kept; /* where the bytes are */
	unsigned char first; /* what they begin with */
	int result;          /* of its wait */
	bool ended;
};

/* The tools' own handlers would have a word to say too. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:handle_abort=0";
}

const char *__tsan_default_options(void);
const char *
__tsan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:handle_abort=0";
}

static int
wait_and_check(struct sleeper *sleeper)
{
	unsigned char kept[KEPT];
	size_t i;

	for (i = 0; i < KEPT; i++)
		kept[i] = (unsigned char)(sleeper->first + i);
	sleeper->kept = kept;
	__asm__ volatile("" : : "r"(kept) : "memory");
	sleeper->result = aw_task_park(inside(aw_current_task()),
	    sleeper->what);
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (i = 0; i < KEPT; i++)
		if (kept[i] != (unsigned char)(sleeper->first + i))
			return -EIO;
	sleeper->ended = true;
	return sleeper->result;
}

static int
run_sleeper(void *arg)
{
	struct sleeper *sleeper = arg;
	volatile unsigned char room[sleeper->deep + 1];

	room[sleeper->deep] = 1;
	return wait_and_check(sleeper) - (room[sleeper->deep] - 1);
}

static void
begin(struct sleeper *sleeper, unsigned i)
{
	struct task *task;

	memset(sleeper, 0, sizeof(*sleeper));
	sleeper->what = aw_data_to_read;
	sleeper->first = (unsigned char)i;
	task = aw_task_new_beside(aw_get_running_loop(), run_sleeper, sleeper,
	    "sleeper", 0, NULL);
	ck_assert_ptr_nonnull(task);
	sleeper->task = &task->future;
}

static bool
hibernates(const struct sleeper *sleeper)
{
	return inside(sleeper->task)->phase == AW_TASK_HIBERNATES;
}

static void
wait_until_trimmed(const struct sleeper *sleeper)
{
	double deadline = aw_loop_time(NULL) + PATIENCE;

	while (!is_trimmed(sleeper->task)) {
		ck_assert_double_lt(aw_loop_time(NULL), deadline);
		ck_assert_int_eq(aw_sleep(0.01), 0);
	}
}

/* One that hibernates, if that can be had. */
static void
put_to_sleep(struct sleeper *sleeper)
{
	begin(sleeper, 1);
	wait_until_trimmed(sleeper);
	ck_assert_int_eq(hibernates(sleeper), can_hibernate());
}

static int
wake(struct sleeper *sleeper)
{
	aw_task_wake(inside(sleeper->task), 5);
	return join(sleeper->task);
}

static int (*body)(void);

static int
run_body(void *arg)
{
	(void)arg;
	return body();
}

static void
run_quickly(int (*function)(void))
{
	body = function;
	ck_assert_int_eq(aw_run_with(run_body, NULL, &quickly), 0);
}

#define QUICK_TEST(name) \
	static int name##_body(void); \
	START_TEST(name) \
	{ \
		run_quickly(name##_body); \
	} \
	END_TEST \
	static int name##_body(void)

QUICK_TEST(a_task_that_waits_for_data_has_no_page_until_it_is_woken)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	if (can_hibernate())
		ck_assert_uint_eq(resident_pages(sleeper.task), 0);
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(without_the_kernels_guards_it_keeps_its_page)
{
	struct sleeper sleeper;

	aw_guard_limit(AW_GUARD_MPROTECT);
	begin(&sleeper, 1);
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_uint_ge(resident_pages(sleeper.task), 1);
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(other_waits_keep_their_page)
{
	struct sleeper sleeper;

	begin(&sleeper, 1);
	sleeper.what = "data";
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(a_task_on_its_stack_keeps_its_page)
{
	struct sleeper sleeper = { .what = aw_data_to_read };

	sleeper.task = spawn(run_sleeper, &sleeper);
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(a_task_that_uses_more_than_half_a_page_keeps_it)
{
	struct sleeper half, more;

	begin(&half, 1);
	half.deep = 2048;
	begin(&more, 2);
	more.deep = 8192;
	wait_until_trimmed(&half);
	wait_until_trimmed(&more);
	ck_assert(!hibernates(&half));
	ck_assert(!hibernates(&more));
	ck_assert_int_eq(wake(&half), 5);
	ck_assert_int_eq(wake(&more), 5);
	return 0;
}

QUICK_TEST(a_cancellation_wakes_it)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	aw_cancel(sleeper.task);
	ck_assert_int_eq(join(sleeper.task), -ECANCELED);
	ck_assert(sleeper.ended);
	return 0;
}

QUICK_TEST(what_is_known_of_a_task_stays_known)
{
	struct sleeper sleeper;
	aw_task_info before, after;

	begin(&sleeper, 1);
	turns(1);
	ck_assert_int_eq(aw_task_get_info(sleeper.task, &before), 0);
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(aw_task_get_info(sleeper.task, &after), 0);
	ck_assert_int_eq(after.state, AW_TASK_WAITING);
	ck_assert_str_eq(after.waits_for, "data to read");
	ck_assert_uint_eq(after.stack_used, before.stack_used);
	ck_assert_uint_eq(after.stack_size, before.stack_size);
	ck_assert_uint_eq(after.stack_high_water, before.stack_high_water);
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

#define MANY 2000

QUICK_TEST(thousands_come_back_at_once)
{
	static struct sleeper sleepers[MANY];
	size_t i, many = aw_sanitizer_knows_stacks() ? 100 : MANY;

	for (i = 0; i < many; i++)
		begin(&sleepers[i], (unsigned)i);
	for (i = 0; i < many; i++) {
		wait_until_trimmed(&sleepers[i]);
		ck_assert_int_eq(hibernates(&sleepers[i]), can_hibernate());
	}
	for (i = 0; i < many; i++)
		aw_task_wake(inside(sleepers[i].task), (int)i);
	for (i = 0; i < many; i++)
		ck_assert_int_eq(join(sleepers[i].task), (int)i);
	return 0;
}

QUICK_TEST(what_another_task_reads_there_is_as_it_was)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	ck_assert_uint_eq(sleeper.kept[0], 1);
	ck_assert_uint_eq(sleeper.kept[KEPT - 1], KEPT);
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(what_another_task_writes_there_stays)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	memset(sleeper.kept, 0xff, KEPT);
	/* It finds that they have changed. */
	ck_assert_int_eq(wake(&sleeper), -EIO);
	return 0;
}

static int
wait_twice(void *arg)
{
	int result = wait_and_check(arg);

	return result < 0 ? result : wait_and_check(arg);
}

QUICK_TEST(a_task_whose_stack_is_looked_at_hibernates_no_more)
{
	struct sleeper sleeper = { .what = aw_data_to_read };
	struct task *task;

	task = aw_task_new_beside(aw_get_running_loop(), wait_twice, &sleeper,
	    NULL, 0, NULL);
	sleeper.task = &task->future;
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(hibernates(&sleeper), can_hibernate());
	ck_assert_uint_eq(sleeper.kept[1], 1);
	aw_task_wake(task, 5);
	turns(2);
	ck_assert(!is_trimmed(sleeper.task));
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(a_task_may_hibernate_again)
{
	struct sleeper sleeper = { .what = aw_data_to_read };
	struct task *task;

	task = aw_task_new_beside(aw_get_running_loop(), wait_twice, &sleeper,
	    NULL, 0, NULL);
	sleeper.task = &task->future;
	wait_until_trimmed(&sleeper);
	aw_task_wake(task, 5);
	turns(2);
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(hibernates(&sleeper), can_hibernate());
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

/* ----------------------------------------------------- the end of the loop */

static int
leave_asleep(void *arg)
{
	put_to_sleep(arg);
	return 0;
}

START_TEST(a_loop_that_closes_ends_a_task_that_hibernates)
{
	aw_loop *loop = aw_loop_new(&quickly);
	struct sleeper sleeper;
	aw_task *task;

	record_reports(loop);
	task = aw_loop_create_task(loop, leave_asleep, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	aw_future_unref(sleeper.task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_str_eq(take_reports().message,
	    "a task was dropped while it was pending");
	ck_assert(sleeper.ended);
	ck_assert_int_eq(sleeper.result, -ECANCELED);
}
END_TEST

/* ---------------------------------------------------------- other threads */

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

	put_to_sleep(&sleeper);
	ck_assert_int_eq(pthread_create(&thread, NULL, look_from_thread,
	    &sleeper), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	return wake(&sleeper) == 5 ? 0 : -1;
}

static void
run_thread_in_child(void)
{
	body = let_a_thread_look;
	_exit(aw_run_with(run_body, NULL, &quickly) == 0 ? 0 : 1);
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
		a_task_that_waits_for_data_has_no_page_until_it_is_woken,
		without_the_kernels_guards_it_keeps_its_page,
		other_waits_keep_their_page,
		a_task_on_its_stack_keeps_its_page,
		a_task_that_uses_more_than_half_a_page_keeps_it,
		a_cancellation_wakes_it,
		what_is_known_of_a_task_stays_known,
		thousands_come_back_at_once,
		what_another_task_reads_there_is_as_it_was,
		what_another_task_writes_there_stays,
		a_task_whose_stack_is_looked_at_hibernates_no_more,
		a_task_may_hibernate_again,
		a_loop_that_closes_ends_a_task_that_hibernates,
		another_thread_that_looks_there_is_a_fault,
	};

	return UNIT_RUN("hibernate", tests);
}
