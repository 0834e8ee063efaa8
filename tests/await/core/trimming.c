/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/trimming.h"

const aw_loop_options quickly = { .trim_after = AFTER };

static int (*body)(void);

static int
run_body(void *arg)
{
	(void)arg;
	return body();
}

void
run_quickly(int (*function)(void))
{
	body = function;
	ck_assert_int_eq(aw_run_with(run_body, NULL, &quickly), 0);
}

struct task *
inside(aw_task *task)
{
	return aw_task_of(task);
}

static uintptr_t
page_number(const void *address)
{
	return (uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE);
}

unsigned
resident_pages(aw_task *task)
{
	const struct aw_stack *stack = &inside(task)->stack;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char in_memory;
	unsigned count = 0;
	char *at = stack->low;

	if (stack->guard == AW_GUARD_CHECK)
		at += page;
	for (; at < stack->high; at += page) {
		ck_assert_int_eq(mincore(at, page, &in_memory), 0);
		count += in_memory & 1;
	}
	return count;
}

unsigned
needed_pages(aw_task *task)
{
	struct task *t = inside(task);
	const void *lowest = aw_context_lowest(&t->coro.context);

	return (unsigned)(page_number(t->stack.high - 1) -
	    page_number(lowest) + 1);
}

bool
is_trimmed(aw_task *task)
{
	return inside(task)->trimmed == inside(task)->since;
}

int
idle(void *arg)
{
	unsigned char kept[200];
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(kept); i++)
		kept[i] = (unsigned char)(i * 7);
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (;;) {
		(void)use_stack(USED);
		if (aw_sleep(1000) < 0)
			break;
	}
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (i = 0; i < sizeof(kept); i++)
		if (kept[i] != (unsigned char)(i * 7))
			return -EIO;
	return 0;
}
