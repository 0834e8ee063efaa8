/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <math.h>
#include <sys/eventfd.h>
#include <time.h>

#include "coro/overflow.h"
#include "core/debug_mode.h"
#include "core/loop.h"
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

int
aw_loop_add_events(aw_loop *loop)
{
	loop->armed = NEVER;
	event_assign(&loop->alarm, loop->base, -1, 0, on_alarm, loop);
	event_assign(&loop->tick, loop->base, -1, 0, on_tick, loop);
	event_assign(&loop->wake, loop->base, loop->wake_fd,
	    EV_READ | EV_PERSIST, on_wake, loop);
	return event_add(&loop->wake, NULL);
}

void
aw_loop_enter(aw_loop *loop)
{
	begin_run(loop);
}

void
aw_loop_leave(void)
{
	running = NULL;
}

void
aw_loop_run_rest(aw_loop *loop)
{
	struct aw_ready_ring posted = take_posted(loop);

	aw_ready_append(&loop->ready, &posted);
	while (!aw_ready_is_empty(&loop->ready))
		run_ready(loop);
}

void
aw_loop_watch_overflows(void)
{
	aw_overflow_watch(name_by_fault);
}
