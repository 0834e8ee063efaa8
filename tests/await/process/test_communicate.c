/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A process's input and outputs at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process/children.h"

/* More than a pipe holds. */
#define LARGE (1 << 20)

static const aw_subprocess_options both = {
	.stdin_fd = AW_PIPE, .stdout_fd = AW_PIPE };
static const aw_subprocess_options all = {
	.stdin_fd = AW_PIPE, .stdout_fd = AW_PIPE, .stderr_fd = AW_PIPE };

static int
returncode_of(const aw_process *process)
{
	int returncode;

	ck_assert_int_eq(aw_process_returncode(process, &returncode), 0);
	return returncode;
}

/* Gives the command the input and checks what it says. */
static void
expect(const char *command, const aw_subprocess_options *options,
    const char *input, const char *out, const char *err)
{
	aw_process *process = start(command, options);
	aw_process_output output;

	ck_assert_int_eq(aw_process_communicate(process, input,
	    input != NULL ? strlen(input) : 0, &output), 0);
	ck_assert_pstr_eq(output.stdout_data, out);
	ck_assert_pstr_eq(output.stderr_data, err);
	ck_assert_uint_eq(output.stdout_size, out != NULL ? strlen(out) : 0);
	ck_assert_uint_eq(output.stderr_size, err != NULL ? strlen(err) : 0);
	ck_assert_int_eq(returncode_of(process), 0);
	aw_process_output_free(&output);
	aw_process_free(process);
}

TASK_TEST(the_input_comes_back_as_output)
{
	expect("cat", &both, "some data", "some data", NULL);
}

TASK_TEST(the_outputs_are_kept_apart)
{
	expect("cat; echo problem >&2", &all, "abc", "abc", "problem\n");
}

TASK_TEST(the_input_ends)
{
	expect("wc -c", &all, "abc", "3\n", "");
}

TASK_TEST(there_may_be_no_input)
{
	expect("wc -c", &all, "", "0\n", "");
	expect("wc -c", &all, NULL, "0\n", "");
}

TASK_TEST(input_may_be_the_null_device)
{
	aw_subprocess_options options = all;

	options.stdin_fd = AW_DEVNULL;
	expect("wc -c", &options, NULL, "0\n", "");
}

TASK_TEST(output_may_be_the_null_device)
{
	aw_subprocess_options options = all;

	options.stdout_fd = AW_DEVNULL;
	expect("wc -c", &options, "abc", NULL, "");
	options = all;
	options.stderr_fd = AW_DEVNULL;
	expect("wc -c; echo lost >&2", &options, "abc", "3\n", NULL);
}

TASK_TEST(it_can_open_its_input_by_name)
{
	expect("wc -c < /dev/stdin", &all, "abc", "3\n", "");
}

TASK_TEST(without_pipes_it_waits)
{
	expect("exit 0", NULL, NULL, NULL, NULL);
}

TASK_TEST(input_needs_a_pipe)
{
	aw_process *process = start("exit 0", NULL);
	aw_process_output output;

	ck_assert_int_eq(aw_process_communicate(process, "x", 1, &output),
	    -EINVAL);
	ck_assert_ptr_null(output.stdout_data);
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(much_goes_both_ways_at_once)
{
	static char data[LARGE];
	aw_process *process = start("tee /dev/stderr", &all);
	aw_process_output output;
	size_t i;

	for (i = 0; i < LARGE; i++)
		data[i] = (char)(i * 7 % 251);
	ck_assert_int_eq(aw_process_communicate(process, data, LARGE,
	    &output), 0);
	ck_assert_uint_eq(output.stdout_size, LARGE);
	ck_assert_uint_eq(output.stderr_size, LARGE);
	ck_assert(memcmp(output.stdout_data, data, LARGE) == 0);
	ck_assert(memcmp(output.stderr_data, data, LARGE) == 0);
	ck_assert_int_eq(output.stdout_data[LARGE], '\0');
	aw_process_output_free(&output);
	aw_process_free(process);
}

TASK_TEST(input_that_nobody_reads_is_no_error)
{
	static char data[LARGE];
	aw_process *process = start("echo no, thanks", &both);
	aw_process_output output;

	ck_assert_int_eq(aw_process_communicate(process, data, LARGE,
	    &output), 0);
	ck_assert_str_eq(output.stdout_data, "no, thanks\n");
	aw_process_output_free(&output);
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(a_small_limit_of_the_streams_does_not_matter)
{
	aw_subprocess_options options = all;

	options.connection.limit = 10;
	expect("printf %030d 1", &options, NULL,
	    "000000000000000000000000000001", "");
}

TASK_TEST(more_than_the_limit_is_an_error)
{
	aw_subprocess_options options = all;
	aw_process *process;
	aw_process_output output;

	options.output_limit = 1000;
	process = start("yes", &options);
	ck_assert_int_eq(aw_process_communicate(process, NULL, 0, &output),
	    AW_ELIMIT);
	ck_assert_ptr_null(output.stdout_data);
	ck_assert_int_eq(aw_process_returncode(process, NULL),
	    AW_EINVALIDSTATE);
	aw_process_free(process);
}

TASK_TEST(the_limit_holds_for_each_output)
{
	aw_subprocess_options options = all;

	options.output_limit = 4;
	expect("echo abc; echo def >&2", &options, NULL, "abc\n", "def\n");
}

TASK_TEST(its_status_is_known_afterwards)
{
	aw_process *process = start("cat; exit 3", &both);
	aw_process_output output;

	ck_assert_int_eq(aw_process_communicate(process, NULL, 0, &output), 0);
	ck_assert_int_eq(returncode_of(process), 3);
	aw_process_output_free(&output);
	ck_assert_ptr_null(output.stdout_data);
	aw_process_free(process);
}

TASK_TEST(what_was_read_before_is_not_repeated)
{
	aw_process *process = start("echo one; cat", &both);
	aw_process_output output;
	const char *line;

	ck_assert_int_eq(aw_reader_readline(aw_process_stdout(process), &line),
	    4);
	ck_assert_int_eq(aw_process_communicate(process, "two", 3, &output),
	    0);
	ck_assert_str_eq(output.stdout_data, "two");
	aw_process_output_free(&output);
	aw_process_free(process);
}

struct conversation {
	aw_process *process;
	const char *input;
	aw_process_output output;
};

static int
converse(void *arg)
{
	struct conversation *conversation = arg;

	return aw_process_communicate(conversation->process,
	    conversation->input, strlen(conversation->input),
	    &conversation->output);
}

/* A task in the midst of communicate. */
static aw_task *
begin(struct conversation *conversation, const char *command,
    const char *input)
{
	aw_task *task;

	*conversation = (struct conversation){
		.process = start(command, &all), .input = input };
	task = spawn(converse, conversation);
	turns(3);
	return task;
}

TASK_TEST(cancelled_it_leaves_a_process_that_can_be_killed)
{
	struct conversation conversation;
	aw_task *task = begin(&conversation, "exec sleep 1000", "");

	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(aw_process_returncode(conversation.process, NULL),
	    AW_EINVALIDSTATE);
	ck_assert_int_eq(aw_process_kill(conversation.process), 0);
	ck_assert_int_eq(end(conversation.process), -SIGKILL);
}

TASK_TEST(cancelled_it_can_be_taken_up_again)
{
	struct conversation conversation = { .input = "the input" };
	aw_subprocess_options options = all;
	aw_process_output output;
	aw_task *task;
	char command[128];
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	options.pass_fds = &ends[0];
	options.pass_fd_count = 1;
	snprintf(command, sizeof(command), "cat; exec 1>&-; echo first >&2; "
	    "read x </proc/self/fd/%d; echo second >&2", ends[0]);
	conversation.process = start(command, &options);
	task = spawn(converse, &conversation);
	/* The one output has come to its end by then, the other one can't. */
	ck_assert_int_eq(aw_sleep(0.03), 0);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_ptr_null(conversation.output.stdout_data);
	ck_assert_int_eq(write(ends[1], "go\n", 3), 3);
	ck_assert_int_eq(aw_process_communicate(conversation.process, NULL, 0,
	    &output), 0);
	ck_assert_str_eq(output.stdout_data, "the input");
	ck_assert_str_eq(output.stderr_data, "first\nsecond\n");
	aw_process_output_free(&output);
	ck_assert_int_eq(end(conversation.process), 0);
	close(ends[0]);
	close(ends[1]);
}

TASK_TEST(cancelled_before_it_has_begun_it_leaves_everything)
{
	struct conversation conversation = {
		.process = start("cat", &all), .input = "x" };
	aw_task *task = spawn(converse, &conversation);

	/* Before the tasks that it makes have run. */
	turns(1);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	expect("cat", &all, "y", "y", "");
	aw_process_free(conversation.process);
}

TASK_TEST(several_at_once)
{
	struct conversation conversations[10];
	char inputs[10][8];
	aw_task *tasks[10];
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(inputs[i], sizeof(inputs[i]), "foo%d", i);
		tasks[i] = begin(&conversations[i], "cat", inputs[i]);
	}
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(join(tasks[i]), 0);
		ck_assert_str_eq(conversations[i].output.stdout_data,
		    inputs[i]);
		aw_process_output_free(&conversations[i].output);
		aw_process_free(conversations[i].process);
	}
}

static int
converse_and_free(void *arg)
{
	struct conversation conversation = { .input = "x" };
	int err;

	(void)arg;
	conversation.process = start("exec sleep 1000", &all);
	err = converse(&conversation);
	aw_process_free(conversation.process);
	return err;
}

static void
close_after(unsigned iterations)
{
	unsigned descriptors = count_descriptors();
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;

	record_reports(loop);
	task = aw_loop_create_task(loop, converse_and_free, NULL, NULL);
	stop_after(loop, iterations);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_ge(take_reports().count, 1);
	ck_assert_uint_eq(count_descriptors(), descriptors);
}

START_TEST(a_closing_loop_ends_it)
{
	close_after(5);
}
END_TEST

START_TEST(a_closing_loop_ends_it_before_its_tasks_have_run)
{
	close_after(1);
}
END_TEST

static aw_process *kept;

static int
start_and_keep(void *arg)
{
	(void)arg;
	kept = start_program(ARGV("sleep", "1000"), NULL);
	return 0;
}

LOOP_TEST(outside_of_a_task_it_is_an_error)
{
	aw_task *task = aw_loop_create_task(loop, start_and_keep, NULL, NULL);
	aw_process_output output;

	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert_int_eq(aw_process_communicate(kept, NULL, 0, &output),
	    AW_ENOTASK);
	aw_process_free(kept);
}

START_TEST(no_output_is_freed_as_well)
{
	aw_process_output output = { 0 };

	aw_process_output_free(&output);
	aw_process_output_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_input_comes_back_as_output,
		the_outputs_are_kept_apart,
		the_input_ends,
		there_may_be_no_input,
		input_may_be_the_null_device,
		output_may_be_the_null_device,
		it_can_open_its_input_by_name,
		without_pipes_it_waits,
		input_needs_a_pipe,
		much_goes_both_ways_at_once,
		input_that_nobody_reads_is_no_error,
		a_small_limit_of_the_streams_does_not_matter,
		more_than_the_limit_is_an_error,
		the_limit_holds_for_each_output,
		its_status_is_known_afterwards,
		what_was_read_before_is_not_repeated,
		cancelled_it_leaves_a_process_that_can_be_killed,
		cancelled_it_can_be_taken_up_again,
		cancelled_before_it_has_begun_it_leaves_everything,
		several_at_once,
		a_closing_loop_ends_it,
		a_closing_loop_ends_it_before_its_tasks_have_run,
		outside_of_a_task_it_is_an_error,
		no_output_is_freed_as_well,
	};

	return UNIT_RUN("communicate", tests);
}
