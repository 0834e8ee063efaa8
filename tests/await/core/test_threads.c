/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Coroutines that another thread has a loop run, and waits for.
 */
#include <errno.h>
#include <semaphore.h>

#include "core/core.h"

struct order {
	aw_loop *loop;
	int result;         /* of the coroutine */
	bool cancels_itself;
	bool give_up;       /* the thread does not wait for it, but cancels it */
	aw_task *task;
	int outcome;        /* what the thread got */
	sem_t made, done;
};

static int
work(void *arg)
{
	struct order *order = arg;
	int err = aw_sleep(order->give_up ? 1000 : 0.001);

	if (err == 0 && order->cancels_itself) {
		aw_cancel(aw_current_task());
		err = aw_sleep(0);
	}
	return err < 0 ? err : order->result;
}

static void
tell(aw_future *future, void *arg)
{
	struct order *order = arg;

	order->outcome = aw_future_result(future);
	sem_post(&order->done);
}

/* In the loop's thread. */
static void
start(void *arg)
{
	struct order *order = arg;

	order->task = aw_loop_create_task(order->loop, work, order, NULL);
	ck_assert_int_eq(aw_future_add_done_callback(order->task, tell,
	    order), 0);
	sem_post(&order->made);
}

static void
cancel(void *arg)
{
	struct order *order = arg;

	ck_assert(aw_cancel(order->task));
}

/* In a thread: has the coroutine run, and waits for its end. */
static int
place(void *arg)
{
	struct order *order = arg;

	if (aw_loop_call_soon_threadsafe(order->loop, start, order) < 0)
		return -ENOMEM;
	sem_wait(&order->made);
	if (order->give_up &&
	    aw_loop_call_soon_threadsafe(order->loop, cancel, order) < 0)
		return -ENOMEM;
	sem_wait(&order->done);
	return order->give_up ? -ETIMEDOUT : order->outcome;
}

/* The result that the thread comes back with. */
static int
run(aw_loop *loop, struct order *order)
{
	aw_future *future;
	int result;

	order->loop = loop;
	sem_init(&order->made, 0, 0);
	sem_init(&order->done, 0, 0);
	future = aw_loop_run_in_executor(loop, NULL, place, order);
	result = aw_loop_run_until_complete(loop, future);
	aw_future_unref(future);
	aw_future_unref(order->task);
	sem_destroy(&order->made);
	sem_destroy(&order->done);
	return result;
}

LOOP_TEST(the_thread_gets_the_result)
{
	struct order order = { .result = 3 };

	ck_assert_int_eq(run(loop, &order), 3);
}

LOOP_TEST(the_thread_gets_the_error)
{
	struct order order = { .result = -EIO };

	ck_assert_int_eq(run(loop, &order), -EIO);
}

LOOP_TEST(the_thread_gets_the_cancellation)
{
	struct order order = { .result = 3, .cancels_itself = true };

	ck_assert_int_eq(run(loop, &order), -ECANCELED);
}

LOOP_TEST(the_thread_can_give_up_and_no_task_is_left)
{
	struct order order = { .result = 3, .give_up = true };

	ck_assert_int_eq(run(loop, &order), -ETIMEDOUT);
	ck_assert_int_eq(order.outcome, -ECANCELED);
	ck_assert_uint_eq(aw_all_tasks(loop, NULL, 0), 0);
}

int
main(void)
{
	const TTest *const tests[] = {
		the_thread_gets_the_result,
		the_thread_gets_the_error,
		the_thread_gets_the_cancellation,
		the_thread_can_give_up_and_no_task_is_left,
	};

	return UNIT_RUN("threads", tests);
}
