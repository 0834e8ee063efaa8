/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "coro/overflow.h"
#include "core/debug_mode.h"
#include "core/task.h"

#define CACHE_LINE 64
#define ROUND_UP(size, to) (((size) + (to) - 1) / (to) * (to))
/* Of a task, whatever lies behind it. */
#define TASK_SIZE ROUND_UP(sizeof(struct task), CACHE_LINE)
/* What extra data must leave for the coroutine's frames. */
#define LEAST_STACK (8 * 1024)
/* What a task has on its stack while it waits for data. */
#define PREFETCHED_LINES 5
/* How often a task may try to wait again while its loop is closing. */
#define REFUSED_WAITS 1000

struct task *
aw_task_current(void)
{
	aw_loop *loop = aw_get_running_loop();

	return loop != NULL ? loop->current : NULL;
}

aw_task *
aw_current_task(void)
{
	struct task *task = aw_task_current();

	return task != NULL ? &task->future : NULL;
}

void
aw_task_forget(struct task *task)
{
	aw_loop *loop = task->future.loop;

	aw_trim_forget(loop, &task->link);
	TAILQ_REMOVE(&loop->tasks, &task->link, pending);
}

static void
finish(struct task *task, int result)
{
	/* One that was never delivered still counts; an error says more. */
	if (task->must_cancel && result >= 0)
		result = -ECANCELED;
	task->must_cancel = false;
	task->phase = AW_TASK_ENDED;
	aw_task_forget(task);
	task->since = task->future.loop->now;
	aw_future_finish(&task->future, result);
}

/* The first frame of every task's stack. */
static void
run_coroutine(void *arg)
{
	struct task *task = arg;
	aw_loop *loop = task->future.loop;

	aw_coro_started(&task->coro, &loop->main);
	finish(task, task->coroutine(task->arg));
	aw_coro_exit(&task->coro, &loop->main);
}

/*
 * Where there is no guard page, a stack that was overrun is found out here.
 * Its neighbour is damaged by then, so there is no way to go on.
 */
static void
check_stack(struct task *task)
{
	if (aw_stack_overrun(&task->stack, task->coro.context.sp))
		aw_overflow_abort(aw_task_get_name(&task->future));
}

/* Runs what the task wants run here; meanwhile no task is running. */
static void
run_call(aw_loop *loop, struct task *task)
{
	void (*call)(void *) = loop->call;

	loop->call = NULL;
	loop->current = NULL;
	loop->caller = task;
	call(loop->call_arg);
	loop->caller = NULL;
	loop->current = task;
}

/* Goes on with a task until it waits or ends; the ring's entry for it. */
static void
step(struct aw_ready *ready)
{
	struct task *task = aw_container_of(ready, struct task, ready);
	aw_loop *loop = task->future.loop;

	loop->current = task;
	if (__builtin_expect(task->phase == AW_TASK_NEW, 0)) {
		task->phase = AW_TASK_BEGUN;
		if (task->must_cancel) {
			finish(task, -ECANCELED);
			goto out;
		}
	}
	for (;;) {
		aw_coro_switch(&loop->main, &task->coro);
		if (__builtin_expect(task->unguarded, 0))
			check_stack(task);
		if (__builtin_expect(loop->call == NULL, 1))
			break;
		run_call(loop, task);
	}
out:
	loop->current = NULL;
	if (__builtin_expect(task->phase == AW_TASK_ENDED, 0))
		aw_future_unref(&task->future);
}

/* The same under Valgrind, which is told whose the errors were. */
static void
step_on_valgrind(struct aw_ready *ready)
{
	struct task *task = aw_container_of(ready, struct task, ready);
	unsigned errors = aw_sanitizer_errors();

	/* For its name. */
	aw_future_ref(&task->future);
	step(ready);
	errors = aw_sanitizer_errors() - errors;
	if (errors > 0)
		aw_sanitizer_blame(errors, aw_task_get_name(&task->future));
	aw_future_unref(&task->future);
}

void
aw_task_prefetch(const struct aw_ready *ready)
{
	const struct task *task;
	const char *sp;
	size_t line;

	/* So that the entry after it is at hand when it is its turn. */
	__builtin_prefetch(ready->next, 1);
	if (ready->run != step)
		return;
	task = aw_container_of(ready, struct task, ready);
	/* What a connection's task reads first lies beside it. */
	__builtin_prefetch((const char *)task + TASK_SIZE, 1);
	sp = task->coro.context.sp;
	for (line = 0; line < PREFETCHED_LINES; line++)
		__builtin_prefetch(sp + line * CACHE_LINE, 1);
}

static bool
is_step(const struct aw_ready *ready)
{
	return ready->run == step || ready->run == step_on_valgrind;
}

aw_future *
aw_task_of_entry(struct aw_ready *ready)
{
	return is_step(ready) ?
	    &aw_container_of(ready, struct task, ready)->future : NULL;
}

void
aw_task_leave(struct task *task)
{
	aw_coro_switch(&task->coro, &task->future.loop->main);
}

/* If it is too late for that, it is kept for when the task goes on. */
void
aw_task_deliver_cancel(struct task *task)
{
	if (task->awaits == NULL)
		aw_task_wake(task, -ECANCELED);
	else if (!aw_cancel(task->awaits))
		return;
	task->must_cancel = false;
}

/* While the loop is closing nothing can be waited for. */
int
aw_task_refuse_wait(struct task *task)
{
	if (task->refused_waits++ < REFUSED_WAITS)
		return -ECANCELED;
	/* It won't take no for an answer: it stays where it is, for good. */
	aw_task_leave(task);
	return -ECANCELED;
}

int
aw_task_yield(struct task *task)
{
	if (task->future.loop->closing)
		return aw_task_refuse_wait(task);
	task->what = "others to run";
	aw_loop_ready(task->future.loop, &task->ready);
	aw_task_leave(task);
	if (task->must_cancel) {
		task->must_cancel = false;
		return -ECANCELED;
	}
	return 0;
}

static aw_future *
cancel_task(aw_future *future, bool first)
{
	struct task *task = aw_task_of(future);

	if (!first)
		return NULL;
	task->cancel_requests++;
	if (!task->parked)
		task->must_cancel = true;
	else if (task->awaits == NULL)
		aw_task_wake(task, -ECANCELED);
	else if (aw_future_is_cancellable(task->awaits))
		return task->awaits;
	else
		task->must_cancel = true;
	return NULL;
}

unsigned
aw_task_cancelling(const aw_task *future)
{
	if (future == NULL || !aw_future_is_task(future))
		return 0;
	return aw_container_of(future, struct task, future)->cancel_requests;
}

unsigned
aw_task_uncancel(aw_task *future)
{
	struct task *task;

	if (future == NULL || !aw_future_is_task(future))
		return 0;
	task = aw_task_of(future);
	if (task->cancel_requests > 0 && --task->cancel_requests == 0)
		task->must_cancel = false;
	return task->cancel_requests;
}

/* A task that awaits a future is told of its end. */
struct await {
	struct aw_future_watch watch;
	struct task *task;
};

static void
wake_awaiting(struct aw_future_watch *watch)
{
	struct task *task = aw_container_of(watch, struct await, watch)->task;

	task->awaits = NULL;
	aw_task_wake(task, 0);
}

int
aw_await(aw_future *future)
{
	struct task *task = aw_task_current();
	struct await await = { .watch.done = wake_awaiting, .task = task };
	int result;

	if (future == NULL)
		return -ENOMEM;
	if (task == NULL)
		return AW_ENOTASK;
	if (future == &task->future)
		return -EDEADLK;
	if (future->loop != task->future.loop)
		return AW_EWRONGLOOP;
	if (future->state != AW_FUTURE_PENDING)
		return aw_future_result(future);
	if (task->future.loop->closing)
		return aw_task_refuse_wait(task);
	aw_future_ref(future);
	aw_future_watch(future, &await.watch);
	task->awaits = future;
	result = aw_task_park(task, aw_future_is_task(future) ? "a task" :
	    "a future");
	if (task->awaits != NULL) {
		/* The loop is closing, or tasks await each other in a circle. */
		task->awaits = NULL;
		aw_future_unwatch(future, &await.watch);
	}
	if (result >= 0)
		result = aw_future_result(future);
	else if (future->state != AW_FUTURE_PENDING)
		/* It was done and this task woken before the cancellation. */
		future->retrieved = true;
	aw_future_unref(future);
	return result;
}

int
aw_await_unref(aw_future *future)
{
	int result = aw_await(future);

	aw_future_unref(future);
	return result;
}

/* The kernel gives no more guards, so overflows are found out late. */
static void
warn_of_missing_guard(aw_loop *loop, const struct aw_stack *stack)
{
	static bool warned;

	if (stack->guard != AW_GUARD_CHECK ||
	    __atomic_exchange_n(&warned, true, __ATOMIC_RELAXED))
		return;
	aw_loop_report(loop, "no guard page for further stacks, which are only "
	    "checked at each switch: raise vm.max_map_count", 0, NULL);
}

static void
free_task(aw_future *future)
{
	struct task *task = aw_task_of(future);
	struct aw_stack stack = task->stack;
	aw_loop *loop = future->loop;

	free(task->name);
	free(task->error_text);
	aw_coro_free(&task->coro);
	aw_stack_put(loop->stacks, &stack);
}

const struct aw_future_kind aw_task_kind = { cancel_task, free_task };

/* Takes memory for a task from the stack's top; NULL if that has too little. */
static struct task *
place(struct aw_stack *stack, size_t size)
{
	char *high = stack->high - size;

	if (high < stack->low + LEAST_STACK)
		return NULL;
	stack->high = high;
	return (struct task *)(void *)high;
}

struct task *
aw_task_new(aw_loop *loop, aw_coroutine *coroutine, void *arg,
    const char *name, size_t extra_size, void **extra)
{
	size_t size = TASK_SIZE + ROUND_UP(extra_size, CACHE_LINE);
	struct aw_stack stack;
	struct task *task;
	char *own_name = NULL;

	if (name != NULL) {
		own_name = strdup(name);
		if (own_name == NULL)
			return NULL;
	}
	if (aw_stack_get(loop->stacks, &stack) < 0)
		goto no_stack;
	aw_sanitizer_clean(stack.low, stack.high);
	task = place(&stack, size);
	if (task == NULL)
		goto no_room;
	memset(task, 0, size);
	if (extra != NULL)
		*extra = (char *)task + TASK_SIZE;
	aw_future_init(&task->future, loop, &aw_task_kind);
	/* One reference is the loop's, until the task ends. */
	task->future.references = 2;
	task->ready.run = aw_sanitizer_counts_errors() ? step_on_valgrind :
	    step;
	task->coroutine = coroutine;
	task->arg = arg;
	task->name = own_name;
	task->sequence = ++loop->task_sequence;
	task->stack = stack;
	task->size = size;
	task->unguarded = stack.guard == AW_GUARD_CHECK;
	task->since = loop->polling ? loop->now : aw_loop_coarse_now();
	aw_coro_make(&task->coro, stack.low, stack.high, run_coroutine, task);
	if (AW_SANITIZER_NAMES)
		aw_sanitizer_name(&task->coro.sanitizer,
		    aw_task_get_name(&task->future));
	warn_of_missing_guard(loop, &stack);
	TAILQ_INSERT_TAIL(&loop->tasks, &task->link, pending);
	aw_loop_ready(loop, &task->ready);
	return task;

no_room:
	aw_stack_put(loop->stacks, &stack);
no_stack:
	free(own_name);
	return NULL;
}

aw_task *
aw_loop_create_task(aw_loop *loop, aw_coroutine *coroutine, void *arg,
    const char *name)
{
	struct task *task;

	if (loop == NULL || AW_WRONG_THREAD(loop))
		return NULL;
	task = aw_task_new(loop, coroutine, arg, name, 0, NULL);
	return task != NULL ? &task->future : NULL;
}

aw_task *
aw_create_task(aw_coroutine *coroutine, void *arg, const char *name)
{
	return aw_loop_create_task(aw_get_running_loop(), coroutine, arg, name);
}
