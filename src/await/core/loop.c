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
#include "core/hibernate.h"
#include "core/loop.h"
#include "core/loops.h"
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

static int64_t
time_left(const struct aw_timer *timer)
{
	int64_t left = timer->when - aw_loop_now();

	if (left < 0)
		return 0;
	return left < LONGEST_ALARM ? left : LONGEST_ALARM;
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
	left = time_left(first);
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
	/* While the loop runs, it sees to that before it waits. */
	if (!loop->polling)
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
}

/*
 * Sets the alarm.  Returns whether there is something to do that no event will
 * tell of: without memory for the alarm, the next poll does not wait.
 */
static bool
has_work(aw_loop *loop)
{
	const struct aw_timer *first = aw_timer_heap_first(&loop->timers);

	(void)arm_alarm(loop);
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
on_wake(struct aw_watch *watch, uint32_t events)
{
	aw_loop *loop = aw_container_of(watch, struct aw_loop, wake);
	struct aw_ready_ring posted;
	eventfd_t count;

	(void)events;
	(void)eventfd_read(loop->wake_fd, &count);
	aw_signals_look(loop);
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

/* libevent has something to tell of what the loop watches by itself. */
static void
on_polled(evutil_socket_t fd, short what, void *arg)
{
	aw_loop *loop = arg;

	(void)fd, (void)what;
	aw_poll_wait(&loop->poll, 0);
}

/*
 * Whether nothing in the base needs libevent's attention but the loop's own
 * events, which the loop can see to without it.  All that could add one runs in
 * this thread, as the base takes no locks.
 */
static bool
base_rests(const aw_loop *loop)
{
	int own = loop->armed == NEVER ? 1 : 2;

	return loop->owns_base && event_base_get_num_events(loop->base,
	    EVENT_BASE_COUNT_ADDED | EVENT_BASE_COUNT_ACTIVE) <= own;
}

static void
wait_alone(aw_loop *loop)
{
	const struct aw_timer *first = aw_timer_heap_first(&loop->timers);
	int64_t timeout = -1;

	if (!aw_ready_is_empty(&loop->ready) || loop->stopping)
		timeout = 0;
	else if (first != NULL)
		timeout = time_left(first);
	aw_poll_wait(&loop->poll, timeout);
}

static int
wait_by_libevent(aw_loop *loop)
{
	int flags = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY;

	if (has_work(loop) || loop->stopping)
		flags |= EVLOOP_NONBLOCK;
	/* It refuses on a base that runs already, in a callback of it. */
	return event_base_loop(loop->base, flags) < 0 ? -EBUSY : 0;
}

static int
iterate(aw_loop *loop)
{
	int err = 0;

	if (base_rests(loop))
		wait_alone(loop);
	else
		err = wait_by_libevent(loop);
	if (err < 0)
		return err;
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

static bool
mend_fault(const void *address)
{
	return aw_loops_any(aw_hibernate_mend, address);
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
	aw_overflow_watch(name_by_fault, mend_fault);
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
	int err;

	loop->armed = NEVER;
	event_assign(&loop->alarm, loop->base, -1, 0, on_alarm, loop);
	event_assign(&loop->tick, loop->base, -1, 0, on_tick, loop);
	event_assign(&loop->polled, loop->base, loop->poll.fd,
	    EV_READ | EV_PERSIST, on_polled, loop);
	loop->wake.ready = on_wake;
	err = aw_poll_add(&loop->poll, loop->wake_fd, &loop->wake, EPOLLIN);
	if (err == 0 && event_add(&loop->polled, NULL) < 0)
		err = -ENOMEM;
	return err;
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
	aw_overflow_watch(name_by_fault, mend_fault);
}
