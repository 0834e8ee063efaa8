/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "trace.h"

static atomic_int calls;
/* For a function that is to wait until it may go on. */
static sem_t gate, begun;

static int
work(void *result)
{
	return (int)(intptr_t)result;
}

#define RESULT(n) ((void *)(intptr_t)(n))

static int
to_thread(void)
{
	told("to_thread", aw_to_thread(work, RESULT(7)));
	told("to_thread", aw_to_thread(work, RESULT(FAILURE(1))));
	return 0;
}

static int
compare_thread(void *me)
{
	return pthread_equal(*(pthread_t *)me, pthread_self()) ? 0 : 1;
}

static int
it_is_another_thread(void)
{
	pthread_t me = pthread_self();

	told("to_thread", aw_to_thread(compare_thread, &me));
	return 0;
}

static int
wait_at_gate(void *result)
{
	sem_post(&begun);
	sem_wait(&gate);
	calls++;
	return (int)(intptr_t)result;
}

static void
close_gate(void)
{
	sem_init(&gate, 0, 0);
	sem_init(&begun, 0, 0);
	calls = 0;
}

static int
open_gate(void *arg)
{
	(void)arg;
	turns(2);
	say("opens the gate");
	sem_post(&gate);
	return 0;
}

static int
others_run_meanwhile(void)
{
	aw_task *a;

	close_gate();
	a = spawn(open_gate, NULL, "a");
	told("to_thread", aw_to_thread(wait_at_gate, RESULT(3)));
	join(a);
	return 0;
}

static aw_future *
run_in(aw_executor *executor, aw_function *function, void *arg)
{
	aw_future *future;

	future = aw_loop_run_in_executor(aw_get_running_loop(), executor,
	    function, arg);
	if (future == NULL)
		say("no future");
	return future;
}

static int
as_a_future(void)
{
	aw_future *future = run_in(NULL, work, RESULT(4));

	told("run_in_executor", aw_await(future));
	say("done %s", yes(aw_future_done(future)));
	aw_future_unref(future);
	return 0;
}

static int order[4];

static int
note(void *n)
{
	order[calls++] = (int)(intptr_t)n;
	return (int)(intptr_t)n;
}

static int
one_worker_does_one_after_the_other(void)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *futures[4];
	int i;

	calls = 0;
	for (i = 0; i < 4; i++)
		futures[i] = run_in(executor, note, RESULT(i));
	for (i = 0; i < 4; i++)
		told("future", join(futures[i]));
	say("%d %d %d %d", order[0], order[1], order[2], order[3]);
	aw_executor_shutdown(executor);
	return 0;
}

static int
count_call(void *arg)
{
	(void)arg;
	calls++;
	return 0;
}

static int
a_call_that_waits_for_its_turn_is_cancelled(void)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *first, *second;

	close_gate();
	first = run_in(executor, wait_at_gate, NULL);
	second = run_in(executor, count_call, NULL);
	say("cancel %s", yes(aw_cancel(second)));
	told("second", join(second));
	turns(2);
	sem_post(&gate);
	told("first", join(first));
	aw_executor_shutdown(executor);
	/* The first one was called. */
	say("called %d times", calls - 1);
	return 0;
}

static int
cancel_what_runs(void)
{
	aw_executor *executor = aw_executor_new(1);
	aw_future *future;

	close_gate();
	future = run_in(executor, wait_at_gate, RESULT(5));
	sem_wait(&begun);
	say("cancel %s", yes(aw_cancel(future)));
	told("future", join(future));
	say("called %d times", calls);
	sem_post(&gate);
	aw_executor_shutdown(executor);
	say("called %d times", calls);
	return 0;
}

static int
call_thread(void *arg)
{
	return told("to_thread", aw_to_thread(wait_at_gate, arg));
}

static int
cancel_a_task_in_to_thread(void)
{
	aw_task *a;

	close_gate();
	a = spawn(call_thread, NULL, "a");
	turns(1);
	sem_wait(&begun);
	aw_cancel(a);
	turns(3);
	say("done %s", yes(aw_future_done(a)));
	sem_post(&gate);
	told("a", join(a));
	return 0;
}

static int
shut_down_the_default_one(void)
{
	aw_loop *loop = aw_get_running_loop();
	aw_future *future = run_in(NULL, work, RESULT(2));

	told("shutdown", aw_loop_shutdown_default_executor(loop, -1));
	told("future", join(future));
	told("to_thread", aw_to_thread(work, RESULT(1)));
	return 0;
}

static pthread_barrier_t meeting;

static int
meet(void *result)
{
	pthread_barrier_wait(&meeting);
	return (int)(intptr_t)result;
}

static int
several_at_once(void)
{
	aw_executor *executor = aw_executor_new(3);
	aw_future *futures[3];
	int i;

	pthread_barrier_init(&meeting, NULL, 3);
	for (i = 0; i < 3; i++)
		futures[i] = run_in(executor, meet, RESULT(6));
	for (i = 0; i < 3; i++)
		told("future", join(futures[i]));
	aw_executor_shutdown(executor);
	pthread_barrier_destroy(&meeting);
	return 0;
}

static const struct trace_case cases[] = {
	CASE(to_thread),
	CASE(it_is_another_thread),
	CASE(others_run_meanwhile),
	CASE(as_a_future),
	CASE(one_worker_does_one_after_the_other),
	CASE(a_call_that_waits_for_its_turn_is_cancelled),
	CASE(cancel_what_runs),
	CASE(cancel_a_task_in_to_thread),
	CASE(shut_down_the_default_one),
	CASE(several_at_once),
};
TRACE_MAIN(cases)
