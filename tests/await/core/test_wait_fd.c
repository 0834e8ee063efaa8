/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/core.h"

struct waiter {
	int fd;
	bool for_writing;
	const char *word;
};

static int
wait_and_note(void *arg)
{
	struct waiter *waiter = arg;
	int err;

	err = waiter->for_writing ? aw_wait_writable(waiter->fd) :
	    aw_wait_readable(waiter->fd);
	note(err < 0 ? aw_strerror(err) : waiter->word);
	return err;
}

static void
make_pipe(int ends[2])
{
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
}

static void
close_pipe(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void
fill_pipe(int fd)
{
	char block[4096] = { 0 };

	while (write(fd, block, sizeof(block)) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
}

static void
empty_pipe(int fd)
{
	char block[4096];

	while (read(fd, block, sizeof(block)) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
}

TASK_TEST(a_pipe_that_has_data_is_readable_at_once)
{
	int ends[2];

	make_pipe(ends);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(aw_wait_readable(ends[0]), 0);
	/* It does not take the data. */
	ck_assert_int_eq(aw_wait_readable(ends[0]), 0);
	close_pipe(ends);
}

TASK_TEST(a_task_waits_until_there_is_data)
{
	int ends[2];
	struct waiter waiter = { .word = "readable" };
	aw_task *task;

	make_pipe(ends);
	waiter.fd = ends[0];
	task = spawn(wait_and_note, &waiter);
	turns(5);
	ck_assert_notes("");
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("readable");
	close_pipe(ends);
}

TASK_TEST(the_end_of_the_stream_counts_as_readable)
{
	int ends[2];
	struct waiter waiter = { .word = "readable" };
	aw_task *task;

	make_pipe(ends);
	waiter.fd = ends[0];
	task = spawn(wait_and_note, &waiter);
	turns(2);
	close(ends[1]);
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("readable");
	close(ends[0]);
}

TASK_TEST(a_pipe_with_room_is_writable_at_once)
{
	int ends[2];

	make_pipe(ends);
	ck_assert_int_eq(aw_wait_writable(ends[1]), 0);
	close_pipe(ends);
}

TASK_TEST(a_task_waits_until_there_is_room)
{
	int ends[2];
	struct waiter waiter = { .for_writing = true, .word = "writable" };
	aw_task *task;

	make_pipe(ends);
	fill_pipe(ends[1]);
	waiter.fd = ends[1];
	task = spawn(wait_and_note, &waiter);
	turns(5);
	ck_assert_notes("");
	empty_pipe(ends[0]);
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("writable");
	close_pipe(ends);
}

TASK_TEST(a_pipe_without_a_reader_counts_as_writable)
{
	int ends[2];
	struct waiter waiter = { .for_writing = true, .word = "writable" };
	aw_task *task;

	make_pipe(ends);
	fill_pipe(ends[1]);
	waiter.fd = ends[1];
	task = spawn(wait_and_note, &waiter);
	turns(2);
	close(ends[0]);
	ck_assert_int_eq(join(task), 0);
	ck_assert_notes("writable");
	close(ends[1]);
}

TASK_TEST(one_descriptor_can_be_waited_for_both_ways)
{
	int ends[2];
	struct waiter reader = { .word = "readable" };
	struct waiter writer = { .for_writing = true, .word = "writable" };
	aw_task *reading, *writing;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	reader.fd = writer.fd = ends[0];
	reading = spawn(wait_and_note, &reader);
	writing = spawn(wait_and_note, &writer);
	ck_assert_int_eq(join(writing), 0);
	ck_assert_notes("writable");
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(join(reading), 0);
	ck_assert_notes("readable");
	close_pipe(ends);
}

TASK_TEST(two_tasks_can_wait_for_the_same)
{
	int ends[2];
	struct waiter waiter = { .word = "readable" };
	aw_task *one, *two;

	make_pipe(ends);
	waiter.fd = ends[0];
	one = spawn(wait_and_note, &waiter);
	two = spawn(wait_and_note, &waiter);
	turns(2);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(join(one) | join(two), 0);
	ck_assert_notes("readable readable");
	close_pipe(ends);
}

TASK_TEST(a_cancelled_wait_lets_the_descriptor_go)
{
	int ends[2];
	struct waiter waiter = { .word = "readable" };
	aw_task *task;

	make_pipe(ends);
	waiter.fd = ends[0];
	task = spawn(wait_and_note, &waiter);
	turns(2);
	ck_assert(aw_cancel(task));
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	turns(3);
	take_notes();
	ck_assert_int_eq(aw_wait_readable(ends[0]), 0);
	close_pipe(ends);
}

TASK_TEST(a_wait_that_times_out_lets_the_descriptor_go)
{
	int ends[2];
	aw_timeout *timeout;

	make_pipe(ends);
	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	ck_assert_int_eq(aw_timeout_exit(timeout, aw_wait_readable(ends[0])),
	    -ETIMEDOUT);
	close_pipe(ends);
	/* Nothing is left that would watch a number which is used again. */
	make_pipe(ends);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	turns(3);
	ck_assert_int_eq(aw_wait_readable(ends[0]), 0);
	close_pipe(ends);
}

TASK_TEST(a_regular_file_and_a_folder_are_always_ready)
{
	int file = open("/proc/self/exe", O_RDONLY);
	int folder = open("/", O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(file, 0);
	ck_assert_int_ge(folder, 0);
	ck_assert_int_eq(aw_wait_readable(file), 0);
	ck_assert_int_eq(aw_wait_writable(file), 0);
	ck_assert_int_eq(aw_wait_readable(folder), 0);
	close(file);
	close(folder);
}

TASK_TEST(a_device_that_can_not_be_polled_is_always_ready)
{
	int null = open("/dev/null", O_RDWR);

	ck_assert_int_ge(null, 0);
	ck_assert_int_eq(aw_wait_readable(null), 0);
	ck_assert_int_eq(aw_wait_writable(null), 0);
	close(null);
}

static int
wait_for_file(void *arg)
{
	int fd = open("/proc/self/exe", O_RDONLY), err;

	(void)arg;
	err = aw_wait_readable(fd);
	if (err == 0)
		err = aw_wait_readable(-1) == -EBADF ? 0 : -EIO;
	close(fd);
	return err;
}

static void
wait_for_odd_files(void)
{
	if (aw_run(wait_for_file, NULL) != 0)
		_exit(EXIT_FAILURE);
}

START_TEST(odd_descriptors_make_nobody_print_anything)
{
	char text[1000];

	ck_assert_int_eq(in_child(wait_for_odd_files, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "");
}
END_TEST

TASK_TEST(what_is_no_descriptor_is_an_error)
{
	int ends[2];

	ck_assert_int_eq(aw_wait_readable(-1), -EBADF);
	ck_assert_int_eq(aw_wait_writable(-1), -EBADF);
	make_pipe(ends);
	close_pipe(ends);
	ck_assert_int_eq(aw_wait_readable(ends[0]), -EBADF);
}

START_TEST(outside_of_a_task_it_is_an_error)
{
	ck_assert_int_eq(aw_wait_readable(0), AW_ENOTASK);
	ck_assert_int_eq(aw_wait_writable(1), AW_ENOTASK);
}
END_TEST

static int
refuse_to_end(void *fd)
{
	while (aw_wait_readable(*(int *)fd) < 0)
		continue;
	note("never");
	return 0;
}

START_TEST(a_task_that_is_left_for_good_leaves_nothing_on_the_callers_base)
{
	aw_loop_options options = { .base = event_base_new() };
	aw_loop *loop = aw_loop_new(&options);
	int ends[2];

	make_pipe(ends);
	record_reports(loop);
	aw_future_unref(aw_loop_create_task(loop, refuse_to_end, &ends[0],
	    NULL));
	aw_loop_stop(loop);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(take_reports().count, 1);
	ck_assert_int_eq(event_base_get_num_events(options.base,
	    EVENT_BASE_COUNT_ADDED), 0);
	event_base_free(options.base);
	close_pipe(ends);
	ck_assert_notes("");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_pipe_that_has_data_is_readable_at_once,
		a_task_waits_until_there_is_data,
		the_end_of_the_stream_counts_as_readable,
		a_pipe_with_room_is_writable_at_once,
		a_task_waits_until_there_is_room,
		a_pipe_without_a_reader_counts_as_writable,
		one_descriptor_can_be_waited_for_both_ways,
		two_tasks_can_wait_for_the_same,
		a_cancelled_wait_lets_the_descriptor_go,
		a_wait_that_times_out_lets_the_descriptor_go,
		a_regular_file_and_a_folder_are_always_ready,
		a_device_that_can_not_be_polled_is_always_ready,
		odd_descriptors_make_nobody_print_anything,
		what_is_no_descriptor_is_an_error,
		outside_of_a_task_it_is_an_error,
		a_task_that_is_left_for_good_leaves_nothing_on_the_callers_base,
	};

	return UNIT_RUN("wait_fd", tests);
}
