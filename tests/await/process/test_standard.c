/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which descriptors a program gets.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process/children.h"

/* Numbers that nothing of ours has. */
#define HIGH 60
#define HIGHER 90

/* The shell's own, which are its own to its end. */
#define LIST_DESCRIPTORS "ls /proc/$$/fd; :"

static int
open_null(int at)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	if (at < 0)
		return fd;
	ck_assert_int_eq(dup2(fd, at), at);
	close(fd);
	return at;
}

TASK_TEST(it_gets_the_standard_descriptors_and_no_others)
{
	/* One that every exec would leave open. */
	int fd = open_null(HIGH);

	ck_assert_str_eq(output_of(LIST_DESCRIPTORS, NULL), "0\n1\n2\n");
	close(fd);
}

TASK_TEST(it_gets_what_is_passed_under_the_same_number)
{
	const int fds[] = { open_null(HIGHER), open_null(HIGH), HIGH };
	aw_subprocess_options options = { .pass_fds = fds,
		.pass_fd_count = 3 };
	int other = open_null(HIGH + 1);

	ck_assert_str_eq(output_of(LIST_DESCRIPTORS, &options),
	    "0\n1\n2\n60\n90\n");
	close(fds[0]);
	close(fds[1]);
	close(other);
}

TASK_TEST(what_is_passed_may_be_closed_on_exec_here)
{
	int fd = open_null(-1);
	aw_subprocess_options options = { .pass_fds = &fd,
		.pass_fd_count = 1 };
	char command[64];

	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	snprintf(command, sizeof(command), "readlink /proc/self/fd/%d", fd);
	ck_assert_str_eq(output_of(command, &options), "/dev/null\n");
	/* And stays so. */
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
}

TASK_TEST(what_is_passed_must_be_open)
{
	const int fds[] = { HIGH };
	aw_subprocess_options options = { .pass_fds = fds,
		.pass_fd_count = 1 };
	const int none[] = { -1 };
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EBADF);
	options.pass_fds = none;
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EBADF);
}

TASK_TEST(a_standard_descriptor_can_be_passed_too)
{
	const int fds[] = { STDIN_FILENO, STDERR_FILENO };
	aw_subprocess_options options = { .pass_fds = fds,
		.pass_fd_count = 2 };
	int flags = fcntl(STDERR_FILENO, F_GETFD);

	ck_assert_int_eq(fcntl(STDERR_FILENO, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_str_eq(output_of(LIST_DESCRIPTORS, &options), "0\n1\n2\n");
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_SETFD, flags), 0);
}

/* Standard output and error of a command, each to a pipe. */
static void
run_with_two_pipes(const char *command, int out[2], int err[2], bool swapped)
{
	aw_subprocess_options options = {
		.stdout_fd = swapped ? STDERR_FILENO : STDOUT_FILENO,
		.stderr_fd = swapped ? STDOUT_FILENO : STDERR_FILENO,
	};
	int saved_out = dup(STDOUT_FILENO), saved_err = dup(STDERR_FILENO);
	aw_process *process;

	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	process = start(command, &options);
	dup2(saved_out, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved_out);
	close(saved_err);
	close(out[1]);
	close(err[1]);
	ck_assert_int_eq(end(process), 0);
}

TASK_TEST(ours_can_be_given_by_their_numbers)
{
	int out[2], err[2];

	ck_assert_int_eq(pipe(out) | pipe(err), 0);
	run_with_two_pipes("echo out; echo err >&2", out, err, false);
	ck_assert_str_eq(read_to_end(out[0]), "out\n");
	ck_assert_str_eq(read_to_end(err[0]), "err\n");
}

TASK_TEST(output_and_error_can_be_swapped)
{
	int out[2], err[2];

	ck_assert_int_eq(pipe(out) | pipe(err), 0);
	run_with_two_pipes("echo out; echo err >&2; " LIST_DESCRIPTORS, out,
	    err, true);
	ck_assert_str_eq(read_to_end(err[0]), "out\n0\n1\n2\n");
	ck_assert_str_eq(read_to_end(out[0]), "err\n");
}

TASK_TEST(errors_can_go_where_the_output_goes)
{
	aw_subprocess_options options = { .stderr_fd = AW_STDOUT };

	ck_assert_str_eq(output_of("echo out; echo err >&2", &options),
	    "out\nerr\n");
}

TASK_TEST(errors_can_go_where_our_output_goes)
{
	aw_subprocess_options options = { .stderr_fd = AW_STDOUT };
	int ends[2], saved = dup(STDOUT_FILENO);
	aw_process *process;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDOUT_FILENO);
	process = start("echo out; echo err >&2", &options);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(ends[1]);
	ck_assert_int_eq(end(process), 0);
	ck_assert_str_eq(read_to_end(ends[0]), "out\nerr\n");
}

TASK_TEST(the_null_device_has_no_input)
{
	aw_subprocess_options options = { .stdin_fd = AW_DEVNULL };

	ck_assert_str_eq(output_of("wc -c", &options), "0\n");
	ck_assert_str_eq(output_of("readlink /proc/self/fd/0", &options),
	    "/dev/null\n");
}

TASK_TEST(the_null_device_swallows_output)
{
	aw_subprocess_options options = { .stdout_fd = AW_DEVNULL,
		.stderr_fd = AW_DEVNULL };

	/* Writing to what is closed would be an error. */
	ck_assert_int_eq(end(start("echo x && echo y >&2 && "
	    "test $(readlink /proc/$$/fd/2) = /dev/null", &options)), 0);
}

TASK_TEST(a_descriptor_stays_the_caller_s)
{
	aw_subprocess_options options = { 0 };
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	options.stdin_fd = ends[0];
	options.stdout_fd = ends[1];
	ck_assert_int_eq(end(start("echo one", &options)), 0);
	ck_assert_int_eq(end(start("read word; test $word = one && echo two",
	    &options)), 0);
	close(ends[1]);
	ck_assert_str_eq(read_to_end(ends[0]), "two\n");
}

TASK_TEST(what_is_no_descriptor_is_refused)
{
	aw_subprocess_options options = { .stdout_fd = HIGH };
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EBADF);
	options = (aw_subprocess_options){ .stdin_fd = -4 };
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EINVAL);
	options = (aw_subprocess_options){ .stdin_fd = AW_STDOUT };
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EINVAL);
	options = (aw_subprocess_options){ .stdout_fd = AW_STDOUT };
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -EINVAL);
}

static int
list_without_standard(void *arg)
{
	aw_subprocess_options options = { .stdin_fd = AW_DEVNULL,
		.stderr_fd = AW_DEVNULL };
	int output = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), returncode;
	aw_process *process;

	(void)arg;
	options.stdout_fd = output;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	if (aw_create_subprocess_shell(LIST_DESCRIPTORS, &options,
	    &process) < 0)
		return 1;
	if (aw_process_wait(process, &returncode) < 0)
		return 2;
	aw_process_free(process);
	close(output);
	return returncode;
}

static void
run_without_standard(void)
{
	if (aw_run(list_without_standard, NULL) != 0)
		_exit(EXIT_FAILURE);
}

START_TEST(ours_may_be_closed)
{
	char text[100];

	ck_assert_int_eq(in_child(run_without_standard, text, sizeof(text)),
	    0);
	ck_assert_str_eq(text, "0\n1\n2\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_gets_the_standard_descriptors_and_no_others,
		it_gets_what_is_passed_under_the_same_number,
		what_is_passed_may_be_closed_on_exec_here,
		what_is_passed_must_be_open,
		a_standard_descriptor_can_be_passed_too,
		ours_can_be_given_by_their_numbers,
		output_and_error_can_be_swapped,
		errors_can_go_where_the_output_goes,
		errors_can_go_where_our_output_goes,
		the_null_device_has_no_input,
		the_null_device_swallows_output,
		a_descriptor_stays_the_caller_s,
		what_is_no_descriptor_is_refused,
		ours_may_be_closed,
	};

	return UNIT_RUN("standard", tests);
}
