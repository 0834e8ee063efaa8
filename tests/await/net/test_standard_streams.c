/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Standard input and output as streams.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "net/net.h"

/* Has standard input and output be others for a while. */
static int
replace(int fd, int by)
{
	int saved = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	ck_assert_int_ge(saved, 0);
	ck_assert_int_eq(dup2(by, fd), fd);
	close(by);
	return saved;
}

static void
put_back(int fd, int saved)
{
	ck_assert_int_eq(dup2(saved, fd), fd);
	close(saved);
}

NET_TEST(standard_input_is_a_stream)
{
	aw_reader *reader;
	const char *line;
	int ends[2], saved;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	saved = replace(STDIN_FILENO, ends[0]);
	ck_assert_int_eq(aw_open_stdin(aw_get_running_loop(), &reader), 0);
	ck_assert_int_eq(write(ends[1], "one\ntwo\n", 8), 8);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 4);
	aw_reader_free(reader);
	net_turns(2);
	/* The descriptor is still there, and as it was. */
	ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, 0);
	put_back(STDIN_FILENO, saved);
	close(ends[1]);
}

NET_TEST(standard_output_is_a_stream)
{
	aw_writer *writer;
	char buffer[8];
	int ends[2], saved;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	saved = replace(STDOUT_FILENO, ends[1]);
	ck_assert_int_eq(aw_open_stdout(aw_get_running_loop(), &writer), 0);
	aw_writer_write(writer, "hello", 5);
	aw_writer_free(writer);
	net_turns(2);
	ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK, 0);
	put_back(STDOUT_FILENO, saved);
	ck_assert_int_eq(read(ends[0], buffer, 8), 5);
	close(ends[0]);
}

NET_TEST(standard_descriptors_that_are_closed_are_told)
{
	aw_reader *reader;
	aw_writer *writer;
	int in, out, err[2];

	in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	err[0] = aw_open_stdin(aw_get_running_loop(), &reader);
	err[1] = aw_open_stdout(aw_get_running_loop(), &writer);
	put_back(STDIN_FILENO, in);
	put_back(STDOUT_FILENO, out);
	ck_assert_int_eq(err[0], -EBADF);
	ck_assert_int_eq(err[1], -EBADF);
}

NET_TEST(a_standard_descriptor_of_the_wrong_kind_is_told)
{
	aw_reader *reader;
	int saved, folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	saved = replace(STDIN_FILENO, folder);
	ck_assert_int_eq(aw_open_stdin(aw_get_running_loop(), &reader),
	    -EINVAL);
	put_back(STDIN_FILENO, saved);
}

int
main(void)
{
	const TTest *const tests[] = {
		standard_input_is_a_stream,
		standard_output_is_a_stream,
		standard_descriptors_that_are_closed_are_told,
		a_standard_descriptor_of_the_wrong_kind_is_told,
	};

	return NET_MAIN("standard_streams", tests);
}
