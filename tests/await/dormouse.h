/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks that may hibernate without a connection: an eventfd wakes them.
 */
#ifndef TESTS_AWAIT_DORMOUSE_H
#define TESTS_AWAIT_DORMOUSE_H

#include <sys/eventfd.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/task.h"

/* Lies beside the task. */
struct dormouse {
	struct aw_watch watch;
	struct aw_future_watch ended;
	struct task *task;
	aw_coroutine *run;
	void *arg;
	int fd;
};

static inline void
dormouse_on_event(struct aw_watch *watch, uint32_t events)
{
	struct dormouse *dormouse =
	    aw_container_of(watch, struct dormouse, watch);
	eventfd_t count;

	(void)events;
	(void)!eventfd_read(dormouse->fd, &count);
	aw_task_wake(dormouse->task, 5);
}

static inline bool
dormouse_may_hibernate(struct task *task, struct aw_wakeup *wakeup)
{
	struct dormouse *dormouse = task->arg;

	wakeup->watch = &dormouse->watch;
	wakeup->fd = dormouse->fd;
	wakeup->events = EPOLLIN | EPOLLET;
	return true;
}

static inline int
dormouse_run(void *arg)
{
	struct dormouse *dormouse = arg;

	return dormouse->run(dormouse->arg);
}

static inline void
dormouse_ended(struct aw_future_watch *watch)
{
	struct dormouse *dormouse =
	    aw_container_of(watch, struct dormouse, ended);

	aw_poll_remove(&dormouse->task->future.loop->poll, dormouse->fd,
	    &dormouse->watch);
	close(dormouse->fd);
}

/*
 * Makes one that runs the coroutine, and is woken with 5 when *fd is written
 * to, which it closes at its end.  NULL if memory is short.
 */
static inline struct task *
dormouse_new(aw_coroutine *run, void *arg, const char *name, int *fd)
{
	aw_loop *loop = aw_get_running_loop();
	struct dormouse *dormouse;
	struct task *task;
	void *extra;

	*fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (*fd < 0)
		return NULL;
	task = aw_task_new(loop, dormouse_run, NULL, name, sizeof(*dormouse),
	    &extra);
	if (task == NULL) {
		close(*fd);
		return NULL;
	}
	dormouse = extra;
	dormouse->watch.ready = dormouse_on_event;
	dormouse->ended.done = dormouse_ended;
	aw_future_watch(&task->future, &dormouse->ended);
	dormouse->task = task;
	dormouse->run = run;
	dormouse->arg = arg;
	dormouse->fd = *fd;
	aw_task_set_arg(task, dormouse);
	if (aw_poll_add(&loop->poll, *fd, &dormouse->watch,
	    EPOLLIN | EPOLLET) == 0)
		task->may_hibernate = dormouse_may_hibernate;
	return task;
}

/* Without waking it. */
static inline bool
dormouse_hibernates(const aw_task *task)
{
	void **note = aw_stack_note(aw_get_running_loop()->stacks, task);

	return note != NULL && *note != NULL;
}

#endif
