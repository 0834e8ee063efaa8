/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hibernation: tasks that wait for long are put away with what they have on
 * their stacks, and come back as they were.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/trimming.h"
#include "dormouse.h"
#include "hibernating.h"

#define KEPT 200

/* A task that has bytes on its stack while it waits. */
struct sleeper {
	aw_task *task;
	int fd;              /* that wakes it */
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

const char *__ubsan_default_options(void);
const char *
__ubsan_default_options(void)
{
	return __asan_default_options();
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
	sleeper->result = aw_task_park(inside(aw_current_task()), "data");
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
begin_with(struct sleeper *sleeper, unsigned i, aw_coroutine *run)
{
	struct task *task;

	memset(sleeper, 0, sizeof(*sleeper));
	sleeper->first = (unsigned char)i;
	task = dormouse_new(run, sleeper, "sleeper", &sleeper->fd);
	ck_assert_ptr_nonnull(task);
	ck_assert_ptr_nonnull(task->may_hibernate);
	sleeper->task = &task->future;
}

static void
begin(struct sleeper *sleeper, unsigned i)
{
	begin_with(sleeper, i, run_sleeper);
}

static bool
hibernates(const struct sleeper *sleeper)
{
	return dormouse_hibernates(sleeper->task);
}

static void
wait_until_trimmed(const struct sleeper *sleeper)
{
	double deadline = aw_loop_time(NULL) + PATIENCE;

	/* To ask would wake it. */
	while (!hibernates(sleeper) && !is_trimmed(sleeper->task)) {
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
	ck_assert_int_eq(eventfd_write(sleeper->fd, 1), 0);
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

QUICK_TEST(a_task_that_waits_has_no_page_until_its_event_comes)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	ck_assert_int_eq(has_page(sleeper.task), !can_hibernate());
	ck_assert_int_eq(wake(&sleeper), 5);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating, 0);
	return 0;
}

QUICK_TEST(who_wakes_it_without_its_event_does)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	aw_task_wake(inside(sleeper.task), 7);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(join(sleeper.task), 7);
	return 0;
}

QUICK_TEST(an_event_comes_to_who_was_put_back_before_it)
{
	struct sleeper sleeper;

	put_to_sleep(&sleeper);
	ck_assert_int_eq(inside(sleeper.task)->phase, AW_TASK_BEGUN);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

/* What came since the loop polled, and was not told yet, is not lost. */
QUICK_TEST(an_event_that_comes_just_then_wakes_it)
{
	struct sleeper sleeper;

	begin(&sleeper, 1);
	turns(1);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	aw_hibernate(inside(sleeper.task));
	ck_assert_int_eq(hibernates(&sleeper), can_hibernate());
	ck_assert_int_eq(join(sleeper.task), 5);
	return 0;
}

QUICK_TEST(without_the_kernels_guards_it_keeps_its_page)
{
	struct sleeper sleeper;

	aw_guard_limit(AW_GUARD_MPROTECT);
	begin(&sleeper, 1);
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert(has_page(sleeper.task));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

static bool
does_not(struct task *task, struct aw_wakeup *wakeup)
{
	(void)task, (void)wakeup;
	return false;
}

QUICK_TEST(other_waits_keep_their_page)
{
	struct sleeper sleeper;

	begin(&sleeper, 1);
	inside(sleeper.task)->may_hibernate = does_not;
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(a_task_that_uses_most_of_a_page_keeps_it)
{
	struct sleeper most, more;

	begin(&most, 1);
	most.deep = 3072;
	begin(&more, 2);
	more.deep = 8192;
	wait_until_trimmed(&most);
	wait_until_trimmed(&more);
	ck_assert(!hibernates(&most));
	ck_assert(!hibernates(&more));
	ck_assert_int_eq(wake(&most), 5);
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
	ck_assert_str_eq(after.waits_for, "data");
	ck_assert_uint_eq(after.stack_used, before.stack_used);
	ck_assert_uint_eq(after.stack_size, before.stack_size);
	ck_assert_uint_eq(after.stack_high_water, before.stack_high_water);
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

#define MANY 300

QUICK_TEST(hundreds_come_back_at_once)
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
		ck_assert_int_eq(eventfd_write(sleepers[i].fd, 1), 0);
	for (i = 0; i < many; i++)
		ck_assert_int_eq(join(sleepers[i].task), 5);
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
	struct sleeper sleeper;

	begin_with(&sleeper, 0, wait_twice);
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(hibernates(&sleeper), can_hibernate());
	ck_assert_uint_eq(sleeper.kept[1], 1);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	turns(2);
	ck_assert(!is_trimmed(sleeper.task));
	wait_until_trimmed(&sleeper);
	ck_assert(!hibernates(&sleeper));
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

QUICK_TEST(a_task_may_hibernate_again)
{
	struct sleeper sleeper;

	begin_with(&sleeper, 0, wait_twice);
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(eventfd_write(sleeper.fd, 1), 0);
	turns(2);
	wait_until_trimmed(&sleeper);
	ck_assert_int_eq(hibernates(&sleeper), can_hibernate());
	ck_assert_int_eq(wake(&sleeper), 5);
	return 0;
}

/* ------------------------------------------------------- the list of tasks */

/* Of three, the one in the middle, or all but that. */
static void
begin_three(struct sleeper *three, unsigned asleep)
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		begin(&three[i], i);
		if ((asleep >> i & 1) == 0)
			inside(three[i].task)->may_hibernate = does_not;
	}
	for (i = 0; i < 3; i++)
		wait_until_trimmed(&three[i]);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating,
	    can_hibernate() ? (unsigned)__builtin_popcount(asleep) : 0);
}

static void
check_order(unsigned asleep)
{
	struct sleeper three[3];
	aw_task *all[5];
	size_t i;

	begin_three(three, asleep);
	ck_assert_uint_eq(aw_all_tasks(NULL, all, 5), 4);
	ck_assert_ptr_eq(all[0], aw_current_task());
	for (i = 0; i < 3; i++)
		ck_assert_ptr_eq(all[i + 1], three[i].task);
	for (i = 0; i < 4; i++)
		aw_future_unref(all[i]);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(wake(&three[i]), 5);
}

QUICK_TEST(it_keeps_its_place_among_the_tasks)
{
	check_order(2);
	check_order(5);
	check_order(7);
	return 0;
}

QUICK_TEST(a_dump_has_it_and_does_not_wake_it)
{
	struct sleeper three[3];
	char *text = NULL;
	size_t size, i, asleep;
	FILE *stream;

	begin_three(three, 6);
	ck_assert_int_eq(aw_task_set_name(three[0].task, "awake"), 0);
	asleep = aw_get_running_loop()->hibernating;
	stream = open_memstream(&text, &size);
	ck_assert_int_eq(aw_dump_tasks(NULL, stream), 0);
	fclose(stream);
	ck_assert_uint_eq(aw_get_running_loop()->hibernating, asleep);
	ck_assert_ptr_nonnull(strstr(text, "\nawake "));
	ck_assert_ptr_nonnull(strstr(strstr(text, "\nawake "), "\nsleeper "));
	ck_assert_ptr_nonnull(strstr(text, "4 tasks: 1 running, 0 ready, 3"));
	free(text);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(wake(&three[i]), 5);
	return 0;
}

/* ----------------------------------------------------- the end of the loop */

static int
leave_asleep(void *arg)
{
	put_to_sleep(arg);
	return 0;
}

static int
await_sleeper(void *arg)
{
	return aw_await(((struct sleeper *)arg)->task);
}

/* The loop does not run when it is touched. */
START_TEST(between_two_runs_of_the_loop_it_comes_back_too)
{
	aw_loop *loop = aw_loop_new(&quickly);
	struct sleeper sleeper;
	aw_task *task;

	task = aw_loop_create_task(loop, leave_asleep, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert(aw_cancel(sleeper.task));
	ck_assert_uint_eq(loop->hibernating, 0);
	task = aw_loop_create_task(loop, await_sleeper, &sleeper, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), -ECANCELED);
	aw_future_unref(task);
	ck_assert(sleeper.ended);
	aw_future_unref(sleeper.task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

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
		a_task_that_waits_has_no_page_until_its_event_comes,
		who_wakes_it_without_its_event_does,
		an_event_comes_to_who_was_put_back_before_it,
		an_event_that_comes_just_then_wakes_it,
		without_the_kernels_guards_it_keeps_its_page,
		other_waits_keep_their_page,
		a_task_that_uses_most_of_a_page_keeps_it,
		a_cancellation_wakes_it,
		what_is_known_of_a_task_stays_known,
		hundreds_come_back_at_once,
		what_another_task_reads_there_is_as_it_was,
		what_another_task_writes_there_stays,
		a_task_whose_stack_is_looked_at_hibernates_no_more,
		a_task_may_hibernate_again,
		it_keeps_its_place_among_the_tasks,
		a_dump_has_it_and_does_not_wake_it,
		between_two_runs_of_the_loop_it_comes_back_too,
		a_loop_that_closes_ends_a_task_that_hibernates,
		another_thread_that_looks_there_is_a_fault,
	};

	return UNIT_RUN("hibernate", tests);
}
