/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>

#include "trace.h"

static int
before_first_step(void)
{
	aw_task *a = ACT("a", .turns = 1);

	say("cancel %s", yes(aw_cancel(a)));
	told("a", join(a));
	return 0;
}

static int
while_sleeping(void)
{
	aw_task *a = ACT("a", .units = 100);

	turns(1);
	say("cancel %s", yes(aw_cancel(a)));
	say("done %s", yes(aw_future_done(a)));
	told("a", aw_await(a));
	say("cancelled %s", yes(aw_future_cancelled(a)));
	aw_future_unref(a);
	return 0;
}

static int
await_inner(void *inner)
{
	int result = told("inner", join(inner));

	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return result;
}

static int
while_awaiting_a_task(void)
{
	aw_task *inner = ACT("inner", .forever = true, .cleanup = 2);
	aw_task *outer = spawn(await_inner, inner, "outer");

	turns(2);
	aw_cancel(outer);
	say("inner %u outer %u", aw_task_cancelling(inner),
	    aw_task_cancelling(outer));
	told("outer", join(outer));
	return 0;
}

static int
the_inner_one_swallows_it(void)
{
	aw_task *inner = ACT("inner", .forever = true, .swallow = true,
	    .result = 7);
	aw_task *outer = spawn(await_inner, inner, "outer");

	turns(2);
	aw_cancel(outer);
	told("outer", join(outer));
	return 0;
}

static int
the_inner_one_fails_of_it(void)
{
	aw_task *inner = ACT("inner", .forever = true, .on_cancel = FAILURE(1));
	aw_task *outer = spawn(await_inner, inner, "outer");

	turns(2);
	aw_cancel(outer);
	told("outer", join(outer));
	return 0;
}

static int
a_chain(void)
{
	aw_task *a = ACT("a", .forever = true);
	aw_task *b = spawn(await_inner, a, "b");
	aw_task *c = spawn(await_inner, b, "c");

	turns(3);
	aw_cancel(c);
	say("%u %u %u", aw_task_cancelling(a), aw_task_cancelling(b),
	    aw_task_cancelling(c));
	told("c", join(c));
	return 0;
}

static int
the_middle_of_a_chain(void)
{
	aw_task *a = ACT("a", .forever = true);
	aw_task *b = spawn(await_inner, a, "b");
	aw_task *c = spawn(await_inner, b, "c");

	turns(3);
	aw_cancel(b);
	told("c", aw_await(c));
	say("c was cancelled %u times", aw_task_cancelling(c));
	aw_future_unref(c);
	return 0;
}

static int
twice(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 2);
	bool first;

	turns(1);
	first = aw_cancel(a);
	say("cancel %s %s", yes(first), yes(aw_cancel(a)));
	say("cancelling %u", aw_task_cancelling(a));
	told("a", join(a));
	return 0;
}

static int
during_clean_up(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup = 3);

	turns(1);
	aw_cancel(a);
	turns(2);
	say("cancel %s", yes(aw_cancel(a)));
	told("a", join(a));
	return 0;
}

static int
clean_up_waits(void)
{
	aw_task *a = ACT("a", .forever = true, .cleanup_units = 6);
	aw_task *b = ACT("b", .units = 1);

	turns(1);
	aw_cancel(a);
	told("a", join(a));
	told("b", join(b));
	return 0;
}

static int
of_what_is_done(void)
{
	aw_task *a = ACT("a", .result = 3);
	aw_task *b = ACT("b", .result = FAILURE(1));

	turns(1);
	say("cancel %s %s", yes(aw_cancel(a)), yes(aw_cancel(b)));
	say("cancelling %u", aw_task_cancelling(a));
	told("a", join(a));
	told("b", join(b));
	return 0;
}

static int
cancel_itself(void *arg)
{
	(void)arg;
	say("cancel %s", yes(aw_cancel(aw_current_task())));
	told("sleep", aw_sleep(0));
	told("once more", aw_sleep(0));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	return 5;
}

static int
by_itself(void)
{
	told("a", join(spawn(cancel_itself, NULL, "a")));
	return 0;
}

static int
cancel_itself_and_return(void *arg)
{
	(void)arg;
	aw_cancel(aw_current_task());
	return 5;
}

static int
still_pending_at_return(void)
{
	aw_task *a = spawn(cancel_itself_and_return, NULL, "a");

	told("a", aw_await(a));
	say("cancelled %s", yes(aw_future_cancelled(a)));
	aw_future_unref(a);
	return 0;
}

static int
cancel_itself_and_fail(void *arg)
{
	(void)arg;
	aw_cancel(aw_current_task());
	return FAILURE(1);
}

static int
an_error_is_stronger_than_a_pending_one(void)
{
	told("a", join(spawn(cancel_itself_and_fail, NULL, "a")));
	return 0;
}

static int
call_what_does_not_wait(void *arg)
{
	aw_lock *lock = aw_lock_new();
	aw_queue *queue = aw_queue_new(0);
	aw_event *event = aw_event_new();
	aw_semaphore *semaphore = aw_semaphore_new(1);
	aw_future *done = new_future();
	void *item;
	int err;

	aw_future_set_result(done, 9);
	aw_event_set(event);
	aw_cancel(aw_current_task());
	told("lock", aw_lock_acquire(lock));
	told("put", aw_queue_put(queue, (void *)4));
	err = aw_queue_get(queue, &item);
	told("get", err < 0 ? err : (int)(intptr_t)item);
	told("event", aw_event_wait(event));
	told("semaphore", aw_semaphore_acquire(semaphore));
	told("future", join(done));
	told("sleep", aw_sleep(0));
	aw_lock_release(lock);
	aw_lock_free(lock);
	aw_queue_free(queue);
	aw_event_free(event);
	aw_semaphore_free(semaphore);
	(void)arg;
	return 0;
}

static int
what_does_not_wait_does_not_deliver(void)
{
	told("a", join(spawn(call_what_does_not_wait, NULL, "a")));
	return 0;
}

static int
count(void *arg)
{
	aw_task *task = aw_current_task();
	unsigned first, second;

	(void)arg;
	aw_cancel(task);
	aw_cancel(task);
	told("sleep", aw_sleep(0));
	told("again", aw_sleep(0));
	say("cancelling %u", aw_task_cancelling(task));
	first = aw_task_uncancel(task);
	second = aw_task_uncancel(task);
	say("uncancel %u %u %u", first, second, aw_task_uncancel(task));
	return 0;
}

static int
uncancel_counts_down(void)
{
	told("a", join(spawn(count, NULL, "a")));
	return 0;
}

static int
uncancel_before_delivery(void *arg)
{
	(void)arg;
	aw_cancel(aw_current_task());
	say("uncancel %u", aw_task_uncancel(aw_current_task()));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
uncancel_takes_back_a_pending_one(void)
{
	told("a", join(spawn(uncancel_before_delivery, NULL, "a")));
	return 0;
}

static int
await_it(void *future)
{
	told("future", aw_await(future));
	say("cancelling %u", aw_task_cancelling(aw_current_task()));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
of_a_future_that_is_awaited(void)
{
	aw_future *future = new_future();
	aw_task *a = spawn(await_it, future, "a");
	bool first;

	turns(1);
	first = aw_cancel(future);
	say("cancel %s %s", yes(first), yes(aw_cancel(future)));
	told("a", join(a));
	aw_future_unref(future);
	return 0;
}

static int
after_the_result_before_the_wake(void)
{
	aw_future *future = new_future();
	aw_task *a = spawn(await_it, future, "a");

	turns(1);
	aw_future_set_result(future, 4);
	say("cancel %s", yes(aw_cancel(a)));
	told("a", join(a));
	aw_future_unref(future);
	return 0;
}

static int
before_the_result(void)
{
	aw_future *future = new_future();
	aw_task *a = spawn(await_it, future, "a");

	turns(1);
	aw_cancel(a);
	told("set", aw_future_set_result(future, 4));
	told("a", join(a));
	aw_future_unref(future);
	return 0;
}

static int
siblings_go_on(void)
{
	aw_task *a = ACT("a", .turns = 3);
	aw_task *b = ACT("b", .forever = true);
	aw_task *c = ACT("c", .turns = 3);

	turns(1);
	aw_cancel(b);
	told("a", join(a));
	told("b", join(b));
	told("c", join(c));
	return 0;
}

static void
cancel_task(void *task)
{
	say("cancel %s", yes(aw_cancel(task)));
}

static int
from_a_callback(void)
{
	aw_task *a = ACT("a", .forever = true);

	aw_loop_call_soon(aw_get_running_loop(), cancel_task, a);
	told("a", join(a));
	return 0;
}

static int
cancel_the_other(void *other)
{
	say("cancel %s", yes(aw_cancel(*(aw_task **)other)));
	told("sleep", aw_sleep(0));
	return 0;
}

static int
each_other(void)
{
	aw_task *a, *b;

	a = spawn(cancel_the_other, &b, "a");
	b = spawn(cancel_the_other, &a, "b");
	told("a", join(a));
	told("b", join(b));
	return 0;
}

static const struct trace_case cases[] = {
	CASE(before_first_step),
	CASE(while_sleeping),
	CASE(while_awaiting_a_task),
	CASE(the_inner_one_swallows_it),
	CASE(the_inner_one_fails_of_it),
	CASE(a_chain),
	CASE(the_middle_of_a_chain),
	CASE(twice),
	CASE(during_clean_up),
	CASE(clean_up_waits),
	CASE(of_what_is_done),
	CASE(by_itself),
	CASE(still_pending_at_return),
	CASE(an_error_is_stronger_than_a_pending_one),
	CASE(what_does_not_wait_does_not_deliver),
	CASE(uncancel_counts_down),
	CASE(uncancel_takes_back_a_pending_one),
	CASE(of_a_future_that_is_awaited),
	CASE(after_the_result_before_the_wake),
	CASE(before_the_result),
	CASE(siblings_go_on),
	CASE(from_a_callback),
	CASE(each_other),
};
TRACE_MAIN(cases)
