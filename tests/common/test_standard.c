/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/standard.h"
#include "unit.h"

#define EXPECT(condition) do { if (!(condition)) return __LINE__; } while (0)

/* In a process of its own, as Check needs its descriptors; 0 or the line. */
static void
assert_good_in_child(int (*run)(void))
{
	int fd[2], line = -1, status;
	pid_t child;

	ck_assert_int_eq(pipe(fd), 0);
	fflush(stdout); /* or the child would print it once more */
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		line = run();
		_exit(write(fd[1], &line, sizeof(line)) != sizeof(line));
	}
	close(fd[1]);
	ck_assert_int_eq(read(fd[0], &line, sizeof(line)), sizeof(line));
	close(fd[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_msg(line == 0, "what line %d expects is not so", line);
}

static int
open_what_was_closed(void)
{
	char byte;
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		close(fd);
	EXPECT(standard_open() == 0);
	fd = open("/dev/null", O_RDWR);
	EXPECT(fd > STDERR_FILENO);
	EXPECT(read(STDIN_FILENO, &byte, 1) == -1 && errno == EBADF);
	EXPECT(write(STDOUT_FILENO, "x", 1) == -1 && errno == EBADF);
	EXPECT(write(STDERR_FILENO, "x", 1) == -1 && errno == EBADF);
	return 0;
}

START_TEST(closed_ones_are_taken_but_still_fail)
{
	assert_good_in_child(open_what_was_closed);
}
END_TEST

START_TEST(open_ones_are_left_alone)
{
	struct stat before, after;

	ck_assert_int_eq(fstat(STDOUT_FILENO, &before), 0);
	ck_assert_int_eq(standard_open(), 0);
	ck_assert_int_eq(fstat(STDOUT_FILENO, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

/* Has standard error written to a pipe, and returns its other end. */
static int
watch_errors(void)
{
	int fd[2];

	if (pipe(fd) < 0 || dup2(fd[1], STDERR_FILENO) < 0)
		return -1;
	return fd[0];
}

/* Standard output is /dev/full; nothing may be left of what was printed. */
static int
flush_to_a_full_disk(size_t size)
{
	const char expected[] =
	    "prog: standard output: No space left on device\n";
	char text[256] = "";
	int errors = watch_errors();

	EXPECT(errors >= 0);
	EXPECT(freopen("/dev/full", "w", stdout) != NULL);
	EXPECT(standard_flush("prog") == 0);
	while (size-- > 0)
		putchar('x');
	EXPECT(standard_flush("prog") == -ENOSPC);
	EXPECT(read(errors, text, sizeof(text) - 1) ==
	    (ssize_t)strlen(expected));
	EXPECT(strcmp(text, expected) == 0);
	return 0;
}

static int
flush_a_little(void)
{
	return flush_to_a_full_disk(1);
}

static int
flush_more_than_the_buffer(void)
{
	return flush_to_a_full_disk(3 * BUFSIZ + 1);
}

START_TEST(an_output_that_takes_nothing_is_told)
{
	assert_good_in_child(flush_a_little);
	assert_good_in_child(flush_more_than_the_buffer);
}
END_TEST

static int
flush_to_a_pipe(void)
{
	char text[8] = "";
	int errors = watch_errors(), fd[2];

	EXPECT(errors >= 0 && pipe(fd) == 0);
	EXPECT(dup2(fd[1], STDOUT_FILENO) == STDOUT_FILENO);
	putchar('x');
	EXPECT(standard_flush("prog") == 0);
	EXPECT(read(fd[0], text, sizeof(text)) == 1 && text[0] == 'x');
	EXPECT(fcntl(errors, F_SETFL, O_NONBLOCK) == 0);
	EXPECT(read(errors, text, sizeof(text)) == -1 && errno == EAGAIN);
	return 0;
}

START_TEST(a_good_output_has_everything)
{
	assert_good_in_child(flush_to_a_pipe);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		closed_ones_are_taken_but_still_fail,
		open_ones_are_left_alone,
		an_output_that_takes_nothing_is_told,
		a_good_output_has_everything,
	};

	return UNIT_RUN("standard", tests);
}
