/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is read from and written to as a pipe is, and is not one: terminals,
 * devices, files, sockets; and pipes where the kernel offers less.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "net/net.h"

/* More than a pipe takes. */
#define LARGE (256 * 1024)

static unsigned char data[LARGE];

/* What the library is refused, as older kernels and chroots do. */
static bool no_nowait, no_proc;

/* The linker has the library call these (--wrap). */
ssize_t __real_preadv2(int fd, const struct iovec *pieces, int count,
    off_t offset, int flags);
ssize_t __wrap_preadv2(int fd, const struct iovec *pieces, int count,
    off_t offset, int flags);
ssize_t __real_pwritev2(int fd, const struct iovec *pieces, int count,
    off_t offset, int flags);
ssize_t __wrap_pwritev2(int fd, const struct iovec *pieces, int count,
    off_t offset, int flags);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

ssize_t
__wrap_preadv2(int fd, const struct iovec *pieces, int count, off_t offset,
    int flags)
{
	if (!no_nowait)
		return __real_preadv2(fd, pieces, count, offset, flags);
	errno = EOPNOTSUPP;
	return -1;
}

ssize_t
__wrap_pwritev2(int fd, const struct iovec *pieces, int count, off_t offset,
    int flags)
{
	if (!no_nowait)
		return __real_pwritev2(fd, pieces, count, offset, flags);
	errno = EOPNOTSUPP;
	return -1;
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode = 0;

	if ((flags & O_CREAT) != 0) {
		va_start(arguments, flags);
		mode = (mode_t)va_arg(arguments, int);
		va_end(arguments);
	}
	if (!no_proc || strncmp(path, "/proc/", 6) != 0)
		return __real_open(path, flags, mode);
	errno = ENOENT;
	return -1;
}

static aw_reader *
open_reader(int fd)
{
	aw_reader *reader;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(aw_open_read_pipe(aw_get_running_loop(), fd, NULL,
	    &reader), 0);
	return reader;
}

static aw_writer *
open_writer(int fd)
{
	aw_writer *writer;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(aw_open_write_pipe(aw_get_running_loop(), fd, NULL,
	    &writer), 0);
	return writer;
}

/* Reads so many bytes that net_fill made. */
static int
read_data(void *arg)
{
	unsigned char *got = malloc(LARGE);

	ck_assert_ptr_nonnull(got);
	ck_assert_int_eq(aw_reader_readexactly(arg, got, LARGE), LARGE);
	net_check(got, LARGE, 0);
	free(got);
	return 0;
}

/* Writes a lot into a pipe of that others have too, and reads it. */
static void
pass_through_shared_pipe(void)
{
	int ends[2], shared[2];
	aw_reader *reader;
	aw_writer *writer;
	aw_task *task;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	shared[0] = dup(ends[0]);
	shared[1] = dup(ends[1]);
	reader = open_reader(ends[0]);
	writer = open_writer(ends[1]);
	net_fill(data, LARGE, 0);
	aw_writer_write(writer, data, LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(writer), 0);
	task = net_spawn(read_data, reader);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	net_join(task);
	ck_assert_int_eq(fcntl(shared[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(shared[1], F_GETFL) & O_NONBLOCK, 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
	close(shared[0]);
	close(shared[1]);
}

NET_TEST(a_shared_pipe_without_proc)
{
	no_proc = true;
	pass_through_shared_pipe();
	no_proc = false;
}

NET_TEST(a_shared_pipe_on_an_old_kernel)
{
	no_nowait = true;
	pass_through_shared_pipe();
	no_nowait = false;
}

NET_TEST(a_shared_pipe_without_anything)
{
	no_proc = no_nowait = true;
	pass_through_shared_pipe();
	no_proc = no_nowait = false;
}

static int
read_last_byte(void *arg)
{
	char byte = 0;

	ck_assert_int_eq(aw_reader_read(arg, &byte, 1), 1);
	ck_assert_int_eq(byte, 'y');
	return 0;
}

NET_TEST(a_pipe_that_somebody_else_emptied_does_not_block)
{
	aw_reader *reader;
	aw_task *task;
	int ends[2], shared, i;
	char byte;

	for (i = 0; i < 2; i++) {
		no_nowait = i == 1;
		ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
		shared = dup(ends[0]);
		reader = open_reader(ends[0]);
		ck_assert_int_eq(write(ends[1], "x", 1), 1);
		ck_assert_int_eq(read(shared, &byte, 1), 1);
		/* Which looks, before it waits. */
		task = net_spawn(read_last_byte, reader);
		net_turns(3);
		ck_assert(!aw_future_done(task));
		ck_assert_int_eq(write(ends[1], "y", 1), 1);
		net_join(task);
		aw_reader_free(reader);
		close(ends[1]);
		close(shared);
	}
	no_nowait = false;
}

NET_TEST(several_pieces_on_an_old_kernel)
{
	struct iovec pieces[] = {
		{ "", 0 }, { "one,", 4 }, { "two", 3 },
	};
	aw_writer *writer;
	char buffer[16];
	int ends[2];

	no_nowait = no_proc = true;
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	writer = open_writer(ends[1]);
	aw_writer_writelines(writer, pieces, 1);
	aw_writer_writelines(writer, pieces, 3);
	aw_writer_close(writer);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	ck_assert_int_eq(read(ends[0], buffer, sizeof(buffer)), 7);
	ck_assert_mem_eq(buffer, "one,two", 7);
	aw_writer_free(writer);
	close(ends[0]);
	no_nowait = no_proc = false;
}

/* A terminal that does not change what is written; its two sides. */
static void
open_terminal(int *master, int *slave)
{
	struct termios settings;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(*master, 0);
	ck_assert_int_eq(grantpt(*master), 0);
	ck_assert_int_eq(unlockpt(*master), 0);
	*slave = open(ptsname(*master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(*slave, 0);
	ck_assert_int_eq(tcgetattr(*slave, &settings), 0);
	settings.c_lflag &= (tcflag_t)~ECHO;
	settings.c_oflag &= (tcflag_t)~OPOST;
	ck_assert_int_eq(tcsetattr(*slave, TCSANOW, &settings), 0);
}

static void
talk_over_terminal(void)
{
	int master, slave, shared;
	aw_reader *reader;
	aw_writer *writer;
	const char *line;
	char buffer[8];

	open_terminal(&master, &slave);
	shared = dup(slave);
	reader = open_reader(slave);
	writer = open_writer(dup(shared));
	ck_assert_int_eq(write(master, "typed\n", 6), 6);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 6);
	ck_assert_mem_eq(line, "typed\n", 6);
	aw_writer_write(writer, "shown", 5);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	while (aw_writer_get_write_buffer_size(writer) > 0)
		net_turns(1);
	ck_assert_int_eq(read(master, buffer, 8), 5);
	ck_assert_mem_eq(buffer, "shown", 5);
	/* What is typed afterwards does not disturb the writer. */
	ck_assert_int_eq(write(master, "x\n", 2), 2);
	net_turns(3);
	ck_assert(!aw_writer_is_closing(writer));
	ck_assert_int_eq(fcntl(shared, F_GETFL) & O_NONBLOCK, 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
	close(shared);
	close(master);
}

NET_TEST(a_terminal_is_read_and_written)
{
	talk_over_terminal();
}

NET_TEST(a_terminal_without_proc_on_an_old_kernel)
{
	no_proc = no_nowait = true;
	talk_over_terminal();
	no_proc = no_nowait = false;
}

NET_TEST(the_masters_side_of_a_terminal)
{
	int master, slave;
	aw_reader *reader;
	aw_writer *writer;
	char buffer[8];

	open_terminal(&master, &slave);
	reader = open_reader(dup(master));
	writer = open_writer(master);
	aw_writer_write(writer, "typed\n", 6);
	while (aw_writer_get_write_buffer_size(writer) > 0)
		net_turns(1);
	ck_assert_int_eq(read(slave, buffer, 8), 6);
	ck_assert_int_eq(write(slave, "shown", 5), 5);
	ck_assert_int_eq(aw_reader_readexactly(reader, buffer, 5), 5);
	close(slave);
	/* So says the kernel that nobody has the terminal any more. */
	ck_assert_int_eq(aw_reader_read(reader, buffer, 1), -EIO);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

NET_TEST(the_null_device)
{
	aw_reader *reader = open_reader(open("/dev/null",
	    O_RDONLY | O_CLOEXEC));
	aw_writer *writer = open_writer(open("/dev/null",
	    O_WRONLY | O_CLOEXEC));
	char byte;

	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_writer_write(writer, data, LARGE);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(writer), 0);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	aw_writer_close(writer);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

static int
make_file(size_t size)
{
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	net_fill(data, size, 0);
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

NET_TEST(a_file_is_read_to_its_end)
{
	aw_reader *reader = open_reader(make_file(LARGE));
	char byte;

	read_data(reader);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_reader_free(reader);
}

static int
count_turns(void *arg)
{
	unsigned *turns = arg;

	while (aw_sleep(0) == 0)
		++*turns;
	return -ECANCELED;
}

NET_TEST(others_have_their_turn_while_a_file_is_read)
{
	aw_reader *reader = open_reader(make_file(LARGE));
	unsigned turns = 0, chunks = 0;
	aw_task *task = net_spawn(count_turns, &turns);
	const void *lent;
	ssize_t n;

	while ((n = aw_reader_peek(reader, &lent)) > 0) {
		aw_reader_consume(reader, (size_t)n);
		chunks++;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_ge(chunks, LARGE / (64 * 1024));
	ck_assert_uint_ge(turns, chunks - 1);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	aw_reader_free(reader);
}

NET_TEST(a_file_that_nobody_reads_does_not_keep_the_loop_busy)
{
	aw_reader *reader = open_reader(make_file(10));
	unsigned polls;
	char byte;

	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	net_turns(3);
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 3);
	aw_reader_free(reader);
}

NET_TEST(a_read_of_a_file_that_waits_can_be_cancelled_with_it)
{
	aw_reader *reader = open_reader(make_file(2));
	char byte;

	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	aw_cancel(aw_current_task());
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), -ECANCELED);
	/* Its turn may still be to come. */
	aw_reader_free(reader);
	net_turns(3);
}

NET_TEST(a_file_is_written)
{
	int fd = make_file(0);
	aw_writer *writer = open_writer(dup(fd));
	struct iovec pieces[] = { { "one,", 4 }, { "two", 3 } };
	char buffer[8];

	aw_writer_writelines(writer, pieces, 2);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(writer), 0);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	aw_writer_free(writer);
	ck_assert_int_eq(pread(fd, buffer, 8, 0), 7);
	ck_assert_mem_eq(buffer, "one,two", 7);
	close(fd);
}

NET_TEST(a_full_device_is_an_error)
{
	aw_writer *writer = open_writer(open("/dev/full",
	    O_WRONLY | O_CLOEXEC));

	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_writer_drain(writer), -ENOSPC);
	aw_writer_free(writer);
}

NET_TEST(a_socket_is_one_that_others_share)
{
	int fds[2], shared[2], size = 4096;
	aw_reader *reader;
	aw_writer *writer;
	aw_task *task;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	ck_assert_int_eq(setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	shared[0] = dup(fds[0]);
	shared[1] = dup(fds[1]);
	reader = open_reader(fds[0]);
	writer = open_writer(fds[1]);
	net_fill(data, LARGE, 0);
	aw_writer_write(writer, data, LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(writer), 0);
	/* What the other end says is of no interest. */
	ck_assert_int_eq(write(shared[0], "x", 1), 1);
	task = net_spawn(read_data, reader);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	net_join(task);
	ck_assert(!aw_writer_is_closing(writer));
	ck_assert_int_eq(fcntl(shared[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(shared[1], F_GETFL) & O_NONBLOCK, 0);
	close(shared[0]);
	close(shared[1]);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

NET_TEST(the_end_of_a_socket_is_seen)
{
	aw_writer *writer;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	writer = open_writer(fds[1]);
	net_turns(2);
	ck_assert(!aw_writer_is_closing(writer));
	close(fds[0]);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	aw_writer_free(writer);
}

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
		a_shared_pipe_without_proc,
		a_shared_pipe_on_an_old_kernel,
		a_shared_pipe_without_anything,
		a_pipe_that_somebody_else_emptied_does_not_block,
		several_pieces_on_an_old_kernel,
		a_terminal_is_read_and_written,
		a_terminal_without_proc_on_an_old_kernel,
		the_masters_side_of_a_terminal,
		the_null_device,
		a_file_is_read_to_its_end,
		others_have_their_turn_while_a_file_is_read,
		a_file_that_nobody_reads_does_not_keep_the_loop_busy,
		a_read_of_a_file_that_waits_can_be_cancelled_with_it,
		a_file_is_written,
		a_full_device_is_an_error,
		a_socket_is_one_that_others_share,
		the_end_of_a_socket_is_seen,
		standard_input_is_a_stream,
		standard_output_is_a_stream,
		standard_descriptors_that_are_closed_are_told,
		a_standard_descriptor_of_the_wrong_kind_is_told,
	};

	return NET_MAIN("pipe_kinds", tests);
}
