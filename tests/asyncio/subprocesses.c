/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

typedef aw_subprocess_options options;

static aw_process *
start(const char *const *argv, const options *with)
{
	aw_process *process = NULL;
	int err = aw_create_subprocess_exec(argv, with, &process);

	if (err < 0)
		told("start", err);
	return process;
}
#define ARGV(...) (const char *const []){ __VA_ARGS__, NULL }

static aw_process *
shell(const char *command, const options *with)
{
	aw_process *process = NULL;

	if (aw_create_subprocess_shell(command, with, &process) < 0)
		abort();
	return process;
}

/* The exit status, or the error. */
static int
wait_for_it(void *process)
{
	int returncode = 0, err = aw_process_wait(process, &returncode);

	if (err < 0)
		return told("wait", err);
	say("wait -> %d", returncode);
	return 0;
}

static int
end(aw_process *process)
{
	wait_for_it(process);
	aw_process_free(process);
	return 0;
}

static bool
runs(const aw_process *process)
{
	return aw_process_returncode(process, NULL) == AW_EINVALIDSTATE;
}

static void
say_returncode(const aw_process *process)
{
	int returncode = 0;

	if (aw_process_returncode(process, &returncode) == 0)
		say("returncode %d", returncode);
}

/* As text, with $ for the end of a line. */
static const char *
text_of(char *data)
{
	char *at;

	for (at = data; at != NULL && *at != '\0'; at++)
		if (*at == '\n')
			*at = '$';
	return data != NULL ? data : "none";
}

static int
communicate(aw_process *process, const char *input)
{
	aw_process_output output;
	int err;

	err = aw_process_communicate(process, input,
	    input != NULL ? strlen(input) : 0, &output);
	if (err < 0)
		return told("communicate", err);
	say("out %s, err %s", text_of(output.stdout_data),
	    text_of(output.stderr_data));
	say_returncode(process);
	aw_process_output_free(&output);
	aw_process_free(process);
	return 0;
}

static int
exit_statuses(void)
{
	end(start(ARGV("true"), NULL));
	end(start(ARGV("false"), NULL));
	end(shell("exit 7", NULL));
	return 0;
}

static int
wait_twice(void)
{
	aw_process *process = shell("exit 3", NULL);

	wait_for_it(process);
	wait_for_it(process);
	say_returncode(process);
	aw_process_free(process);
	return 0;
}

static const options with_stdin = { .stdin_fd = AW_PIPE };
static const options with_stdout = { .stdout_fd = AW_PIPE };
static const options with_both = { .stdin_fd = AW_PIPE, .stdout_fd = AW_PIPE };

static int
while_it_runs(void)
{
	aw_process *process = start(ARGV("cat"), &with_stdin);

	say("runs %s", yes(runs(process)));
	aw_writer_close(aw_process_stdin(process));
	wait_for_it(process);
	say("runs %s", yes(runs(process)));
	aw_process_free(process);
	return 0;
}

static int
a_program_that_is_not_there(void)
{
	start(ARGV("/nowhere/at/all"), NULL);
	return 0;
}

static int
terminate(void)
{
	aw_process *process = start(ARGV("sleep", "1000"), NULL);

	told("terminate", aw_process_terminate(process));
	return end(process);
}

static int
kill_it(void)
{
	aw_process *process = start(ARGV("sleep", "1000"), NULL);

	told("kill", aw_process_kill(process));
	return end(process);
}

static int
send_a_signal(void)
{
	aw_process *process = start(ARGV("sleep", "1000"), NULL);

	told("send", aw_process_send_signal(process, SIGUSR1));
	return end(process);
}

static int
a_signal_to_what_has_ended(void)
{
	aw_process *process = start(ARGV("true"), NULL);

	wait_for_it(process);
	told("kill", aw_process_kill(process));
	told("terminate", aw_process_terminate(process));
	told("send", aw_process_send_signal(process, SIGUSR1));
	aw_process_free(process);
	return 0;
}

/* Says the next line; returns whether there was one. */
static bool
say_line(aw_process *process)
{
	const char *line;
	ssize_t size = aw_reader_readline(aw_process_stdout(process), &line);

	if (size <= 0)
		return false;
	say("%.*s$", (int)size - 1, line);
	return true;
}

static int
output(void)
{
	aw_process *process = shell("echo one; echo two", &with_stdout);

	while (say_line(process))
		;
	return end(process);
}

static int
output_and_errors(void)
{
	static const options with = {
		.stdout_fd = AW_PIPE, .stderr_fd = AW_PIPE,
	};

	return communicate(shell("echo out; echo err >&2; exit 2", &with),
	    NULL);
}

static int
errors_where_the_output_goes(void)
{
	static const options with = {
		.stdout_fd = AW_PIPE, .stderr_fd = AW_STDOUT,
	};

	return communicate(shell("echo out; echo err >&2", &with), NULL);
}

static int
to_the_null_device(void)
{
	static const options with = {
		.stdin_fd = AW_DEVNULL, .stdout_fd = AW_DEVNULL,
		.stderr_fd = AW_DEVNULL,
	};

	return communicate(shell("cat; echo out; echo err >&2", &with), NULL);
}

static int
a_conversation(void)
{
	static const char *const lines[] = { "one\n", "two\n" };
	aw_process *process = start(ARGV("cat"), &with_both);
	aw_writer *writer = aw_process_stdin(process);
	char *rest = NULL;
	int i;

	for (i = 0; i < 2; i++) {
		aw_writer_write(writer, lines[i], 4);
		told("drain", aw_writer_drain(writer));
		say_line(process);
	}
	aw_writer_close(writer);
	(void)!aw_reader_read_all(aw_process_stdout(process), 0, &rest);
	say("rest [%s]", text_of(rest));
	free(rest);
	return end(process);
}

static int
communicate_with_input(void)
{
	return communicate(start(ARGV("tr", "a-z", "A-Z"), &with_both),
	    "hello\nworld\n");
}

#define MUCH 300000

static char *
make_much(void)
{
	char *data = malloc(MUCH + 1);

	if (data == NULL)
		abort();
	memset(data, 'x', MUCH);
	data[MUCH] = '\0';
	return data;
}

static int
communicate_much(void)
{
	aw_process *process = start(ARGV("cat"), &with_both);
	char *data = make_much();
	aw_process_output output;
	int err;

	err = aw_process_communicate(process, data, MUCH, &output);
	if (err == 0) {
		say("the same %s", yes(output.stdout_size == MUCH &&
		    memcmp(output.stdout_data, data, MUCH) == 0));
		aw_process_output_free(&output);
	}
	say_returncode(process);
	aw_process_free(process);
	free(data);
	return err;
}

static int
input_that_is_not_read(void)
{
	char *data = make_much();
	int err = communicate(start(ARGV("true"), &with_both), data);

	free(data);
	return err;
}

static int
communicate_without_pipes(void)
{
	return communicate(start(ARGV("true"), NULL), NULL);
}

static int
a_wait_that_is_cancelled(void)
{
	aw_process *process = start(ARGV("cat"), &with_stdin);
	aw_task *a = spawn(wait_for_it, process, "a");

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	aw_writer_close(aw_process_stdin(process));
	return end(process);
}

static int
several_wait(void)
{
	aw_process *process = start(ARGV("cat"), &with_stdin);
	aw_task *a = spawn(wait_for_it, process, "a");
	aw_task *b = spawn(wait_for_it, process, "b");

	turns(1);
	aw_writer_close(aw_process_stdin(process));
	join(a);
	join(b);
	aw_process_free(process);
	return 0;
}

static int
a_timeout_and_a_kill(void)
{
	aw_process *process = start(ARGV("sleep", "1000"), NULL);
	aw_timeout *timeout;
	int result;

	(void)!aw_timeout_enter(units(1), &timeout);
	result = wait_for_it(process);
	told("timeout", aw_timeout_exit(timeout, result));
	told("kill", aw_process_kill(process));
	return end(process);
}

static int
its_folder_and_environment(void)
{
	static char word[] = "WORD=word";
	static char *const environment[] = { word, NULL };
	static const options with = {
		.stdout_fd = AW_PIPE, .cwd = "/", .env = environment,
	};

	return communicate(shell("pwd; echo $WORD", &with), NULL);
}

static int
several_at_once(void)
{
	aw_process *processes[3];
	char line[] = "0\n";
	int i;

	for (i = 0; i < 3; i++)
		processes[i] = start(ARGV("cat"), &with_both);
	for (i = 0; i < 3; i++) {
		line[0] = (char)('0' + i);
		aw_writer_write(aw_process_stdin(processes[i]), line, 2);
	}
	for (i = 2; i >= 0; i--) {
		say_line(processes[i]);
		aw_writer_close(aw_process_stdin(processes[i]));
		end(processes[i]);
	}
	return 0;
}

static const struct trace_case cases[] = {
	CASE(exit_statuses),
	CASE(wait_twice),
	CASE(while_it_runs),
	CASE(a_program_that_is_not_there),
	CASE(terminate),
	CASE(kill_it),
	CASE(send_a_signal),
	CASE(a_signal_to_what_has_ended),
	CASE(output),
	CASE(output_and_errors),
	CASE(errors_where_the_output_goes),
	CASE(to_the_null_device),
	CASE(a_conversation),
	CASE(communicate_with_input),
	CASE(communicate_much),
	CASE(input_that_is_not_read),
	CASE(communicate_without_pipes),
	CASE(a_wait_that_is_cancelled),
	CASE(several_wait),
	CASE(a_timeout_and_a_kill),
	CASE(its_folder_and_environment),
	CASE(several_at_once),
};
TRACE_MAIN(cases)
