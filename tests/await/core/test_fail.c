/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Loops, callbacks and stacks when something runs out.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "core/scenario.h"
#include "core/task.h"
#include "coro/stack.h"
#include "unit.h"

static int
make_and_close(void)
{
	aw_loop *loop = aw_loop_new(NULL);

	if (loop == NULL)
		return -ENOMEM;
	return aw_loop_close(loop);
}

START_TEST(a_loop_is_made_or_not)
{
	fail_each_call(make_and_close, _i == 1);
}
END_TEST

static unsigned called;

static void
count_call(void *arg)
{
	(void)arg;
	called++;
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

static void *
call_from_thread(void *loop)
{
	return aw_loop_call_soon_threadsafe(loop, count_call, NULL) < 0 ?
	    loop : NULL;
}

/* Returns how many callbacks are to be expected, or an error. */
static int
call_all_ways(aw_loop *loop)
{
	pthread_t thread;
	void *failed;

	if (aw_loop_call_soon(loop, count_call, NULL) == NULL ||
	    aw_loop_call_later(loop, 0.0001, count_call, NULL) == NULL ||
	    aw_loop_call_at(loop, 0, count_call, NULL) == NULL ||
	    aw_loop_call_soon_threadsafe(loop, count_call, NULL) < 0)
		return -ENOMEM;
	aw_handle_cancel(aw_loop_call_soon(loop, count_call, NULL));
	aw_handle_cancel(aw_loop_call_later(loop, 1000, count_call, NULL));
	if (pthread_create(&thread, NULL, call_from_thread, loop) != 0)
		return -EAGAIN;
	if (pthread_join(thread, &failed) != 0 || failed != NULL)
		return -ENOMEM;
	return 5;
}

static int
run_callbacks(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	int expected;

	if (loop == NULL)
		return -ENOMEM;
	called = 0;
	expected = call_all_ways(loop);
	if (expected > 0 && aw_loop_call_later(loop, 0.0002, stop, loop) ==
	    NULL)
		expected = -ENOMEM;
	if (expected > 0) {
		aw_loop_run_forever(loop);
		must(called == (unsigned)expected);
	}
	aw_loop_close(loop);
	return expected < 0 ? expected : 0;
}

START_TEST(callbacks_are_called_or_refused)
{
	fail_each_call(run_callbacks, _i == 1);
}
END_TEST

static int
add_many_timers(void)
{
	aw_loop *loop = aw_loop_new(NULL);
	int i, result = 0;

	if (loop == NULL)
		return -ENOMEM;
	called = 0;
	/* The heap grows on the way. */
	for (i = 0; i < 100 && result == 0; i++)
		if (aw_loop_call_at(loop, 0, count_call, NULL) == NULL)
			result = -ENOMEM;
	if (result == 0) {
		aw_loop_stop(loop);
		aw_loop_run_forever(loop);
		must(called == 100);
	}
	aw_loop_close(loop);
	return result;
}

START_TEST(the_heap_of_timers_grows_or_refuses)
{
	fail_each_call(add_many_timers, false);
}
END_TEST

static int
set_text(void *arg)
{
	(void)arg;
	aw_set_error_text("%d of %s", 12, "them");
	/* Without memory the error itself has to do. */
	must(strcmp(aw_error_text(), "12 of them") == 0 ||
	    strcmp(aw_error_text(), "") == 0);
	aw_set_error_text("again");
	must(strcmp(aw_error_text(), "again") == 0 ||
	    strcmp(aw_error_text(), "") == 0);
	return 0;
}

static int
run_set_text(void)
{
	return run_main(set_text, NULL);
}

START_TEST(an_error_text_is_set_or_empty)
{
	fail_each_call(run_set_text, _i == 1);
}
END_TEST

/* Takes stacks until one is refused, or there are enough. */
static int
take_stacks(void)
{
	struct aw_stack_pool *pool = aw_stack_pool_new(0);
	struct aw_stack stacks[100];
	int taken = 0, err = 0;

	if (pool == NULL)
		return -ENOMEM;
	while (taken < 100 && err == 0) {
		err = aw_stack_get(pool, &stacks[taken]);
		if (err == 0)
			stacks[taken++].high[-1] = 1;
	}
	while (taken > 0)
		aw_stack_put(pool, &stacks[--taken]);
	aw_stack_pool_free(pool);
	return err;
}

START_TEST(stacks_are_handed_out_or_refused)
{
	fail_each_call(take_stacks, _i == 1);
	aw_guard_limit(AW_GUARD_MPROTECT);
	fail_each_call(take_stacks, _i == 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_loop_is_made_or_not,
		callbacks_are_called_or_refused,
		the_heap_of_timers_grows_or_refuses,
		an_error_text_is_set_or_empty,
		stacks_are_handed_out_or_refused,
	};

	fail_init();
	/* Once with a single call that fails, once with all from there on. */
	return UNIT_RUN_EACH("fail", tests, 2);
}
