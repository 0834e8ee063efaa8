/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <await.h>

#include "client/descriptor.h"
#include "unit.h"

#define SIZE (1024 * 1024)

static char data[SIZE];
static int pipe_ends[2];

static void
setup(void)
{
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (char)(i % 251);
	ck_assert_int_eq(pipe(pipe_ends), 0);
}

/* Reads the pipe to its end, and counts what is right. */
static void *
read_pipe(void *arg)
{
	static char chunk[10000];
	size_t *right = arg;
	ssize_t n;

	while ((n = read(pipe_ends[0], chunk, sizeof(chunk))) > 0)
		for (ssize_t i = 0; i < n; i++)
			*right += chunk[i] == (char)(*right % 251);
	return NULL;
}

static int
write_all(void *arg)
{
	(void)arg;
	return descriptor_write(pipe_ends[1], data, SIZE);
}

static void
check_written(bool in_task)
{
	size_t right = 0;
	pthread_t thread;
	int err;

	setup();
	ck_assert_int_eq(pthread_create(&thread, NULL, read_pipe, &right), 0);
	err = in_task ? aw_run(write_all, NULL) : write_all(NULL);
	close(pipe_ends[1]);
	pthread_join(thread, NULL);
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(right, SIZE);
}

START_TEST(everything_is_written_from_a_task)
{
	check_written(true);
}
END_TEST

START_TEST(everything_is_written_outside_of_a_task)
{
	check_written(false);
}
END_TEST

START_TEST(a_non_blocking_descriptor_is_waited_for)
{
	size_t right = 0;
	pthread_t thread;
	int err;

	setup();
	ck_assert_int_eq(fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, read_pipe, &right), 0);
	err = write_all(NULL);
	close(pipe_ends[1]);
	pthread_join(thread, NULL);
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(right, SIZE);
}
END_TEST

/* Fills the pipe, which nobody reads, while another task goes on. */
static int
write_and_be_cancelled(void *arg)
{
	aw_task *writer = aw_create_task(write_all, arg, "writer");
	int err;

	err = aw_sleep(0.02);
	ck_assert_int_eq(err, 0);
	ck_assert(!aw_future_done(writer));
	ck_assert(aw_cancel(writer));
	err = aw_await(writer);
	aw_future_unref(writer);
	return err == -ECANCELED ? 0 : -EINVAL;
}

START_TEST(a_full_pipe_does_not_block_the_loop)
{
	setup();
	ck_assert_int_eq(aw_run(write_and_be_cancelled, NULL), 0);
}
END_TEST

static int
read_ten(void *arg)
{
	return (int)descriptor_read(*(int *)arg, data, 10);
}

static int
read_what_another_task_writes(void *arg)
{
	aw_task *reader;
	int result;

	reader = aw_create_task(read_ten, &pipe_ends[0], "reader");
	result = aw_sleep(0.01);
	ck_assert_int_eq(result, 0);
	ck_assert(!aw_future_done(reader));
	ck_assert_int_eq(descriptor_write(pipe_ends[1], "hello", 5), 0);
	result = aw_await(reader);
	aw_future_unref(reader);
	(void)arg;
	return result;
}

START_TEST(reading_waits_for_input)
{
	setup();
	ck_assert_int_eq(aw_run(read_what_another_task_writes, NULL), 5);
	ck_assert_mem_eq(data, "hello", 5);
}
END_TEST

START_TEST(a_file_is_read_to_its_end)
{
	int file = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(aw_run(read_ten, &file), 0);
	close(file);
}
END_TEST

START_TEST(errors_come_back_as_results)
{
	int folder = open("/", O_RDONLY);

	setup();
	signal(SIGPIPE, SIG_IGN);
	close(pipe_ends[0]);
	ck_assert_int_eq(descriptor_write(pipe_ends[1], "x", 1), -EPIPE);
	ck_assert_int_eq(aw_run(read_ten, &folder), -EISDIR);
	close(folder);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		everything_is_written_from_a_task,
		everything_is_written_outside_of_a_task,
		a_non_blocking_descriptor_is_waited_for,
		a_full_pipe_does_not_block_the_loop,
		reading_waits_for_input,
		a_file_is_read_to_its_end,
		errors_come_back_as_results,
	};

	return UNIT_RUN("descriptor", tests);
}
