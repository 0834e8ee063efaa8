/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/descriptor_table.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

static int pipes[3][2];

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Keeps the last and the first, in this order. */
static void *
leave(void *arg)
{
	int keep[] = { pipes[2][1], pipes[0][0] };
	int err = descriptor_table_leave(keep, 2);

	*(int *)arg = err;
	if (err < 0)
		return NULL;
	for (int i = 0; i < 3; i++)
		for (int end = 0; end < 2; end++)
			ck_assert_int_eq(is_open(pipes[i][end]),
			    (i == 0 && end == 0) || (i == 2 && end == 1));
	ck_assert(is_open(STDERR_FILENO));
	return NULL;
}

static void *
leave_all(void *arg)
{
	*(int *)arg = descriptor_table_leave(NULL, 0);
	if (*(int *)arg == 0)
		ck_assert(!is_open(pipes[0][0]));
	return NULL;
}

static void
run(void *(*thread)(void *))
{
	pthread_t id;
	int err;

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(pipe(pipes[i]), 0);
	ck_assert_int_eq(pthread_create(&id, NULL, thread, &err), 0);
	pthread_join(id, NULL);
	ck_assert(err == 0 || err == -ENOSYS || err == -EPERM);
	/* The others have theirs. */
	for (int i = 0; i < 3; i++)
		for (int end = 0; end < 2; end++)
			ck_assert_int_eq(close(pipes[i][end]), 0);
}

START_TEST(what_is_kept)
{
	run(leave);
}
END_TEST

START_TEST(nothing_is_kept)
{
	run(leave_all);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_is_kept, nothing_is_kept };

	return UNIT_RUN_FORKED("descriptor_table", tests);
}
