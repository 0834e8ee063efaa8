/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whether tasks can hibernate where the tests run.
 */
#ifndef TESTS_AWAIT_HIBERNATING_H
#define TESTS_AWAIT_HIBERNATING_H

#include <check.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro/context.h"
#include "coro/guard.h"
#include "coro/sanitizer.h"

/* A kernel with guards, no ucontext, and no tool that knows the stacks. */
static inline bool
can_hibernate(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;
	bool can;

	memory = mmap(NULL, page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	can = aw_guard_hide(memory, page);
	munmap(memory, page);
	return can && !aw_context_is_ucontext && !aw_sanitizer_knows_stacks();
}

#endif
