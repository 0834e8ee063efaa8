/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/task.h"

/* What a task has on its stack meanwhile. */
struct aw_hibernation {
	bool mended; /* the page is there again, and may have changed */
	size_t used;
	char bytes[];
};

const char aw_data_to_read[] = "data to read";

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The page in which the stack begins. */
static char *
first_page(const struct task *task)
{
	uintptr_t last = (uintptr_t)task->stack.high - 1;

	return (char *)(last - last % page_size());
}

static bool
may_hibernate(const struct task *task)
{
	return task->beside && !task->shared && task->parked &&
	    task->what == aw_data_to_read && !aw_context_is_ucontext &&
	    !aw_sanitizer_knows_stacks();
}

/* Copies what the task uses, if that is at most half of one page. */
static struct aw_hibernation *
copy_stack(const struct task *task)
{
	const char *sp = task->coro.context.sp;
	size_t used = (size_t)(task->stack.high - sp);
	struct aw_hibernation *hibernation;

	if (sp < first_page(task) || used > page_size() / 2)
		return NULL;
	hibernation = malloc(sizeof(*hibernation) + used);
	if (hibernation == NULL)
		return NULL;
	hibernation->mended = false;
	hibernation->used = used;
	memcpy(hibernation->bytes, sp, used);
	return hibernation;
}

void
aw_hibernate(struct task *task)
{
	struct aw_hibernation *hibernation;

	if (!may_hibernate(task))
		return;
	hibernation = copy_stack(task);
	if (hibernation == NULL)
		return;
	if (!aw_guard_hide(first_page(task), page_size())) {
		free(hibernation);
		return;
	}
	task->hibernation = hibernation;
	task->phase = AW_TASK_HIBERNATES;
}

/* Calls nothing that a signal handler must not. */
static void
put_back(const struct task *task)
{
	const struct aw_hibernation *hibernation = task->hibernation;

	aw_guard_show(first_page(task), page_size());
	memcpy(task->stack.high - hibernation->used, hibernation->bytes,
	    hibernation->used);
}

void
aw_hibernate_end(struct task *task)
{
	if (!task->hibernation->mended)
		put_back(task);
	free(task->hibernation);
	task->hibernation = NULL;
	task->phase = AW_TASK_BEGUN;
}

/*
 * Whose page it is.  It comes to this once in the life of a task, so the tasks
 * are not kept in an order in which it could be found sooner.
 */
static struct task *
find(aw_loop *loop, const char *address)
{
	const char *page = address - (uintptr_t)address % page_size();
	struct task *task;

	TAILQ_FOREACH(task, &loop->tasks, pending)
		if (task->phase == AW_TASK_HIBERNATES &&
		    !task->hibernation->mended && first_page(task) == page)
			break;
	return task;
}

bool
aw_hibernate_mend(aw_loop *loop, const void *address)
{
	struct task *task = find(loop, address);

	if (task == NULL)
		return false;
	put_back(task);
	/* What was copied is freed when it goes on: malloc is no good here. */
	task->hibernation->mended = true;
	task->shared = true;
	return true;
}
