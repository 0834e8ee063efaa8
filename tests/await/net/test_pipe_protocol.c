/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Pipes whose protocol is told of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"
#include "net/recorder.h"

/* A read end with its protocol; the write end, which does not block. */
static int
read_pipe(struct recorder *recorder, const aw_protocol *protocol)
{
	aw_transport *transport;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	ck_assert_int_eq(aw_connect_read_pipe(aw_get_running_loop(), protocol,
	    recorder, ends[0], NULL, &transport), 0);
	ck_assert_str_eq(recorder->trace, "");
	net_turns(1);
	ck_assert_ptr_eq(recorder->transport, transport);
	ck_assert_trace(recorder, "made");
	return ends[1];
}

static int
write_pipe(struct recorder *recorder)
{
	aw_transport *transport;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	ck_assert_int_eq(aw_connect_write_pipe(aw_get_running_loop(),
	    &recorder_protocol, recorder, ends[1], NULL, &transport), 0);
	ck_assert_str_eq(recorder->trace, "");
	net_turns(1);
	ck_assert_ptr_eq(recorder->transport, transport);
	ck_assert_trace(recorder, "made");
	return ends[0];
}

static void
put(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
}

/* Reads so many bytes of what net_fill made. */
static void
take(int fd, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = read(fd, net_received + done, size - done);
		if (n > 0)
			done += (size_t)n;
		else
			ck_assert_int_eq(aw_wait_readable(fd), 0);
	}
	net_check(net_received, size, 0);
}

NET_TEST(a_read_pipe_brings_data_and_its_end)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_protocol);

	put(fd, "hello");
	recorder_wait(&recorder, "data");
	ck_assert_mem_eq(recorder.data, "hello", 5);
	close(fd);
	/* Whatever eof_received says, nothing is left of it. */
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "data eof lost");
	ck_assert_int_eq(recorder.error, 0);
}

NET_TEST(a_read_pipe_receives_where_it_is_told)
{
	unsigned char buffer[16];
	struct recorder recorder = { .room = 16, .buffer = buffer };
	int fd = read_pipe(&recorder, &recorder_buffered);

	put(fd, "hello");
	recorder_wait(&recorder, "updated");
	ck_assert_mem_eq(buffer, "hello", 5);
	recorder_end(&recorder, fd);
}

NET_TEST(a_read_pipe_is_pulled_from)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_pulling);
	char buffer[8];

	put(fd, "hello");
	recorder_wait(&recorder, "readable");
	ck_assert_int_eq(aw_transport_receive(recorder.transport, buffer, 8),
	    5);
	ck_assert_int_eq(aw_transport_receive(recorder.transport, buffer, 8),
	    -EAGAIN);
	recorder_end(&recorder, fd);
}

NET_TEST(a_read_pipe_pauses_and_resumes)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_protocol);
	aw_transport *transport = recorder.transport;

	ck_assert(aw_transport_is_reading(transport));
	aw_transport_pause_reading(transport);
	aw_transport_pause_reading(transport);
	ck_assert(!aw_transport_is_reading(transport));
	put(fd, "kept");
	net_turns(5);
	ck_assert_trace(&recorder, "");
	aw_transport_resume_reading(transport);
	aw_transport_resume_reading(transport);
	ck_assert(aw_transport_is_reading(transport));
	recorder_wait_data(&recorder, 4);
	recorder_end(&recorder, fd);
}

NET_TEST(a_read_pipe_that_is_closed_takes_no_more_orders)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_protocol);
	aw_transport *transport = recorder.transport;

	aw_transport_close(transport);
	ck_assert(aw_transport_is_closing(transport));
	aw_transport_close(transport);
	aw_transport_pause_reading(transport);
	aw_transport_resume_reading(transport);
	ck_assert(!aw_transport_is_reading(transport));
	ck_assert_trace(&recorder, "");
	net_turns(2);
	ck_assert_trace(&recorder, "lost");
	ck_assert_int_eq(recorder.error, 0);
	close(fd);
}

NET_TEST(a_paused_read_pipe_can_be_closed)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_protocol);
	aw_transport *transport = recorder.transport;

	aw_transport_pause_reading(transport);
	aw_transport_close(transport);
	ck_assert(!aw_transport_is_reading(transport));
	aw_transport_resume_reading(transport);
	ck_assert(!aw_transport_is_reading(transport));
	recorder_wait(&recorder, "lost");
	close(fd);
}

NET_TEST(a_read_pipe_has_no_end_to_write)
{
	struct recorder recorder = { .keep = true };
	int fd = read_pipe(&recorder, &recorder_protocol), own;

	ck_assert(!aw_transport_can_write_eof(recorder.transport));
	ck_assert_int_eq(aw_transport_get_extra_info(recorder.transport,
	    "pipe", &own, sizeof(own)), sizeof(own));
	recorder_end(&recorder, fd);
}

NET_TEST(an_error_of_reading_is_that_of_connection_lost)
{
	struct recorder recorder = { .keep = true };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(aw_connect_read_pipe(aw_get_running_loop(),
	    &recorder_protocol, &recorder, master, NULL, NULL), 0);
	close(slave);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made lost");
	ck_assert_int_eq(recorder.error, -EIO);
}

NET_TEST(a_file_is_delivered_to_its_end)
{
	struct recorder recorder = { .keep = true };
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	put(fd, "contents");
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(aw_connect_read_pipe(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fd, NULL, NULL), 0);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "made data eof lost");
	ck_assert_mem_eq(recorder.data, "contents", 8);
	unlink("file");
}

static void
pause_at_data(struct recorder *recorder, const char *word)
{
	if (strcmp(word, "data") == 0)
		aw_transport_pause_reading(recorder->transport);
}

NET_TEST(a_file_can_be_paused)
{
	struct recorder recorder = { .on_word = pause_at_data };
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	put(fd, "contents");
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(aw_connect_read_pipe(aw_get_running_loop(),
	    &recorder_protocol, &recorder, fd, NULL, NULL), 0);
	net_turns(5);
	ck_assert_trace(&recorder, "made data");
	aw_transport_resume_reading(recorder.transport);
	recorder_wait(&recorder, "lost");
	unlink("file");
}

NET_TEST(a_write_pipe_sends_at_once)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);
	char buffer[8];

	aw_transport_write(recorder.transport, "", 0);
	aw_transport_write(recorder.transport, "hello", 5);
	ck_assert_uint_eq(aw_transport_get_write_buffer_size(
	    recorder.transport), 0);
	ck_assert_int_eq(read(fd, buffer, 8), 5);
	recorder_end(&recorder, fd);
}

NET_TEST(a_write_pipe_queues_the_rest)
{
	static unsigned char data[NET_LARGE];
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	net_fill(data, NET_LARGE, 0);
	aw_transport_write(recorder.transport, data, NET_LARGE - 10);
	ck_assert_uint_gt(aw_transport_get_write_buffer_size(
	    recorder.transport), 0);
	/* Behind the queue. */
	aw_transport_write(recorder.transport, data + NET_LARGE - 10, 10);
	ck_assert_trace(&recorder, "pause");
	take(fd, NET_LARGE);
	recorder_wait(&recorder, "resume");
	while (aw_transport_get_write_buffer_size(recorder.transport) > 0)
		net_turns(1);
	ck_assert_trace(&recorder, "resume");
	recorder_end(&recorder, fd);
}

NET_TEST(a_write_pipe_that_is_full_does_not_keep_the_loop_busy)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);
	unsigned polls;

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	net_turns(3);
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 3);
	recorder_end(&recorder, fd);
	ck_assert_int_eq(recorder.error, -ECONNABORTED);
}

NET_TEST(close_sends_the_queue_of_a_write_pipe)
{
	static unsigned char data[NET_LARGE];
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);
	char byte;

	net_fill(data, NET_LARGE, 0);
	aw_transport_write(recorder.transport, data, NET_LARGE);
	aw_transport_close(recorder.transport);
	ck_assert(aw_transport_is_closing(recorder.transport));
	aw_transport_write(recorder.transport, "dropped", 7);
	take(fd, NET_LARGE);
	recorder_wait(&recorder, "lost");
	ck_assert_trace(&recorder, "pause resume lost");
	ck_assert_int_eq(read(fd, &byte, 1), 0);
	close(fd);
}

NET_TEST(write_eof_closes_a_write_pipe)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);
	char byte;

	ck_assert(aw_transport_can_write_eof(recorder.transport));
	aw_transport_write_eof(recorder.transport);
	aw_transport_write_eof(recorder.transport);
	ck_assert(aw_transport_is_closing(recorder.transport));
	ck_assert_trace(&recorder, "");
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, 0);
	ck_assert_int_eq(read(fd, &byte, 1), 0);
	close(fd);
}

NET_TEST(write_eof_waits_for_the_queue)
{
	static unsigned char data[NET_LARGE];
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	net_fill(data, NET_LARGE, 0);
	aw_transport_write(recorder.transport, data, NET_LARGE);
	aw_transport_write_eof(recorder.transport);
	net_turns(3);
	ck_assert_trace(&recorder, "pause");
	take(fd, NET_LARGE);
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, 0);
	close(fd);
}

NET_TEST(a_reader_that_goes_closes_a_write_pipe)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	close(fd);
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, 0);
}

NET_TEST(a_reader_that_goes_before_the_queue_breaks_the_pipe)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	close(fd);
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -EPIPE);
}

NET_TEST(a_write_without_a_reader_breaks_the_pipe)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	close(fd);
	aw_transport_write(recorder.transport, "x", 1);
	ck_assert_trace(&recorder, "");
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -EPIPE);
}

NET_TEST(without_memory_for_the_queue_the_pipe_is_lost)
{
	struct recorder recorder = { .keep = true };
	int fd = write_pipe(&recorder);

	fail_call("malloc", 1, 1, ENOMEM);
	aw_transport_write(recorder.transport, net_received, NET_LARGE);
	fail_stop();
	recorder_wait(&recorder, "lost");
	ck_assert_int_eq(recorder.error, -ENOMEM);
	close(fd);
}

NET_TEST(the_wrong_end_is_refused)
{
	aw_loop *loop = aw_get_running_loop();
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(aw_connect_read_pipe(loop, &recorder_protocol, NULL,
	    ends[1], NULL, NULL), -EINVAL);
	ck_assert_int_eq(aw_connect_write_pipe(loop, &recorder_protocol, NULL,
	    ends[0], NULL, NULL), -EINVAL);
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(aw_connect_read_pipe(loop, &recorder_protocol, NULL,
	    ends[0], NULL, NULL), -EBADF);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_read_pipe_brings_data_and_its_end,
		a_read_pipe_receives_where_it_is_told,
		a_read_pipe_is_pulled_from,
		a_read_pipe_pauses_and_resumes,
		a_read_pipe_that_is_closed_takes_no_more_orders,
		a_paused_read_pipe_can_be_closed,
		a_read_pipe_has_no_end_to_write,
		an_error_of_reading_is_that_of_connection_lost,
		a_file_is_delivered_to_its_end,
		a_file_can_be_paused,
		a_write_pipe_sends_at_once,
		a_write_pipe_queues_the_rest,
		a_write_pipe_that_is_full_does_not_keep_the_loop_busy,
		close_sends_the_queue_of_a_write_pipe,
		write_eof_closes_a_write_pipe,
		write_eof_waits_for_the_queue,
		a_reader_that_goes_closes_a_write_pipe,
		a_reader_that_goes_before_the_queue_breaks_the_pipe,
		a_write_without_a_reader_breaks_the_pipe,
		without_memory_for_the_queue_the_pipe_is_lost,
		the_wrong_end_is_refused,
	};

	return NET_MAIN("pipe_protocol", tests);
}
