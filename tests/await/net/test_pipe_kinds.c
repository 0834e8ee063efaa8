/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Pipes that others share, terminals and sockets as pipes, also where the
 * kernel offers less.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "net/net.h"

static unsigned char data[NET_LARGE];

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
	reader = net_open_reader(ends[0]);
	writer = net_open_writer(ends[1]);
	net_fill(data, NET_LARGE, 0);
	aw_writer_write(writer, data, NET_LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(writer), 0);
	task = net_spawn(net_read_large, reader);
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
		reader = net_open_reader(ends[0]);
		task = net_spawn(read_last_byte, reader);
		net_turns(2);
		/* The loop wakes the task, but this one runs before it. */
		ck_assert_int_eq(write(ends[1], "x", 1), 1);
		net_turns(1);
		ck_assert_int_eq(read(shared, &byte, 1), 1);
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
	writer = net_open_writer(ends[1]);
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
	ssize_t got, n;

	open_terminal(&master, &slave);
	shared = dup(slave);
	reader = net_open_reader(slave);
	writer = net_open_writer(dup(shared));
	ck_assert_int_eq(write(master, "typed\n", 6), 6);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 6);
	ck_assert_mem_eq(line, "typed\n", 6);
	aw_writer_write(writer, "shown", 5);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	while (aw_writer_get_write_buffer_size(writer) > 0)
		net_turns(1);
	/* A terminal may bring it in pieces. */
	for (got = 0; got < 5; got += n) {
		n = read(master, buffer + got, sizeof(buffer) - (size_t)got);
		ck_assert_int_gt(n, 0);
	}
	ck_assert_int_eq(got, 5);
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
	reader = net_open_reader(dup(master));
	writer = net_open_writer(master);
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
	reader = net_open_reader(fds[0]);
	writer = net_open_writer(fds[1]);
	net_fill(data, NET_LARGE, 0);
	aw_writer_write(writer, data, NET_LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(writer), 0);
	/* What the other end says is of no interest. */
	ck_assert_int_eq(write(shared[0], "x", 1), 1);
	task = net_spawn(net_read_large, reader);
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
	writer = net_open_writer(fds[1]);
	net_turns(2);
	ck_assert(!aw_writer_is_closing(writer));
	close(fds[0]);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	aw_writer_free(writer);
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
		a_socket_is_one_that_others_share,
		the_end_of_a_socket_is_seen,
	};

	return NET_MAIN("pipe_kinds", tests);
}
