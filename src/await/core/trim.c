/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "coro/resident.h"
#include "core/hibernate.h"
#include "core/task.h"
#include "core/trim.h"

#define NANOSECONDS 1000000000
#define NEVER INT64_MAX
#define DEFAULT_AFTER 10 /* seconds */
/*
 * 10,000 tasks a second at most, which takes some milliseconds, and 30 if all
 * of them are trimmed.
 */
#define TASKS_AT_ONCE 100
#define PAUSE (NANOSECONDS / 100)
/* The least time between two passes, as a part of what a task has to wait. */
#define PASSES_PER_WAIT 4

static void
arm(struct aw_trim *trim, int64_t delay)
{
	struct itimerspec when = {
		.it_value = { delay / NANOSECONDS, delay % NANOSECONDS },
	};

	trim->armed = timerfd_settime(trim->fd, 0, &when, NULL) == 0;
}

/* Gives back what the task's stack used once; what it uses now stays. */
static void
release(struct task *task)
{
	const char *lowest = aw_context_lowest(&task->coro.context);
	const char *resident;

	if (lowest < task->stack.low || lowest >= task->stack.high)
		return;
	resident = aw_stack_lowest_resident(&task->stack);
	if (task->deepest == NULL || resident < task->deepest)
		task->deepest = resident;
	if (resident < lowest)
		aw_stack_release_below(&task->stack, lowest);
	aw_hibernate(task);
}

static void
look_at(struct aw_trim *trim, struct task_link *link, int64_t now)
{
	struct task *task;

	if (link->hibernation != NULL)
		return;
	task = aw_task_awake(link);
	if (!task->parked || task->trimmed == task->since)
		return;
	if (now - task->since >= trim->after) {
		task->trimmed = task->since;
		release(task);
	} else if (task->since < trim->oldest) {
		trim->oldest = task->since;
	}
}

static void
begin_pass(aw_loop *loop)
{
	struct aw_trim *trim = &loop->trim;

	trim->in_pass = true;
	trim->cursor = TAILQ_FIRST(&loop->tasks);
	trim->last = loop->task_sequence;
	trim->oldest = NEVER;
	aw_stack_pool_age(loop->stacks);
}

static void
end_pass(aw_loop *loop, int64_t now)
{
	struct aw_trim *trim = &loop->trim;
	int64_t delay = 0;

	trim->in_pass = false;
	loop->trim_rests = true;
	if (trim->oldest != NEVER)
		delay = trim->oldest + trim->after - now;
	else if (!aw_stack_pool_is_warm(loop->stacks))
		return;
	if (delay < trim->after / PASSES_PER_WAIT)
		delay = trim->after / PASSES_PER_WAIT;
	arm(trim, delay > PAUSE ? delay : PAUSE);
}

/* What was made since the pass began is left to the next one. */
static void
advance(struct aw_trim *trim)
{
	trim->cursor = TAILQ_NEXT(trim->cursor, pending);
	if (trim->cursor != NULL &&
	    aw_task_seen(trim->cursor)->sequence > trim->last)
		trim->cursor = NULL;
}

static void
on_timer(struct aw_watch *watch, uint32_t events)
{
	aw_loop *loop = aw_container_of(watch, struct aw_loop, trim.watch);
	struct aw_trim *trim = &loop->trim;
	int64_t now = aw_loop_coarse_now();
	uint64_t expirations;
	unsigned left;
	bool cooling;

	(void)events;
	if (read(trim->fd, &expirations, sizeof(expirations)) < 0)
		return;
	trim->armed = false;
	if (!trim->in_pass)
		begin_pass(loop);
	for (left = TASKS_AT_ONCE; left > 0 && trim->cursor != NULL; left--) {
		look_at(trim, trim->cursor, now);
		advance(trim);
	}
	cooling = aw_stack_pool_cool(loop->stacks, TASKS_AT_ONCE);
	if (trim->cursor != NULL || cooling)
		arm(trim, PAUSE);
	else
		end_pass(loop, now);
}

void
aw_trim_wake(aw_loop *loop)
{
	loop->trim_rests = false;
	if (!loop->trim.armed)
		arm(&loop->trim, loop->trim.after > PAUSE ? loop->trim.after :
		    PAUSE);
}

void
aw_trim_forget(aw_loop *loop, const struct task_link *link)
{
	struct aw_trim *trim = &loop->trim;

	if (trim->cursor == link)
		advance(trim);
}

int
aw_trim_init(aw_loop *loop, double after)
{
	struct aw_trim *trim = &loop->trim;
	int err;

	trim->fd = -1;
	if (after < 0)
		return 0;
	trim->after = aw_nanoseconds(after > 0 ? after : DEFAULT_AFTER);
	trim->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (trim->fd < 0)
		return -errno;
	trim->watch.ready = on_timer;
	err = aw_poll_add(&loop->poll, trim->fd, &trim->watch, EPOLLIN);
	if (err < 0) {
		close(trim->fd);
		return err;
	}
	loop->trim_rests = true;
	return 0;
}

void
aw_trim_close(aw_loop *loop)
{
	if (loop->trim.fd < 0)
		return;
	aw_poll_remove(&loop->poll, loop->trim.fd, &loop->trim.watch);
	close(loop->trim.fd);
}
