/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Processes when something runs out.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "core/scenario.h"
#include "unit.h"

static void
no_child_is_left(void)
{
	must(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static int
run_and_wait(void *arg)
{
	aw_process *process;
	int err, returncode;

	(void)arg;
	err = aw_create_subprocess_shell("exit 3", NULL, &process);
	if (err < 0)
		return err;
	err = aw_process_wait(process, &returncode);
	must(err < 0 || returncode == 3);
	aw_process_free(process);
	return err;
}

static int
wait_for_one(void)
{
	int err = run_main(run_and_wait, NULL);

	no_child_is_left();
	return err;
}

START_TEST(a_process_is_started_or_not)
{
	fail_each_call(wait_for_one, _i == 1);
}
END_TEST

static int
run_and_kill(void *arg)
{
	const int fds[] = { 1, 2 };
	const char *const argv[] = { "sleep", "1000", NULL };
	aw_subprocess_options options = { .stdin_fd = AW_DEVNULL,
		.stdout_fd = 2, .stderr_fd = AW_STDOUT, .pass_fds = fds,
		.pass_fd_count = 2 };
	aw_process *process;
	int err, returncode;

	(void)arg;
	err = aw_create_subprocess_exec(argv, &options, &process);
	if (err < 0)
		return err;
	must(aw_process_kill(process) == 0);
	err = aw_process_wait(process, &returncode);
	must(err < 0 || returncode == -SIGKILL);
	aw_process_free(process);
	return err;
}

static int
kill_one(void)
{
	int err = run_main(run_and_kill, NULL);

	no_child_is_left();
	return err;
}

START_TEST(a_process_with_odd_descriptors_is_started_or_not)
{
	fail_each_call(kill_one, _i == 1);
}
END_TEST

static int
converse(void *arg)
{
	aw_subprocess_options options = { .stdin_fd = AW_PIPE,
		.stdout_fd = AW_PIPE, .stderr_fd = AW_PIPE };
	aw_process_output output;
	aw_process *process;
	int err;

	(void)arg;
	err = aw_create_subprocess_shell("cat; echo err >&2", &options,
	    &process);
	if (err < 0)
		return err;
	err = aw_process_communicate(process, "hello", 5, &output);
	if (err == 0) {
		/* Input that there was no memory for is not sent. */
		must(strcmp(output.stdout_data, "hello") == 0 ||
		    strcmp(output.stdout_data, "") == 0);
		must(strcmp(output.stderr_data, "err\n") == 0);
		aw_process_output_free(&output);
	}
	aw_process_free(process);
	return err;
}

static int
communicate_with_one(void)
{
	int err = run_main(converse, NULL);

	no_child_is_left();
	return err;
}

START_TEST(a_process_is_communicated_with_or_not)
{
	fail_each_call(communicate_with_one, _i == 1);
}
END_TEST

static int
start_nothing(void *arg)
{
	const char *const argv[] = { "no-such-program", NULL };
	aw_process *process;
	int err;

	(void)arg;
	err = aw_create_subprocess_exec(argv, NULL, &process);
	must(err < 0);
	return err == -ENOENT ? 0 : err;
}

static int
miss_one(void)
{
	int err = run_main(start_nothing, NULL);

	no_child_is_left();
	return err;
}

START_TEST(a_program_that_is_not_there_leaves_nothing)
{
	fail_each_call(miss_one, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_process_is_started_or_not,
		a_process_with_odd_descriptors_is_started_or_not,
		a_process_is_communicated_with_or_not,
		a_program_that_is_not_there_leaves_nothing,
	};

	fail_init();
	return UNIT_RUN_EACH("process_fail", tests, 2);
}
