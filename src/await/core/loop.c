/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "coro/overflow.h"
#include "core/debug_mode.h"
#include "core/event_loop.h"
#include "core/executor.h"
#include "core/fd_handlers.h"
#include "core/future.h"
#include "core/handle.h"
#include "core/loop.h"
#include "core/loops.h"
#include "core/remnant.h"
#include "core/signals.h"
#include "core/task.h"

#define NANOSECONDS 1000000000
/* No timer is armed; also the furthest that one can be. */
#define NEVER INT64_MAX
/* Longest that the alarm is set for at once; it is set again then. */
#define LONGEST_ALARM ((int64_t)86400 * NANOSECONDS)

static _Thread_local aw_loop *running
    __attribute__((tls_model("initial-exec")));

int64_t
aw_loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int64_t
aw_loop_coarse_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int64_t
aw_nanoseconds(double seconds)
{
	double nanoseconds = seconds * NANOSECONDS;

	if (isnan(nanoseconds) || nanoseconds < 0)
		return 0;
	/* Half the range, so that it can be added to the clock. */
	if (nanoseconds >= (double)(NEVER / 2))
		return NEVER / 2;
	return (int64_t)nanoseconds;
}

double
aw_loop_time(const aw_loop *loop)
{
	(void)loop;
	return (double)aw_loop_now() / NANOSECONDS;
}

aw_loop *
aw_get_running_loop(void)
{
	return running;
}

bool
aw_loop_is_running(const aw_loop *loop)
{
	return running == loop;
}

struct event_base *
aw_loop_get_event_base(aw_loop *loop)
{
	return loop->base;
}

/* Sets libevent's timer for the earliest of ours, unless it is earlier. */
static int
arm_alarm(aw_loop *loop)
{
	struct aw_timer *first = aw_timer_heap_first(&loop->timers);
	struct timeval delay;
	int64_t left;

	if (first == NULL || first->when >= loop->armed)
		return 0;
	left = first->when - aw_loop_now();
	if (left < 0)
		left = 0;
	if (left > LONGEST_ALARM)
		left = LONGEST_ALARM;
	/* Rounded up: an alarm that is early is an alarm for nothing. */
	left += 999;
	delay.tv_sec = left / NANOSECONDS;
	delay.tv_usec = left % NANOSECONDS / 1000;
	if (event_add(&loop->alarm, &delay) < 0)
		return -ENOMEM;
	loop->armed = first->when;
	return 0;
}

int
aw_loop_add_timer(aw_loop *loop, struct aw_timer *timer)
{
	int err;

	err = aw_timer_heap_add(&loop->timers, timer);
	if (err < 0)
		return err;
	err = arm_alarm(loop);
	if (err < 0)
		aw_timer_heap_remove(&loop->timers, timer);
	return err;
}

void
aw_loop_remove_timer(aw_loop *loop, struct aw_timer *timer)
{
	aw_timer_heap_remove(&loop->timers, timer);
}

static void
run_due_timers(aw_loop *loop)
{
	struct aw_timer *first = aw_timer_heap_first(&loop->timers);
	int64_t now;

	if (first == NULL) {
		loop->now = aw_loop_coarse_now();
		return;
	}
	loop->now = now = aw_loop_now();
	while (first != NULL && first->when <= now) {
		aw_timer_heap_remove(&loop->timers, first);
		first->due(first);
		first = aw_timer_heap_first(&loop->timers);
	}
	/* Without memory for it, the next poll does not wait (has_work). */
	(void)arm_alarm(loop);
}

/* Whether there is something to do that no event will tell of. */
static bool
has_work(const aw_loop *loop)
{
	const struct aw_timer *first = aw_timer_heap_first(&loop->timers);

	return !aw_ready_is_empty(&loop->ready) ||
	    (first != NULL && first->when < loop->armed);
}

/* Runs exactly what is ready now. */
static void
run_ready(aw_loop *loop)
{
	struct aw_ready_ring batch = loop->ready;
	struct aw_ready *ready;

	loop->ready.last = NULL;
	if (__builtin_expect(loop->trim_rests, 0) && batch.last != NULL)
		aw_trim_wake(loop);
	if (__builtin_expect(aw_is_debugging(loop), 0))
		aw_debug_run_ready(loop, &batch);
	while (!aw_ready_is_empty(&batch)) {
		ready = aw_ready_pop(&batch);
		if (!aw_ready_is_empty(&batch))
			aw_task_prefetch(batch.last->next);
		ready->run(ready);
	}
}

static void
on_alarm(evutil_socket_t fd, short what, void *arg)
{
	aw_loop *loop = arg;

	(void)fd, (void)what;
	loop->armed = NEVER;
	if (!loop->polling)
		event_active(&loop->tick, EV_TIMEOUT, 0);
}

/* Another thread than the one that made the loop may run or close it. */
static void
begin_run(aw_loop *loop)
{
	running = loop;
	loop->polling = true;
	aw_coro_thread(&loop->main);
}

/*
 * One iteration on a base that its owner runs.  What it made ready runs by a
 * timer of no delay, which libevent looks at only after it has polled.
 */
static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once = { 0, 0 };
	aw_loop *loop = arg, *outer = running;

	(void)fd, (void)what;
	if (loop->polling)
		return;
	begin_run(loop);
	run_due_timers(loop);
	run_ready(loop);
	loop->polling = false;
	running = outer;
	if (has_work(loop) && event_add(&loop->tick, &at_once) < 0)
		event_active(&loop->tick, EV_TIMEOUT, 0);
}

/* What other threads have filled in. */
static struct aw_ready_ring
take_posted(aw_loop *loop)
{
	struct aw_ready_ring posted;

	pthread_mutex_lock(&loop->lock);
	posted = loop->posted;
	loop->posted.last = NULL;
	pthread_mutex_unlock(&loop->lock);
	return posted;
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	aw_loop *loop = arg;
	struct aw_ready_ring posted;
	eventfd_t count;

	(void)what;
	(void)eventfd_read(fd, &count);
	posted = take_posted(loop);
	if (!aw_ready_is_empty(&posted) && !loop->polling &&
	    aw_ready_is_empty(&loop->ready))
		event_active(&loop->tick, EV_TIMEOUT, 0);
	aw_ready_append(&loop->ready, &posted);
}

void
aw_loop_post(aw_loop *loop, struct aw_ready *ready)
{
	bool first;

	pthread_mutex_lock(&loop->lock);
	first = aw_ready_is_empty(&loop->posted);
	aw_ready_push(&loop->posted, ready);
	/* Under the lock, so that the loop is not closed in between. */
	if (first)
		(void)eventfd_write(loop->wake_fd, 1);
	pthread_mutex_unlock(&loop->lock);
}

void
aw_loop_call(void (*function)(void *arg), void *arg)
{
	if (running == NULL || running->current == NULL) {
		function(arg);
	} else {
		running->call = function;
		running->call_arg = arg;
		aw_task_leave(running->current);
	}
}

static int
iterate(aw_loop *loop)
{
	int flags = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY;

	if (has_work(loop) || loop->stopping)
		flags |= EVLOOP_NONBLOCK;
	/* It refuses on a base that runs already, in a callback of it. */
	if (event_base_loop(loop->base, flags) < 0)
		return -EBUSY;
	run_due_timers(loop);
	run_ready(loop);
	return 0;
}

/* Names the running task if the address is in the guard of its stack. */
static const char *
name_by_fault(const void *address)
{
	if (running == NULL || running->current == NULL ||
	    !aw_stack_guards(&running->current->stack, address))
		return NULL;
	return aw_task_get_name(&running->current->future);
}

static void
set_thread(aw_loop *loop, const void *thread)
{
	__atomic_store_n(&loop->thread, thread, __ATOMIC_RELAXED);
}

int
aw_loop_run_forever(aw_loop *loop)
{
	int err;

	if (running != NULL || aw_is_other_threads(loop))
		return -EBUSY;
	begin_run(loop);
	set_thread(loop, aw_this_thread());
	aw_overflow_watch(name_by_fault);
	do {
		err = iterate(loop);
	} while (err == 0 && !loop->stopping);
	aw_overflow_unwatch();
	loop->stopping = false;
	loop->polling = false;
	running = NULL;
	if (loop->owns_base)
		set_thread(loop, NULL);
	/* On a base of the caller's, what is left goes on with that. */
	if (!loop->owns_base && !aw_ready_is_empty(&loop->ready))
		event_active(&loop->tick, EV_TIMEOUT, 0);
	return err;
}

void
aw_loop_stop(aw_loop *loop)
{
	if (!AW_WRONG_THREAD(loop))
		loop->stopping = true;
}

static struct event_base *
new_base(bool precise_timers)
{
	struct event_config *config;
	struct event_base *base = NULL;
	int flags = EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV;

	config = event_config_new();
	if (config == NULL)
		return NULL;
	if (precise_timers)
		flags |= EVENT_BASE_FLAG_PRECISE_TIMER;
	if (event_config_set_flag(config, flags) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static int
add_events(aw_loop *loop)
{
	event_assign(&loop->alarm, loop->base, -1, 0, on_alarm, loop);
	event_assign(&loop->tick, loop->base, -1, 0, on_tick, loop);
	event_assign(&loop->wake, loop->base, loop->wake_fd,
	    EV_READ | EV_PERSIST, on_wake, loop);
	return event_add(&loop->wake, NULL);
}

/*
 * A peer that is gone shall be an error, not the end of the process.  libevent
 * flushes by writev(2), which has no flag for that.
 */
static void
ignore_broken_pipe(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 &&
	    (action.sa_flags & SA_SIGINFO) == 0 &&
	    action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

aw_loop *
aw_loop_new(const aw_loop_options *options)
{
	static const aw_loop_options defaults;
	aw_loop *loop;

	if (options == NULL)
		options = &defaults;
	loop = calloc(1, sizeof(*loop));
	if (loop == NULL)
		return NULL;
	loop->armed = NEVER;
	loop->now = aw_loop_coarse_now();
	TAILQ_INIT(&loop->tasks);
	ignore_broken_pipe();
	aw_context_init();
	loop->receive_buffer = malloc(AW_RECEIVE_BUFFER_SIZE);
	if (loop->receive_buffer == NULL)
		goto no_buffer;
	loop->stacks = aw_stack_pool_new(options->stack_size);
	if (loop->stacks == NULL)
		goto no_stacks;
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0)
		goto no_wake_fd;
	loop->owns_base = options->base == NULL;
	loop->base = options->base;
	if (loop->base == NULL)
		loop->base = new_base(options->precise_timers);
	if (loop->base == NULL)
		goto no_base;
	if (aw_trim_init(loop, options->trim_after) < 0)
		goto no_trim;
	if (add_events(loop) < 0)
		goto no_events;
	pthread_mutex_init(&loop->lock, NULL);
	aw_loops_add(loop);
	aw_debug_init(loop, options->debug);
	/* Its owner may run it at any time, but from this thread. */
	if (!loop->owns_base)
		loop->thread = aw_this_thread();
	aw_overflow_watch(name_by_fault);
	return loop;

no_events:
	aw_trim_close(loop);
no_trim:
	if (loop->owns_base)
		event_base_free(loop->base);
no_base:
	close(loop->wake_fd);
no_wake_fd:
	aw_stack_pool_free(loop->stacks);
no_stacks:
	free(loop->receive_buffer);
no_buffer:
	free(loop);
	return NULL;
}

/* Gives up what is still pending, in an order in which none needs the other. */
static void
drop_pending(aw_loop *loop)
{
	struct aw_ready_ring posted;

	begin_run(loop);
	loop->closing = true;
	aw_tasks_close(loop);
	aw_remnants_close(loop);
	aw_executors_close(loop);
	posted = take_posted(loop);
	aw_ready_append(&loop->ready, &posted);
	/* What is freed may be reported, and the report add something. */
	while (!aw_ready_is_empty(&loop->ready))
		run_ready(loop);
	aw_handles_close(loop);
	aw_fd_handlers_close(loop);
	aw_signals_close(loop);
	running = NULL;
}

int
aw_loop_close(aw_loop *loop)
{
	if (loop == NULL)
		return 0;
	if (running != NULL || aw_is_other_threads(loop))
		return -EBUSY;
	aw_event_loop_forget(loop);
	drop_pending(loop);
	event_del(&loop->alarm);
	event_del(&loop->tick);
	event_del(&loop->wake);
	aw_trim_close(loop);
	aw_loops_remove(loop);
	if (loop->owns_base) {
		/* Bufferevents that were freed go in one more turn. */
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
		event_base_free(loop->base);
	}
	close(loop->wake_fd);
	aw_timer_heap_free(&loop->timers);
	aw_stack_pool_free(loop->stacks);
	pthread_mutex_destroy(&loop->lock);
	free(loop->receive_buffer);
	aw_overflow_unwatch();
	free(loop);
	return 0;
}
