/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Devices and files as pipes: what can't be waited for.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "net/net.h"

static unsigned char data[NET_LARGE];

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

static int
count_turns(void *arg)
{
	unsigned *turns = arg;

	while (aw_sleep(0) == 0)
		++*turns;
	return -ECANCELED;
}

NET_TEST(the_null_device)
{
	aw_reader *reader = net_open_reader(open("/dev/null",
	    O_RDONLY | O_CLOEXEC));
	aw_writer *writer = net_open_writer(open("/dev/null",
	    O_WRONLY | O_CLOEXEC));
	char byte;

	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_writer_write(writer, data, NET_LARGE);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(writer), 0);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	aw_writer_close(writer);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

NET_TEST(a_full_device_is_an_error)
{
	aw_writer *writer = net_open_writer(open("/dev/full",
	    O_WRONLY | O_CLOEXEC));

	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_writer_drain(writer), -ENOSPC);
	aw_writer_free(writer);
}

NET_TEST(a_file_is_read_to_its_end)
{
	aw_reader *reader = net_open_reader(make_file(NET_LARGE));
	char byte;

	net_read_large(reader);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_reader_free(reader);
}

NET_TEST(others_have_their_turn_while_a_file_is_read)
{
	aw_reader *reader = net_open_reader(make_file(NET_LARGE));
	unsigned turns = 0, chunks = 0;
	aw_task *task = net_spawn(count_turns, &turns);
	const void *lent;
	ssize_t n;

	while ((n = aw_reader_peek(reader, &lent)) > 0) {
		aw_reader_consume(reader, (size_t)n);
		chunks++;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_ge(chunks, NET_LARGE / (64 * 1024));
	ck_assert_uint_ge(turns, chunks - 1);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	aw_reader_free(reader);
}

NET_TEST(a_file_that_nobody_reads_does_not_keep_the_loop_busy)
{
	aw_reader *reader = net_open_reader(make_file(10));
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
	aw_reader *reader = net_open_reader(make_file(2));
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
	aw_writer *writer = net_open_writer(dup(fd));
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

int
main(void)
{
	const TTest *const tests[] = {
		the_null_device,
		a_full_device_is_an_error,
		a_file_is_read_to_its_end,
		others_have_their_turn_while_a_file_is_read,
		a_file_that_nobody_reads_does_not_keep_the_loop_busy,
		a_read_of_a_file_that_waits_can_be_cancelled_with_it,
		a_file_is_written,
	};

	return NET_MAIN("pipe_files", tests);
}
