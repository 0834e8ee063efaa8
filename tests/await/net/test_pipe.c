/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Pipes as streams, whose other end the test holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/net.h"

/* More than a pipe takes. */
#define LARGE (1024 * 1024)

static char data[LARGE], received[LARGE];

static void
make_pipe(int ends[2])
{
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
}

static void
put(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
}

static bool
blocks(int fd)
{
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

NET_TEST(a_pipe_is_read_to_its_end)
{
	char buffer[8];
	aw_reader *reader;
	int ends[2];

	make_pipe(ends);
	reader = net_open_reader(ends[0]);
	put(ends[1], "first");
	ck_assert_int_eq(aw_reader_read(reader, buffer, 8), 5);
	ck_assert_mem_eq(buffer, "first", 5);
	put(ends[1], "last");
	close(ends[1]);
	ck_assert_int_eq(aw_reader_readexactly(reader, buffer, 4), 4);
	ck_assert_mem_eq(buffer, "last", 4);
	ck_assert_int_eq(aw_reader_read(reader, buffer, 8), 0);
	ck_assert(aw_reader_at_eof(reader));
	aw_reader_free(reader);
}

struct reading {
	aw_reader *reader;
	ssize_t n;
	char byte;
};

static int
read_byte(void *arg)
{
	struct reading *reading = arg;

	reading->n = aw_reader_read(reading->reader, &reading->byte, 1);
	return 0;
}

NET_TEST(a_read_waits_for_the_other_end)
{
	struct reading reading = { .n = -1 };
	aw_task *task;
	int ends[2];

	make_pipe(ends);
	reading.reader = net_open_reader(ends[0]);
	task = net_spawn(read_byte, &reading);
	net_turns(3);
	ck_assert_int_eq(reading.n, -1);
	put(ends[1], "x");
	net_join(task);
	ck_assert_int_eq(reading.n, 1);
	ck_assert_int_eq(reading.byte, 'x');
	aw_reader_free(reading.reader);
	close(ends[1]);
}

NET_TEST(a_pipe_that_others_share_goes_on_blocking)
{
	aw_reader *reader;
	aw_writer *writer;
	int ends[2], shared[2];
	char byte;

	make_pipe(ends);
	shared[0] = dup(ends[0]);
	shared[1] = dup(ends[1]);
	reader = net_open_reader(ends[0]);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert(blocks(shared[0]));
	ck_assert(blocks(shared[1]));
	aw_reader_free(reader);
	aw_writer_free(writer);
	close(shared[0]);
	close(shared[1]);
}

/* Reads everything and compares it with what was written. */
static int
read_large(void *arg)
{
	ck_assert_int_eq(aw_reader_readexactly(arg, received, LARGE), LARGE);
	ck_assert_mem_eq(received, data, LARGE);
	return 0;
}

NET_TEST(what_a_pipe_does_not_take_is_queued)
{
	aw_reader *reader;
	aw_writer *writer;
	aw_task *task;
	int ends[2];

	make_pipe(ends);
	net_fill((unsigned char *)data, LARGE, 0);
	reader = net_open_reader(ends[0]);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, data, LARGE);
	ck_assert_uint_gt(aw_writer_get_write_buffer_size(writer), LARGE / 2);
	task = net_spawn(read_large, reader);
	ck_assert_int_eq(aw_writer_drain(writer), 0);
	ck_assert_uint_le(aw_writer_get_write_buffer_size(writer), 16 * 1024);
	net_join(task);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(writer), 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

NET_TEST(write_eof_closes_a_pipe_after_its_queue)
{
	aw_reader *reader;
	aw_writer *writer;
	int ends[2];
	char byte;

	make_pipe(ends);
	net_fill((unsigned char *)data, LARGE, 0);
	reader = net_open_reader(ends[0]);
	writer = net_open_writer(ends[1]);
	ck_assert(aw_writer_can_write_eof(writer));
	aw_writer_write(writer, data, LARGE);
	aw_writer_write_eof(writer);
	ck_assert(aw_writer_is_closing(writer));
	aw_writer_write(writer, "late", 4);
	read_large(reader);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	aw_reader_free(reader);
	aw_writer_free(writer);
}

NET_TEST(a_reader_that_goes_is_seen)
{
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	net_turns(2);
	ck_assert(!aw_writer_is_closing(writer));
	close(ends[0]);
	ck_assert_int_eq(aw_writer_wait_closed(writer), 0);
	ck_assert(aw_writer_is_closing(writer));
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_writer_drain(writer), -ECONNRESET);
	aw_writer_free(writer);
}

NET_TEST(a_reader_that_goes_before_the_queue_is_an_error)
{
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, data, LARGE);
	close(ends[0]);
	ck_assert_int_eq(aw_writer_drain(writer), -EPIPE);
	ck_assert_int_eq(aw_writer_wait_closed(writer), -EPIPE);
	aw_writer_free(writer);
}

NET_TEST(a_pipe_without_a_reader_can_be_opened)
{
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	close(ends[0]);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_writer_drain(writer), -EPIPE);
	aw_writer_free(writer);
}

NET_TEST(several_pieces_go_into_a_pipe_at_once)
{
	struct iovec pieces[] = {
		{ "one,", 4 }, { "", 0 }, { "two,", 4 }, { "three", 5 },
	};
	aw_writer *writer;
	char buffer[16];
	int ends[2];

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	aw_writer_writelines(writer, pieces, 4);
	ck_assert_int_eq(read(ends[0], buffer, sizeof(buffer)), 13);
	ck_assert_mem_eq(buffer, "one,two,three", 13);
	aw_writer_free(writer);
	close(ends[0]);
}

NET_TEST(a_writer_that_is_freed_delivers_its_queue)
{
	aw_reader *reader;
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	net_fill((unsigned char *)data, LARGE, 0);
	reader = net_open_reader(ends[0]);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, data, LARGE);
	aw_writer_free(writer);
	read_large(reader);
	aw_reader_free(reader);
}

NET_TEST(one_that_is_freed_with_a_queue_goes_with_the_loop)
{
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, data, LARGE);
	aw_writer_free(writer);
	close(ends[0]);
}

NET_TEST(abort_closes_a_pipe_at_once)
{
	aw_writer *writer;
	int ends[2];

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	aw_writer_write(writer, data, LARGE);
	aw_writer_abort(writer);
	ck_assert_uint_eq(aw_writer_get_write_buffer_size(writer), 0);
	ck_assert_int_eq(aw_writer_wait_closed(writer), -ECONNABORTED);
	aw_writer_free(writer);
	close(ends[0]);
}

NET_TEST(lines_are_read_from_a_pipe)
{
	aw_reader *reader;
	const char *line;
	int ends[2];

	make_pipe(ends);
	reader = net_open_reader(ends[0]);
	put(ends[1], "one\ntwo\nthr");
	close(ends[1]);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 4);
	ck_assert_mem_eq(line, "one\n", 4);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 4);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 3);
	ck_assert_mem_eq(line, "thr", 3);
	ck_assert_int_eq(aw_reader_readline(reader, &line), 0);
	aw_reader_free(reader);
}

NET_TEST(a_fifo_is_a_pipe)
{
	aw_reader *reader;
	aw_writer *writer;
	char byte;
	int in, out;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	in = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	out = open("fifo", O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(in, 0);
	ck_assert_int_ge(out, 0);
	reader = net_open_reader(in);
	writer = net_open_writer(out);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	aw_writer_free(writer);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_reader_free(reader);
	unlink("fifo");
}

NET_TEST(a_fifo_waits_for_somebody_to_write)
{
	struct reading reading = { .n = -1 };
	aw_task *task;
	int in, out;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	in = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(in, 0);
	reading.reader = net_open_reader(in);
	task = net_spawn(read_byte, &reading);
	net_turns(5);
	ck_assert_int_eq(reading.n, -1);
	out = open("fifo", O_WRONLY | O_CLOEXEC);
	put(out, "x");
	net_join(task);
	ck_assert_int_eq(reading.n, 1);
	close(out);
	read_byte(&reading);
	ck_assert_int_eq(reading.n, 0);
	aw_reader_free(reading.reader);
	unlink("fifo");
}

NET_TEST(the_pipe_is_known)
{
	aw_writer *writer;
	int ends[2], fd = -1;
	char byte = 0;

	make_pipe(ends);
	writer = net_open_writer(ends[1]);
	ck_assert_int_eq(aw_writer_get_extra_info(writer, "pipe", &fd,
	    sizeof(fd)), sizeof(fd));
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(aw_writer_get_extra_info(writer, "socket", &fd,
	    sizeof(fd)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(writer, "peername", &fd,
	    sizeof(fd)), -ENOENT);
	aw_writer_free(writer);
	close(ends[0]);
}

NET_TEST(the_wrong_end_is_refused_and_stays_the_callers)
{
	aw_loop *loop = aw_get_running_loop();
	aw_reader *reader;
	aw_writer *writer;
	int ends[2], folder;

	make_pipe(ends);
	folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(aw_open_read_pipe(loop, ends[1], NULL, &reader),
	    -EINVAL);
	ck_assert_int_eq(aw_open_write_pipe(loop, ends[0], NULL, &writer),
	    -EINVAL);
	ck_assert_int_eq(aw_open_read_pipe(loop, folder, NULL, &reader),
	    -EINVAL);
	ck_assert_int_eq(aw_open_read_pipe(loop, -1, NULL, &reader), -EBADF);
	ck_assert_int_eq(close(folder), 0);
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(close(ends[1]), 0);
}

NET_TEST(a_reader_of_a_pair_goes_with_its_writer)
{
	struct net_pair pair;
	char byte;

	aw_reader_free(NULL);
	net_unix_pair(&pair, NULL);
	aw_reader_free(pair.reader);
	net_send_text(pair.peer, "x");
	ck_assert_int_eq(aw_reader_read(pair.reader, &byte, 1), 1);
	net_pair_free(&pair);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_pipe_is_read_to_its_end,
		a_read_waits_for_the_other_end,
		a_pipe_that_others_share_goes_on_blocking,
		what_a_pipe_does_not_take_is_queued,
		write_eof_closes_a_pipe_after_its_queue,
		a_reader_that_goes_is_seen,
		a_reader_that_goes_before_the_queue_is_an_error,
		a_pipe_without_a_reader_can_be_opened,
		several_pieces_go_into_a_pipe_at_once,
		a_writer_that_is_freed_delivers_its_queue,
		one_that_is_freed_with_a_queue_goes_with_the_loop,
		abort_closes_a_pipe_at_once,
		lines_are_read_from_a_pipe,
		a_fifo_is_a_pipe,
		a_fifo_waits_for_somebody_to_write,
		the_pipe_is_known,
		the_wrong_end_is_refused_and_stays_the_callers,
		a_reader_of_a_pair_goes_with_its_writer,
	};

	return NET_MAIN("pipe", tests);
}
