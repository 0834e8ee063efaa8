/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A task that overflows its stack, in a child process that dies of it.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/core.h"
#include "core/task.h"
#include "coro/guard.h"
#include "coro/overflow.h"
#include "faults.h"

#define LINE(name) "await: stack overflow in task '" name "': use less of it, "\
    "or raise aw_loop_options.stack_size\n"

/* Frames of 256 bytes and more; the result keeps the calls from being tail
 * calls. */
static int
recurse(unsigned depth)
{
	volatile char frame[256];

	frame[0] = (char)depth;
	frame[255] = frame[0];
	if (depth == 0)
		return aw_sleep(0);
	return recurse(depth - 1) + frame[255];
}

static int
overflow(void *arg)
{
	(void)arg;
	return recurse(1000 * 1000);
}

static void
run_named(aw_coroutine *coroutine, const char *name)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task = aw_loop_create_task(loop, coroutine, NULL, name);

	(void)!aw_loop_run_until_complete(loop, task);
}

static void
overflow_deep(void)
{
	run_named(overflow, "deep");
}

static void
overflow_nameless(void)
{
	run_named(overflow, NULL);
}

/* Valgrind prints more than the line. */
static void
check_death(void (*function)(void), int signal, const char *line)
{
	static char text[65536];
	int status = in_child(function, text, sizeof(text));

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), signal);
	if (line != NULL)
		ck_assert_msg(strstr(text, line) != NULL, "said: %s", text);
	else
		ck_assert_msg(strstr(text, "overflow in task") == NULL,
		    "said: %s", text);
}

START_TEST(an_overflow_is_reported_with_the_tasks_name_and_kills)
{
	check_death(overflow_deep, SIGSEGV, LINE("deep"));
}
END_TEST

START_TEST(an_overflow_of_a_nameless_task_is_reported_with_its_number)
{
	check_death(overflow_nameless, SIGSEGV, LINE("Task-1"));
}
END_TEST

START_TEST(an_overflow_onto_an_mprotect_guard_is_reported_too)
{
	aw_guard_limit(AW_GUARD_MPROTECT);
	check_death(overflow_deep, SIGSEGV, LINE("deep"));
}
END_TEST

/* Waits as soon as it is beyond the stack, its neighbour being hardly hurt. */
static int
recurse_below(const char *low)
{
	volatile char frame[256];

	frame[0] = 0;
	frame[255] = frame[0];
	if ((const char *)frame < low)
		return aw_sleep(0);
	return recurse_below(low) + frame[255];
}

static int
overrun(void *arg)
{
	(void)arg;
	return recurse_below(aw_task_current()->stack.low);
}

static void
overrun_deep(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *below = aw_loop_create_task(loop, overflow, NULL, NULL);
	aw_task *task = aw_loop_create_task(loop, overrun, NULL, "deep");

	/* It only keeps the memory below: it shall not run. */
	aw_cancel(below);
	(void)!aw_loop_run_until_complete(loop, task);
}

START_TEST(without_a_guard_page_an_overflow_is_reported_at_the_next_switch)
{
	aw_guard_limit(AW_GUARD_CHECK);
	check_death(overrun_deep, SIGABRT, LINE("deep"));
}
END_TEST

static int
write_to_nowhere(void *arg)
{
	void *nowhere = mmap(NULL, 4096, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	*(volatile char *)nowhere = 1;
	return 0;
}

static void
fault_in_task(void)
{
	run_named(write_to_nowhere, "innocent");
}

START_TEST(another_fault_in_a_task_is_not_called_an_overflow)
{
	check_death(fault_in_task, SIGSEGV, NULL);
}
END_TEST

static int
raise_segv(void *arg)
{
	(void)arg;
	raise(SIGSEGV);
	return 0;
}

static void
signal_in_task(void)
{
	run_named(raise_segv, "innocent");
}

START_TEST(a_segv_that_somebody_sent_still_kills)
{
	check_death(signal_in_task, SIGSEGV, NULL);
}
END_TEST

static void
on_segv(int signal)
{
	(void)signal;
	(void)!write(STDERR_FILENO, "mine\n", 5);
	_exit(3);
}

static void
overflow_with_handler(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_segv;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGSEGV, &action, NULL);
	overflow_deep();
}

START_TEST(the_programs_own_handler_is_called_after_the_report)
{
	static char text[65536];
	int status = in_child(overflow_with_handler, text, sizeof(text));
	char *line = strstr(text, LINE("deep"));

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 3);
	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_nonnull(strstr(line, "mine\n"));
}
END_TEST

static void *
overflow_thread(void *arg)
{
	(void)arg;
	overflow_deep();
	return NULL;
}

static void
overflow_in_thread(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	pthread_t thread;

	(void)loop;
	if (pthread_create(&thread, NULL, overflow_thread, NULL) == 0)
		pthread_join(thread, NULL);
}

START_TEST(an_overflow_in_another_thread_is_reported_too)
{
	check_death(overflow_in_thread, SIGSEGV, LINE("deep"));
}
END_TEST

static void *
run_borrowed_loop(void *loop)
{
	aw_task *task = aw_loop_create_task(loop, overflow, NULL, "deep");

	(void)!aw_loop_run_until_complete(loop, task);
	return NULL;
}

static void
overflow_on_borrowed_loop(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_borrowed_loop, loop) == 0)
		pthread_join(thread, NULL);
}

START_TEST(so_it_is_on_a_loop_that_another_thread_made)
{
	check_death(overflow_on_borrowed_loop, SIGSEGV, LINE("deep"));
}
END_TEST

static bool
has_signal_stack(void)
{
	stack_t stack;

	ck_assert_int_eq(sigaltstack(NULL, &stack), 0);
	return (stack.ss_flags & SS_DISABLE) == 0;
}

START_TEST(the_signal_stack_goes_with_the_threads_last_loop)
{
	bool before = has_signal_stack();
	aw_loop *first = aw_loop_new(NULL), *second = aw_loop_new(NULL);

	ck_assert(has_signal_stack());
	aw_loop_close(first);
	ck_assert(has_signal_stack());
	aw_loop_close(second);
	ck_assert_int_eq(has_signal_stack(), before);
}
END_TEST

static void *
close_loops(void *loop)
{
	aw_loop *own;
	bool before = has_signal_stack(), meanwhile;

	aw_loop_close(loop);
	own = aw_loop_new(NULL);
	meanwhile = has_signal_stack();
	aw_loop_close(own);
	return meanwhile && has_signal_stack() == before ? loop : NULL;
}

START_TEST(a_thread_that_closes_anothers_loop_keeps_count_of_its_own)
{
	aw_loop *loop = aw_loop_new(NULL);
	pthread_t thread;
	void *result;

	ck_assert_int_eq(pthread_create(&thread, NULL, close_loops, loop), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, loop);
	/* This thread's last loop is gone, but it can't know. */
	aw_overflow_unwatch();
}
END_TEST

START_TEST(a_signal_stack_of_the_programs_own_is_left_alone)
{
	static char memory[65536];
	stack_t own = { .ss_sp = memory, .ss_size = sizeof(memory) }, now;
	aw_loop *loop;

	ck_assert_int_eq(sigaltstack(&own, NULL), 0);
	loop = aw_loop_new(NULL);
	ck_assert_int_eq(sigaltstack(NULL, &now), 0);
	ck_assert_ptr_eq(now.ss_sp, memory);
	aw_loop_close(loop);
	ck_assert_int_eq(sigaltstack(NULL, &now), 0);
	ck_assert_ptr_eq(now.ss_sp, memory);
	own.ss_flags = SS_DISABLE;
	ck_assert_int_eq(sigaltstack(&own, NULL), 0);
}
END_TEST

static int
use_half_a_megabyte(void *arg)
{
	volatile char frame[512 * 1024];

	(void)arg;
	frame[0] = 1;
	frame[sizeof(frame) - 1] = 2;
	return frame[0] + frame[sizeof(frame) - 1];
}

START_TEST(a_task_may_use_as_much_as_the_option_stack_size_says)
{
	aw_loop_options options = { .stack_size = 1024 * 1024 };
	aw_loop *loop = aw_loop_new(&options);
	aw_task *task = aw_loop_create_task(loop, use_half_a_megabyte, NULL,
	    NULL);

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 3);
	aw_future_unref(task);
	aw_loop_close(loop);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_overflow_is_reported_with_the_tasks_name_and_kills,
		an_overflow_of_a_nameless_task_is_reported_with_its_number,
		an_overflow_onto_an_mprotect_guard_is_reported_too,
		without_a_guard_page_an_overflow_is_reported_at_the_next_switch,
		another_fault_in_a_task_is_not_called_an_overflow,
		a_segv_that_somebody_sent_still_kills,
		the_programs_own_handler_is_called_after_the_report,
		an_overflow_in_another_thread_is_reported_too,
		so_it_is_on_a_loop_that_another_thread_made,
		the_signal_stack_goes_with_the_threads_last_loop,
		a_thread_that_closes_anothers_loop_keeps_count_of_its_own,
		a_signal_stack_of_the_programs_own_is_left_alone,
		a_task_may_use_as_much_as_the_option_stack_size_says,
	};

	return UNIT_RUN_FORKED("overflow", tests);
}
