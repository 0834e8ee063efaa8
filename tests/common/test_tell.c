/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/tell.h"

#include "await/fail.h"
#include "unit.h"

#include <errno.h>
#include <pthread.h>

static aw_loop *loop;
static unsigned told;

static void
stop(void *count)
{
	++*(unsigned *)count;
	aw_loop_stop(loop);
}

static void *
tell_it(void *arg)
{
	tell(loop, stop, arg);
	return NULL;
}

START_TEST(another_thread_is_told)
{
	pthread_t thread;

	told = 0;
	loop = aw_loop_new(NULL);
	ck_assert_ptr_nonnull(loop);
	ck_assert_int_eq(pthread_create(&thread, NULL, tell_it, &told), 0);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(told, 1);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(without_memory_it_waits)
{
	told = 0;
	loop = aw_loop_new(NULL);
	ck_assert_ptr_nonnull(loop);
	fail_at(1, false);
	tell(loop, stop, &told);
	ck_assert(fail_stop());
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_uint_eq(told, 1);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		another_thread_is_told,
		without_memory_it_waits,
	};

	fail_init();
	return UNIT_RUN("tell", tests);
}
