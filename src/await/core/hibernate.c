/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hibernate.h"

/* What a task has on its page meanwhile. */
struct aw_hibernation {
	struct aw_watch watch; /* of what wakes it */
	struct aw_wakeup wakeup;
	struct task_link link;
	struct task *copy;     /* of the task, in bytes */
	struct aw_hibernation *next; /* among the loop's mended ones */
	/* From its stack pointer to the end. */
	_Alignas(max_align_t) char bytes[];
};

_Static_assert(_Alignof(struct task) <= 8, "a stack pointer is aligned so");

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static char *
page_of(const void *address)
{
	return (char *)((uintptr_t)address -
	    (uintptr_t)address % page_size());
}

/* Where the task ends, from the task itself or its copy. */
static char *
end_of(const struct task *task)
{
	return task->stack.high + task->size;
}

static size_t
used_by(const struct task *task)
{
	return (size_t)(end_of(task) - (char *)task->coro.context.sp);
}

static struct aw_hibernation **
place_of(aw_loop *loop, const void *address)
{
	return (struct aw_hibernation **)aw_stack_note(loop->stacks, address);
}

/* Gives one link the other's place in the list of tasks. */
static void
replace(aw_loop *loop, struct task_link *from, struct task_link *to)
{
	TAILQ_INSERT_BEFORE(from, to, pending);
	TAILQ_REMOVE(&loop->tasks, from, pending);
	if (loop->trim.cursor == from)
		loop->trim.cursor = to;
}

/* Calls nothing that a signal handler must not, as do those that call it. */
static void
put_back(const struct aw_hibernation *hibernation)
{
	const struct task *copy = hibernation->copy;

	aw_guard_show(page_of(copy->stack.high), page_size());
	memcpy(copy->coro.context.sp, hibernation->bytes, used_by(copy));
}

static struct task *
restore(struct aw_hibernation *hibernation)
{
	const struct aw_wakeup *wakeup = &hibernation->wakeup;
	/* Its stack ends where it begins. */
	struct task *task = (void *)hibernation->copy->stack.high;
	aw_loop *loop = hibernation->copy->future.loop;

	put_back(hibernation);
	*place_of(loop, task) = NULL;
	replace(loop, &hibernation->link, &task->link);
	/* It fails if the descriptor was closed behind the loop's back. */
	(void)!aw_poll_change(&loop->poll, wakeup->fd, &hibernation->watch,
	    wakeup->watch, wakeup->events);
	loop->hibernating--;
	return task;
}

/* What it waits for has come. */
static void
on_wakeup(struct aw_watch *watch, uint32_t events)
{
	struct aw_hibernation *hibernation =
	    aw_container_of(watch, struct aw_hibernation, watch);

	watch = hibernation->wakeup.watch;
	(void)restore(hibernation);
	free(hibernation);
	watch->ready(watch, events);
}

/* Copies what the task uses, if that is on one page and not most of it. */
static struct aw_hibernation *
copy_task(struct task *task)
{
	const char *sp = task->coro.context.sp;
	struct aw_hibernation *hibernation;
	size_t used = used_by(task);

	if (page_of(sp) != page_of(end_of(task) - 1) ||
	    used > page_size() / 4 * 3)
		return NULL;
	hibernation = malloc(sizeof(*hibernation) + used);
	if (hibernation == NULL)
		return NULL;
	hibernation->watch.ready = on_wakeup;
	hibernation->link.hibernation = hibernation;
	hibernation->copy = (void *)(hibernation->bytes +
	    ((char *)task - sp));
	memcpy(hibernation->bytes, sp, used);
	return hibernation;
}

/* From here on the event is told to what is on the heap. */
static bool
put_away(struct aw_hibernation *hibernation)
{
	const struct aw_wakeup *wakeup = &hibernation->wakeup;
	const struct task *copy = hibernation->copy;

	if (!aw_guard_hide(page_of(copy->stack.high), page_size()))
		return false;
	if (aw_poll_change(&copy->future.loop->poll, wakeup->fd, wakeup->watch,
	    &hibernation->watch, wakeup->events) == 0)
		return true;
	put_back(hibernation);
	return false;
}

static void
free_mended(aw_loop *loop)
{
	struct aw_hibernation *hibernation;

	while ((hibernation = loop->mended) != NULL) {
		loop->mended = hibernation->next;
		free(hibernation);
	}
}

static bool
may_hibernate(struct task *task, struct aw_wakeup *wakeup)
{
	return task->may_hibernate != NULL && !task->shared && task->parked &&
	    !aw_context_is_ucontext && !aw_sanitizer_knows_stacks() &&
	    task->may_hibernate(task, wakeup);
}

void
aw_hibernate(struct task *task)
{
	aw_loop *loop = task->future.loop;
	struct aw_hibernation *hibernation, **place;
	struct aw_wakeup wakeup;

	free_mended(loop);
	if (!may_hibernate(task, &wakeup))
		return;
	hibernation = copy_task(task);
	if (hibernation == NULL)
		return;
	hibernation->wakeup = wakeup;
	place = place_of(loop, task);
	replace(loop, &task->link, &hibernation->link);
	if (put_away(hibernation)) {
		*place = hibernation;
		loop->hibernating++;
	} else {
		replace(loop, &hibernation->link, &task->link);
		free(hibernation);
	}
}

struct task *
aw_task_seen(struct task_link *link)
{
	return link->hibernation != NULL ? link->hibernation->copy :
	    aw_container_of(link, struct task, link);
}

struct task *
aw_task_awake(struct task_link *link)
{
	struct aw_hibernation *hibernation = link->hibernation;
	struct task *task;

	if (hibernation == NULL)
		return aw_container_of(link, struct task, link);
	task = restore(hibernation);
	free(hibernation);
	return task;
}

/* Whose page it is, or NULL. */
static struct aw_hibernation *
find(aw_loop *loop, const void *address)
{
	struct aw_hibernation **place = NULL;

	if (loop->hibernating > 0)
		place = place_of(loop, address);
	if (place == NULL || *place == NULL ||
	    page_of((*place)->copy->stack.high) != page_of(address))
		return NULL;
	return *place;
}

void
aw_hibernate_end_slowly(aw_loop *loop, const void *address)
{
	struct aw_hibernation *hibernation = find(loop, address);

	if (hibernation != NULL)
		(void)aw_task_awake(&hibernation->link);
}

bool
aw_hibernate_mend(aw_loop *loop, const void *address)
{
	struct aw_hibernation *hibernation = find(loop, address);
	int saved = errno;
	struct task *task;

	if (hibernation == NULL)
		return false;
	task = restore(hibernation);
	if ((const char *)address < task->stack.high)
		task->shared = true;
	/* Freed later: malloc is no good here. */
	hibernation->next = loop->mended;
	loop->mended = hibernation;
	errno = saved;
	return true;
}

void
aw_hibernate_close(aw_loop *loop)
{
	free_mended(loop);
}
