/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * aw_run and SIGINT.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/core.h"

static struct plan leftover;

/* Check catches it otherwise. */
static void
leave_sigint_alone(void)
{
	ck_assert(signal(SIGINT, SIG_DFL) != SIG_ERR);
}

static void
interrupt(void *arg)
{
	(void)arg;
	kill(getpid(), SIGINT);
}

static void
interrupt_soon(void)
{
	ck_assert_ptr_nonnull(aw_loop_call_soon(aw_get_running_loop(),
	    interrupt, NULL));
}

static int
be_interrupted(void *arg)
{
	int err;

	(void)arg;
	interrupt_soon();
	err = aw_sleep(FAR);
	note(err == -ECANCELED ? "cancelled" : "slept");
	return err;
}

START_TEST(sigint_cancels_the_main_task)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(be_interrupted, NULL), AW_EINTERRUPT);
	ck_assert_notes("cancelled");
}
END_TEST

static int
note_main(void *arg)
{
	(void)arg;
	note("main");
	return 0;
}

START_TEST(after_a_run_sigint_does_what_it_did_before)
{
	struct sigaction action;

	leave_sigint_alone();
	ck_assert_int_eq(aw_run(note_main, NULL), 0);
	ck_assert_int_eq(sigaction(SIGINT, NULL, &action), 0);
	ck_assert_ptr_eq(action.sa_handler, SIG_DFL);
	ck_assert_int_eq(aw_run(be_interrupted, NULL), AW_EINTERRUPT);
	ck_assert_int_eq(sigaction(SIGINT, NULL, &action), 0);
	ck_assert_ptr_eq(action.sa_handler, SIG_DFL);
	ck_assert_notes("main cancelled");
}
END_TEST

static void
cancel_and_interrupt(void *task)
{
	aw_cancel(task);
	interrupt(NULL);
}

static int
be_cancelled_and_interrupted(void *arg)
{
	(void)arg;
	aw_loop_call_soon(aw_get_running_loop(), cancel_and_interrupt,
	    aw_current_task());
	(void)!aw_sleep(FAR);
	/* Until the second cancellation is there too. */
	return aw_sleep(FAR);
}

START_TEST(a_main_task_that_was_cancelled_as_well_ends_cancelled)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(be_cancelled_and_interrupted, NULL),
	    -ECANCELED);
}
END_TEST

static int
swallow_interrupt(void *arg)
{
	(void)arg;
	interrupt_soon();
	ck_assert_int_eq(aw_sleep(FAR), -ECANCELED);
	return aw_sleep(0.001) == 0 ? 9 : -EIO;
}

START_TEST(a_main_task_that_gets_over_a_sigint_has_its_own_result)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(swallow_interrupt, NULL), 9);
}
END_TEST

static int
be_interrupted_with_leftover(void *arg)
{
	(void)arg;
	leftover = (struct plan){ .label = "sleeper", .delay = FAR };
	aw_future_unref(spawn(carry_out, &leftover));
	return be_interrupted(NULL);
}

START_TEST(after_a_sigint_what_is_left_is_cancelled_too)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(be_interrupted_with_leftover, NULL),
	    AW_EINTERRUPT);
	ck_assert_notes("cancelled sleeper!");
}
END_TEST

static int
be_interrupted_twice(void *arg)
{
	(void)arg;
	interrupt_soon();
	(void)!aw_sleep(FAR);
	kill(getpid(), SIGINT);
	_exit(5);
}

static void
run_interrupted_twice(void)
{
	leave_sigint_alone();
	(void)!aw_run(be_interrupted_twice, NULL);
}

START_TEST(a_second_sigint_ends_the_process)
{
	char text[1000];
	int status = in_child(run_interrupted_twice, text, sizeof(text));

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGINT);
}
END_TEST

static volatile sig_atomic_t own_interrupts;

static void
on_own_interrupt(int signal)
{
	(void)signal;
	own_interrupts++;
}

static int
interrupt_and_go_on(void *arg)
{
	(void)arg;
	kill(getpid(), SIGINT);
	return aw_sleep(0.001);
}

START_TEST(a_sigint_that_the_program_handles_itself_is_left_to_it)
{
	leave_sigint_alone();
	ck_assert_ptr_eq(signal(SIGINT, on_own_interrupt), SIG_DFL);
	ck_assert_int_eq(aw_run(interrupt_and_go_on, NULL), 0);
	ck_assert_int_eq(own_interrupts, 1);
	ck_assert_ptr_eq(signal(SIGINT, SIG_IGN), on_own_interrupt);
	ck_assert_int_eq(aw_run(interrupt_and_go_on, NULL), 0);
	ck_assert_ptr_eq(signal(SIGINT, SIG_DFL), SIG_IGN);
}
END_TEST

static int
check_sigint_is_default(void *arg)
{
	struct sigaction action;

	(void)arg;
	if (sigaction(SIGINT, NULL, &action) < 0)
		return -errno;
	return action.sa_handler == SIG_DFL ? 6 : -EIO;
}

static void *
run_in_thread(void *result)
{
	*(int *)result = aw_run(check_sigint_is_default, NULL);
	return NULL;
}

START_TEST(in_another_thread_it_runs_without_a_handler_for_sigint)
{
	pthread_t thread;
	int result = 0;

	leave_sigint_alone();
	ck_assert_int_eq(pthread_create(&thread, NULL, run_in_thread, &result),
	    0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(result, 6);
}
END_TEST

static int
yield_until_interrupted(void *arg)
{
	int err;

	(void)arg;
	aw_loop_call_later(aw_get_running_loop(), 0.005, interrupt, NULL);
	while ((err = aw_sleep(0)) == 0)
		;
	return err;
}

START_TEST(a_main_task_that_only_yields_is_cancelled_too)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(yield_until_interrupted, NULL),
	    AW_EINTERRUPT);
}
END_TEST

static int
await_until_interrupted(void *arg)
{
	aw_future *future = aw_loop_create_future(aw_get_running_loop());
	int err;

	(void)arg;
	interrupt_soon();
	err = aw_await(future);
	ck_assert(aw_future_cancelled(future));
	aw_future_unref(future);
	return err;
}

START_TEST(what_the_main_task_awaits_is_cancelled_as_well)
{
	leave_sigint_alone();
	ck_assert_int_eq(aw_run(await_until_interrupted, NULL),
	    AW_EINTERRUPT);
}
END_TEST

static int
interrupt_in_clean_up(void *arg)
{
	int err = aw_sleep(FAR);

	(void)arg;
	kill(getpid(), SIGINT);
	_exit(err == -ECANCELED ? 5 : 6);
}

static int
leave_one_that_interrupts(void *arg)
{
	aw_future_unref(spawn(interrupt_in_clean_up, arg));
	turns(1);
	return 0;
}

static void
run_interrupted_at_the_end(void)
{
	leave_sigint_alone();
	(void)!aw_run(leave_one_that_interrupts, NULL);
}

START_TEST(a_sigint_after_the_main_task_ends_the_process)
{
	char text[1000];
	int status = in_child(run_interrupted_at_the_end, text, sizeof(text));

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGINT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sigint_cancels_the_main_task,
		after_a_run_sigint_does_what_it_did_before,
		a_main_task_that_was_cancelled_as_well_ends_cancelled,
		a_main_task_that_gets_over_a_sigint_has_its_own_result,
		after_a_sigint_what_is_left_is_cancelled_too,
		a_second_sigint_ends_the_process,
		a_sigint_that_the_program_handles_itself_is_left_to_it,
		in_another_thread_it_runs_without_a_handler_for_sigint,
		a_main_task_that_only_yields_is_cancelled_too,
		what_the_main_task_awaits_is_cancelled_as_well,
		a_sigint_after_the_main_task_ends_the_process,
	};

	return UNIT_RUN("run_interrupt", tests);
}
