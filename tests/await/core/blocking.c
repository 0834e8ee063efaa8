/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdatomic.h>
#include <unistd.h>

#include "core/blocking.h"

static atomic_bool gate;
static atomic_uint working, ended;

int
block(void *arg)
{
	(void)arg;
	atomic_fetch_add(&working, 1);
	while (!atomic_load(&gate))
		usleep(100);
	atomic_fetch_add(&ended, 1);
	return 5;
}

int
return_number(void *number)
{
	return *(int *)number;
}

void
open_gate(void)
{
	atomic_store(&gate, true);
}

void
note_and_open_gate(void *arg)
{
	(void)arg;
	note("gate");
	open_gate();
}

unsigned
count_working(void)
{
	return atomic_load(&working);
}

unsigned
count_ended(void)
{
	return atomic_load(&ended);
}

void
wait_until_working(unsigned count)
{
	while (count_working() < count)
		usleep(100);
}

void
wait_until_ended(unsigned count)
{
	while (count_ended() < count)
		usleep(100);
}

aw_future *
start(aw_loop *loop, aw_executor *executor, aw_function *function, void *arg)
{
	aw_future *future = aw_loop_run_in_executor(loop, executor, function,
	    arg);

	ck_assert_ptr_nonnull(future);
	return future;
}

int
finish(aw_loop *loop, aw_future *future)
{
	int result = aw_loop_run_until_complete(loop, future);

	aw_future_unref(future);
	return result;
}
