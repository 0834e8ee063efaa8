/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A process's end: its status, who waits for it, signals.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/children.h"

#define MANY 20

PROCESS_TEST(its_exit_status_comes_back)
{
	unsigned pidfds = process_pidfds;

	ck_assert_int_eq(end(start("exit 7", NULL)), 7);
	ck_assert_int_eq(end(start_program(ARGV("true"), NULL)), 0);
	ck_assert_uint_eq(process_pidfds, pidfds + 2);
}

PROCESS_TEST(its_exit_status_comes_back_from_a_session_of_its_own)
{
	aw_subprocess_options options = { .start_new_session = true };

	ck_assert_int_eq(end(start("exit 8", &options)), 8);
}

PROCESS_TEST(it_has_a_number)
{
	aw_process *process = start_sleeper();

	ck_assert_int_gt(aw_process_pid(process), 0);
	ck_assert(exists(aw_process_pid(process)));
	ck_assert_ptr_null(aw_process_stdin(process));
	ck_assert_ptr_null(aw_process_stdout(process));
	ck_assert_ptr_null(aw_process_stderr(process));
	aw_process_free(process);
}

PROCESS_TEST(a_kill_is_a_negative_return_code)
{
	aw_process *process = start_sleeper();

	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(end(process), -SIGKILL);
}

PROCESS_TEST(it_can_be_terminated)
{
	aw_process *process = start_sleeper();

	ck_assert_int_eq(aw_process_terminate(process), 0);
	ck_assert_int_eq(end(process), -SIGTERM);
}

PROCESS_TEST(any_signal_can_be_sent)
{
	aw_process *process = start_sleeper();

	ck_assert_int_eq(aw_process_send_signal(process, 0), 0);
	ck_assert_int_eq(aw_process_send_signal(process, SIGHUP), 0);
	ck_assert_int_eq(end(process), -SIGHUP);
}

PROCESS_TEST(what_is_no_signal_is_refused)
{
	aw_process *process = start_sleeper();

	ck_assert_int_eq(aw_process_send_signal(process, 1000), -EINVAL);
	ck_assert_int_eq(aw_process_send_signal(process, -1), -EINVAL);
	aw_process_free(process);
}

PROCESS_TEST(a_shell_is_killed_while_its_command_runs)
{
	/* The command is left behind, and must not hold our output. */
	aw_subprocess_options options = { .stdout_fd = AW_DEVNULL,
		.stderr_fd = AW_DEVNULL };
	aw_process *process = start("sleep 3; sleep 3", &options);

	ck_assert_int_eq(aw_sleep(0.03), 0);
	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(end(process), -SIGKILL);
}

PROCESS_TEST(one_that_has_ended_takes_no_signals)
{
	aw_process *process = start("exit 6", NULL);
	int returncode;

	ck_assert_int_eq(aw_process_wait(process, &returncode), 0);
	ck_assert_int_eq(returncode, 6);
	ck_assert_int_eq(aw_process_send_signal(process, SIGTERM), -ESRCH);
	ck_assert_int_eq(aw_process_terminate(process), -ESRCH);
	ck_assert_int_eq(aw_process_kill(process), -ESRCH);
	ck_assert_int_eq(aw_process_returncode(process, &returncode), 0);
	ck_assert_int_eq(returncode, 6);
	aw_process_free(process);
}

PROCESS_TEST(one_that_has_just_ended_takes_none_either)
{
	aw_process *process = start("exit 6", NULL);

	/* The loop has not heard of it yet. */
	see_end(aw_process_pid(process));
	ck_assert_int_eq(aw_process_kill(process), -ESRCH);
	ck_assert_int_eq(end(process), 6);
}

PROCESS_TEST(it_may_have_ended_before_anybody_waits)
{
	aw_process *process = start("exit 5", NULL);

	see_end(aw_process_pid(process));
	ck_assert_int_eq(aw_sleep(0.01), 0);
	ck_assert_int_eq(end(process), 5);
}

PROCESS_TEST(while_it_runs_there_is_no_return_code)
{
	aw_process *process = start_sleeper();
	int returncode = 12;

	ck_assert_int_eq(aw_process_returncode(process, &returncode),
	    AW_EINVALIDSTATE);
	ck_assert_int_eq(returncode, 12);
	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(aw_process_wait(process, NULL), 0);
	ck_assert_int_eq(aw_process_returncode(process, &returncode), 0);
	ck_assert_int_eq(returncode, -SIGKILL);
	ck_assert_int_eq(aw_process_returncode(process, NULL), 0);
	/* One can wait for it again. */
	returncode = 0;
	ck_assert_int_eq(aw_process_wait(process, &returncode), 0);
	ck_assert_int_eq(returncode, -SIGKILL);
	aw_process_free(process);
}

static int
wait_and_note(void *process)
{
	int returncode, err;

	err = aw_process_wait(process, &returncode);
	note(err < 0 ? "cancelled" : "ended");
	return err < 0 ? err : 100 + returncode;
}

PROCESS_TEST(several_tasks_wait_for_it)
{
	aw_process *process = start_sleeper();
	aw_task *one = spawn(wait_and_note, process);
	aw_task *two = spawn(wait_and_note, process);

	turns(2);
	ck_assert_notes("");
	ck_assert_int_eq(aw_process_terminate(process), 0);
	ck_assert_int_eq(join(one), 100 - SIGTERM);
	ck_assert_int_eq(join(two), 100 - SIGTERM);
	ck_assert_notes("ended ended");
	aw_process_free(process);
}

PROCESS_TEST(a_wait_can_be_cancelled)
{
	aw_process *process = start_sleeper();
	aw_task *task = spawn(wait_and_note, process);

	turns(2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("cancelled");
	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(end(process), -SIGKILL);
}

PROCESS_TEST(a_wait_can_time_out)
{
	aw_process *process = start_sleeper();
	aw_timeout *timeout;

	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_process_wait(process,
	    NULL)), -ETIMEDOUT);
	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(end(process), -SIGKILL);
}

PROCESS_TEST(many_run_at_once)
{
	aw_process *processes[MANY];
	char command[32];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(command, sizeof(command), "exit %d", i);
		processes[i] = start(command, NULL);
	}
	for (i = MANY - 1; i >= 0; i--)
		ck_assert_int_eq(end(processes[i]), i);
}

static int
note_and_kill(void *process)
{
	note("meanwhile");
	return aw_process_kill(process);
}

PROCESS_TEST(others_run_while_one_waits)
{
	aw_process *process = start_sleeper();
	aw_task *task = spawn(note_and_kill, process);

	ck_assert_int_eq(aw_process_wait(process, NULL), 0);
	ck_assert_notes("meanwhile");
	ck_assert_int_eq(join(task), 0);
	ck_assert_int_eq(end(process), -SIGKILL);
}

PROCESS_TEST(its_status_may_be_lost_to_somebody_else)
{
	aw_process *process = start("exit 5", NULL);
	int status;

	ck_assert_int_eq(waitpid(aw_process_pid(process), &status, 0),
	    aw_process_pid(process));
	ck_assert_int_eq(WEXITSTATUS(status), 5);
	ck_assert_int_eq(end(process), 255);
}

PROCESS_TEST(its_status_is_lost_where_sigchld_is_ignored)
{
	aw_process *process;

	signal(SIGCHLD, SIG_IGN);
	process = start("exit 5", NULL);
	ck_assert_int_eq(end(process), 255);
	signal(SIGCHLD, SIG_DFL);
}

PROCESS_TEST(a_handler_of_sigchld_does_no_harm)
{
	aw_loop *loop = aw_get_running_loop();
	char word[] = "child";

	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGCHLD,
	    note_callback, word), 0);
	ck_assert_int_eq(end(start("exit 5", NULL)), 5);
	while (count_notes() == 0)
		turns(1);
	ck_assert_notes("child");
	ck_assert(aw_loop_remove_signal_handler(loop, SIGCHLD));
}

PROCESS_TEST(waiting_needs_a_process_only)
{
	/* What some other child does is not its business. */
	aw_process *other = start("exit 1", NULL), *process = start_sleeper();
	aw_task *task = spawn(wait_and_note, process);

	ck_assert_int_eq(end(other), 1);
	turns(2);
	ck_assert_notes("");
	ck_assert_int_eq(aw_process_kill(process), 0);
	ck_assert_int_eq(join(task), 100 - SIGKILL);
	ck_assert_notes("ended");
	aw_process_free(process);
}

int
main(void)
{
	const TTest *const tests[] = {
		its_exit_status_comes_back,
		its_exit_status_comes_back_from_a_session_of_its_own,
		it_has_a_number,
		a_kill_is_a_negative_return_code,
		it_can_be_terminated,
		any_signal_can_be_sent,
		what_is_no_signal_is_refused,
		a_shell_is_killed_while_its_command_runs,
		one_that_has_ended_takes_no_signals,
		one_that_has_just_ended_takes_none_either,
		it_may_have_ended_before_anybody_waits,
		while_it_runs_there_is_no_return_code,
		several_tasks_wait_for_it,
		a_wait_can_be_cancelled,
		a_wait_can_time_out,
		many_run_at_once,
		others_run_while_one_waits,
		its_status_may_be_lost_to_somebody_else,
		its_status_is_lost_where_sigchld_is_ignored,
		a_handler_of_sigchld_does_no_harm,
		waiting_needs_a_process_only,
	};

	return PROCESS_RUN("process", tests);
}
