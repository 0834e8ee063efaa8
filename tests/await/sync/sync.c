/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "sync/sync.h"

static int
carry_out_call(void *arg)
{
	struct call *call = arg;
	const char *mark = "";
	char word[32];

	call->calls++;
	call->result = call->function(call->object);
	if (call->result < 0)
		mark = call->result == -ECANCELED ? "!" : "?";
	snprintf(word, sizeof(word), "%s%s", call->label, mark);
	note(word);
	return call->result;
}

void
start_call(struct call *call, const char *label, int (*function)(void *),
    void *object)
{
	*call = (struct call){ .label = label, .function = function,
	    .object = object };
	call->task = spawn(carry_out_call, call);
}

int
join_call(struct call *call)
{
	return join(call->task);
}

int
acquire_lock(void *lock)
{
	return aw_lock_acquire(lock);
}

int
acquire_semaphore(void *semaphore)
{
	return aw_semaphore_acquire(semaphore);
}

int
wait_for_event(void *event)
{
	return aw_event_wait(event);
}

int
wait_at_barrier(void *barrier)
{
	return aw_barrier_wait(barrier);
}

int
join_queue(void *queue)
{
	return aw_queue_join(queue);
}

int
wait_in_condition(void *condition)
{
	int err = aw_condition_acquire(condition);

	return err == 0 ? aw_condition_wait(condition) : err;
}

int
wait_in_condition_and_release(void *condition)
{
	int err = aw_condition_acquire(condition);

	if (err < 0)
		return err;
	err = aw_condition_wait(condition);
	ck_assert(aw_condition_locked(condition));
	ck_assert_int_eq(aw_condition_release(condition), 0);
	return err;
}

aw_condition *
new_condition(void)
{
	aw_condition *condition = aw_condition_new(NULL);

	ck_assert_ptr_nonnull(condition);
	return condition;
}

void
acquire_condition(aw_condition *condition)
{
	ck_assert_int_eq(aw_condition_acquire(condition), 0);
}

void
release_condition(void *condition)
{
	ck_assert_int_eq(aw_condition_release(condition), 0);
}

void
cancel_callback(void *task)
{
	aw_cancel(task);
}

void
call_soon(aw_callback *callback, void *arg)
{
	ck_assert_ptr_nonnull(aw_loop_call_soon(aw_get_running_loop(),
	    callback, arg));
}

struct other {
	aw_coroutine *body;
	void *arg;
};

static void *
run_other(void *arg)
{
	struct other *other = arg;
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;

	ck_assert_ptr_nonnull(loop);
	task = aw_loop_create_task(loop, other->body, other->arg, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	return NULL;
}

void
in_other_loop(aw_coroutine *body, void *arg)
{
	struct other other = { body, arg };
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_other, &other), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

void
close_while_pending(aw_coroutine *body, aw_callback *before, void *arg)
{
	aw_loop *loop = aw_loop_new(NULL);
	aw_task *task;

	ck_assert_ptr_nonnull(loop);
	record_reports(loop);
	task = aw_loop_create_task(loop, body, arg, NULL);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	if (before != NULL)
		before(arg);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	take_reports();
}
