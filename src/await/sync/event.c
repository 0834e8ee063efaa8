/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdlib.h>

#include "core/waiters.h"
#include "sync/bind.h"

struct aw_event {
	aw_loop *loop; /* NULL until a task waits */
	struct aw_waiters waiters;
	bool set;
};

aw_event *
aw_event_new(void)
{
	aw_event *event = calloc(1, sizeof(*event));

	if (event != NULL)
		TAILQ_INIT(&event->waiters);
	return event;
}

void
aw_event_free(aw_event *event)
{
	free(event);
}

void
aw_event_set(aw_event *event)
{
	event->set = true;
	aw_waiters_wake_all(&event->waiters, 0);
}

void
aw_event_clear(aw_event *event)
{
	event->set = false;
}

bool
aw_event_is_set(const aw_event *event)
{
	return event->set;
}

int
aw_event_wait(aw_event *event)
{
	struct task *task = aw_task_current();
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	if (event->set)
		return 0;
	err = aw_bind(&event->loop, task);
	if (err < 0)
		return err;
	return aw_waiters_wait(&event->waiters, task, "an event");
}
