/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The streams of a process's pipes.
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

/* The rest of a stream is this text. */
static void
expect_all(aw_reader *reader, const char *text)
{
	char *data;

	ck_assert_int_eq(aw_reader_read_all(reader, 0, &data),
	    (ssize_t)strlen(text));
	ck_assert_str_eq(data, text);
	free(data);
}

static void
expect_line(aw_reader *reader, const char *text)
{
	const char *line;
	ssize_t n = aw_reader_readline(reader, &line);

	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_int_eq(memcmp(line, text, strlen(text)), 0);
}

TASK_TEST(what_is_written_comes_back)
{
	aw_process *process = start_program(ARGV("cat"), &both);
	aw_writer *writer = aw_process_stdin(process);

	aw_writer_write(writer, "some data", 9);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	aw_writer_close(writer);
	expect_all(aw_process_stdout(process), "some data");
	ck_assert_ptr_null(aw_process_stderr(process));
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(the_outputs_are_kept_apart)
{
	aw_process *process = start("echo out; echo err >&2", &all);

	expect_all(aw_process_stderr(process), "err\n");
	expect_all(aw_process_stdout(process), "out\n");
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(the_outputs_can_come_together)
{
	aw_subprocess_options options = { .stdout_fd = AW_PIPE,
		.stderr_fd = AW_STDOUT };
	aw_process *process = start("echo out; echo err >&2", &options);

	ck_assert_ptr_null(aw_process_stderr(process));
	expect_all(aw_process_stdout(process), "out\nerr\n");
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(lines_come_while_it_runs)
{
	aw_process *process = start("while read x; do echo got $x; done",
	    &both);
	aw_writer *writer = aw_process_stdin(process);

	aw_writer_write(writer, "one\n", 4);
	expect_line(aw_process_stdout(process), "got one\n");
	aw_writer_write(writer, "two\n", 4);
	expect_line(aw_process_stdout(process), "got two\n");
	aw_writer_write_eof(writer);
	expect_line(aw_process_stdout(process), "");
	ck_assert(aw_reader_at_eof(aw_process_stdout(process)));
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(it_is_talked_to_until_it_is_killed)
{
	aw_process *process = start_program(ARGV("cat"), &both);
	aw_writer *writer = aw_process_stdin(process);
	char text[16];

	aw_writer_write(writer, "one ", 4);
	ck_assert_int_eq(aw_reader_readexactly(aw_process_stdout(process), text,
	    4), 4);
	aw_writer_write(writer, "two", 3);
	ck_assert_int_eq(aw_reader_readexactly(aw_process_stdout(process),
	    text + 4, 3), 3);
	ck_assert_int_eq(memcmp(text, "one two", 7), 0);
	ck_assert_int_eq(aw_process_kill(process), 0);
	expect_all(aw_process_stdout(process), "");
	ck_assert_int_eq(end(process), -SIGKILL);
}

TASK_TEST(it_can_open_its_input_by_name)
{
	aw_process *process = start("wc -c < /dev/stdin", &both);

	aw_writer_write(aw_process_stdin(process), "abc", 3);
	aw_writer_close(aw_process_stdin(process));
	expect_all(aw_process_stdout(process), "3\n");
	ck_assert_int_eq(end(process), 0);
}

/* The next line is "flags:", and O_NONBLOCK not among them. */
static void
expect_blocking(aw_reader *reader)
{
	const char *line;
	char *end;

	ck_assert_int_gt(aw_reader_readline(reader, &line), 7);
	ck_assert_int_eq(memcmp(line, "flags:\t", 7), 0);
	ck_assert_uint_eq(strtoul(line + 7, &end, 8) & O_NONBLOCK, 0);
	ck_assert_int_eq(*end, '\n');
}

TASK_TEST(its_ends_block_and_ours_do_not)
{
	aw_process *process = start("cat /proc/self/fdinfo/0 "
	    "/proc/self/fdinfo/1 | grep flags", &both);
	int fd;

	ck_assert_int_eq(aw_writer_get_extra_info(aw_process_stdin(process),
	    "pipe", &fd, sizeof(fd)), (int)sizeof(fd));
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	expect_blocking(aw_process_stdout(process));
	expect_blocking(aw_process_stdout(process));
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(it_gets_no_end_of_ours)
{
	aw_process *other = start_program(ARGV("cat"), &all);
	aw_process *process = start("ls /proc/$$/fd; :", &all);

	expect_all(aw_process_stdout(process), "0\n1\n2\n");
	ck_assert_int_eq(end(process), 0);
	/* Nor of the other, whose input would not end otherwise. */
	aw_writer_close(aw_process_stdin(other));
	ck_assert_int_eq(end(other), 0);
}

TASK_TEST(output_stays_after_the_end)
{
	aw_process *process = start("i=0; while [ $i -lt 60 ]; do "
	    "printf %01000d 1; i=$((i + 1)); done; exit 1", &both);
	ssize_t n, sum = 0;
	char block[7000];

	ck_assert_int_eq(aw_process_wait(process, NULL), 0);
	while ((n = aw_reader_read(aw_process_stdout(process), block,
	    sizeof(block))) > 0)
		sum += n;
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(sum, 60000);
	ck_assert_int_eq(end(process), 1);
}

TASK_TEST(a_slow_reader_stops_it)
{
	/* Ends when all is written, which can't be before we read. */
	aw_process *process = start("head -c 1000000 /dev/zero", &both);
	aw_timeout *timeout;
	char *data;

	ck_assert_int_eq(aw_timeout_enter(0.05, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_process_wait(process,
	    NULL)), -ETIMEDOUT);
	ck_assert_int_eq(aw_reader_read_all(aw_process_stdout(process), 0,
	    &data), 1000000);
	free(data);
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(the_limit_is_that_of_the_options)
{
	aw_subprocess_options options = both;
	aw_process *process;
	const char *line;

	options.connection.limit = 10;
	process = start("printf 0123456789abcdef; cat", &options);
	ck_assert_int_eq(aw_reader_readuntil(aw_process_stdout(process), "\n",
	    1, &line), AW_ELIMIT);
	aw_process_free(process);
}

TASK_TEST(input_that_nobody_reads_is_an_error)
{
	static char data[LARGE];
	int ends[2];
	aw_subprocess_options options = both;
	aw_process *process;
	aw_writer *writer;
	char command[64];
	int err;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	options.pass_fds = &ends[0];
	options.pass_fd_count = 1;
	/* It ends with its input's pipe full. */
	snprintf(command, sizeof(command), "read x </proc/self/fd/%d", ends[0]);
	process = start(command, &options);
	writer = aw_process_stdin(process);
	aw_writer_write(writer, data, sizeof(data));
	ck_assert_int_eq(write(ends[1], "go\n", 3), 3);
	err = aw_writer_drain(writer);
	ck_assert_msg(err == -EPIPE || err == -ECONNRESET, "%s",
	    aw_strerror(err));
	ck_assert_int_eq(end(process), 0);
	close(ends[0]);
	close(ends[1]);
}

TASK_TEST(a_process_that_runs_is_given_back_with_its_streams)
{
	static char data[LARGE];
	aw_process *process = start("sleep 1000", &all);

	/* Not even what is queued holds it back. */
	aw_writer_write(aw_process_stdin(process), data, sizeof(data));
	aw_process_free(process);
	process = start("echo x; exec sleep 1000", &all);
	expect_line(aw_process_stdout(process), "x\n");
	aw_process_free(process);
}

static int
read_line(void *reader)
{
	const char *line;
	ssize_t n = aw_reader_readline(reader, &line);

	return (int)n;
}

TASK_TEST(several_run_at_once)
{
	aw_process *processes[5];
	char command[64], expected[16];
	aw_task *tasks[5];
	int i;

	for (i = 0; i < 5; i++) {
		snprintf(command, sizeof(command), "read x; echo $x %d", i);
		processes[i] = start(command, &both);
		tasks[i] = spawn(read_line, aw_process_stdout(processes[i]));
	}
	turns(3);
	for (i = 4; i >= 0; i--)
		aw_writer_write(aw_process_stdin(processes[i]), "hello\n", 6);
	for (i = 0; i < 5; i++) {
		snprintf(expected, sizeof(expected), "hello %d\n", i);
		ck_assert_int_eq(join(tasks[i]), (int)strlen(expected));
		ck_assert_int_eq(end(processes[i]), 0);
	}
}

int
main(void)
{
	const TTest *const tests[] = {
		what_is_written_comes_back,
		the_outputs_are_kept_apart,
		the_outputs_can_come_together,
		lines_come_while_it_runs,
		it_is_talked_to_until_it_is_killed,
		it_can_open_its_input_by_name,
		its_ends_block_and_ours_do_not,
		it_gets_no_end_of_ours,
		output_stays_after_the_end,
		a_slow_reader_stops_it,
		the_limit_is_that_of_the_options,
		input_that_nobody_reads_is_an_error,
		a_process_that_runs_is_given_back_with_its_streams,
		several_run_at_once,
	};

	return UNIT_RUN("pipes", tests);
}
