/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Guards, by way of the stacks that have them.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coro/sanitizer.h"
#include "coro/stack.h"
#include "faults.h"
#include "unit.h"

#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define KIB 1024

static size_t page_size;
static struct aw_stack_pool *pool;

static struct aw_stack
get_stack(void)
{
	struct aw_stack stack;

	ck_assert_int_eq(aw_stack_get(pool, &stack), 0);
	return stack;
}

static void
make_pool(size_t stride)
{
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	pool = aw_stack_pool_new(stride);
	ck_assert_ptr_nonnull(pool);
}

/* Writes to the address in a child; whether the child died of that. */
static bool
traps(char *address)
{
	static const struct rlimit no_core;
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		*(volatile char *)address = 1;
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

/* Whether this kernel (Linux 6.13) can mark guards in the page table. */
static bool
has_madvise_guards(void)
{
	void *page = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool has;

	ck_assert_ptr_ne(page, MAP_FAILED);
	has = madvise(page, page_size, MADV_GUARD_INSTALL) == 0;
	munmap(page, page_size);
	return has;
}

static void
check_guard(const struct aw_stack *stack)
{
	ck_assert(traps(stack->low - 1));
	ck_assert(traps(stack->low - page_size));
	ck_assert(!traps(stack->low));
	ck_assert(!traps(stack->high - 1));
}

START_TEST(a_guard_by_madvise_traps_or_the_next_best_is_taken)
{
	struct aw_stack stack;

	make_pool(0);
	aw_guard_limit(AW_GUARD_MADVISE);
	stack = get_stack();
	ck_assert_int_eq(stack.guard, has_madvise_guards() ?
	    AW_GUARD_MADVISE : AW_GUARD_MPROTECT);
	check_guard(&stack);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_guard_by_mprotect_traps)
{
	struct aw_stack stack;

	make_pool(0);
	aw_guard_limit(AW_GUARD_MPROTECT);
	stack = get_stack();
	ck_assert_int_eq(stack.guard, AW_GUARD_MPROTECT);
	check_guard(&stack);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_guard_still_traps_after_the_stack_was_given_back)
{
	enum { STACKS = 200 };
	struct aw_stack stacks[STACKS];
	int i;

	make_pool(0);
	for (i = 0; i < STACKS; i++)
		stacks[i] = get_stack();
	for (i = 0; i < STACKS; i++)
		aw_stack_put(pool, &stacks[i]);
	/* The memory of the first went back to the kernel, that of the last
	 * did not. */
	check_guard(&stacks[0]);
	check_guard(&stacks[STACKS - 1]);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(without_guard_pages_stacks_are_to_be_checked)
{
	struct aw_stack stack;

	make_pool(0);
	aw_guard_limit(AW_GUARD_CHECK);
	stack = get_stack();
	ck_assert_int_eq(stack.guard, AW_GUARD_CHECK);
	ck_assert(!traps(stack.low - 1));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(what_is_hidden_traps_until_it_is_shown)
{
	struct aw_stack stack;
	unsigned char resident = 1;
	char *page;

	make_pool(0);
	stack = get_stack();
	page = stack.low + page_size;
	*page = 1;
	ck_assert_int_eq(aw_guard_hide(page, page_size),
	    has_madvise_guards());
	if (has_madvise_guards()) {
		ck_assert_int_eq(mincore(page, page_size, &resident), 0);
		ck_assert_int_eq(resident & 1, 0);
		ck_assert(traps(page));
		ck_assert(!traps(page + page_size));
		aw_guard_show(page, page_size);
		ck_assert_int_eq(*page, 0);
	}
	ck_assert(!traps(page));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(nothing_is_hidden_where_another_guard_is_wanted)
{
	struct aw_stack stack;

	make_pool(0);
	aw_guard_limit(AW_GUARD_MPROTECT);
	stack = get_stack();
	*stack.low = 1;
	ck_assert(!aw_guard_hide(stack.low, page_size));
	ck_assert_int_eq(*stack.low, 1);
	aw_stack_pool_free(pool);
}
END_TEST

/* Asks for so many stacks; how many of them have a guard page. */
static unsigned
count_guarded(unsigned stacks)
{
	struct aw_stack stack;
	unsigned guarded = 0;

	make_pool(16 * KIB);
	while (stacks-- > 0) {
		stack = get_stack();
		if (stack.guard == AW_GUARD_MPROTECT)
			guarded++;
	}
	return guarded;
}

/* Mappings that a process may have; what the guards take a share of. */
static unsigned
map_limit(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
	unsigned limit = 65530;

	if (file != NULL) {
		if (fscanf(file, "%u", &limit) != 1)
			limit = 65530;
		fclose(file);
	}
	return limit;
}

START_TEST(guards_by_mprotect_end_at_a_share_of_the_mappings)
{
	unsigned limit = map_limit(), guarded;

	/* Valgrind can't have that many; and a kernel may allow for ever. */
	if (RUNNING_ON_VALGRIND || limit > 100000)
		return;
	aw_guard_limit(AW_GUARD_MPROTECT);
	guarded = count_guarded(limit / 2);
	ck_assert_uint_gt(guarded, 0);
	ck_assert_uint_le(guarded, limit / 4);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(guards_of_idle_stacks_are_given_back_with_their_pool)
{
	enum { ROUNDS = 20 };
	struct aw_stack stack;
	unsigned i, j;

	aw_guard_limit(AW_GUARD_MPROTECT);
	for (i = 0; i < ROUNDS; i++) {
		struct aw_stack stacks[1000];

		make_pool(16 * KIB);
		for (j = 0; j < 1000; j++)
			stacks[j] = get_stack();
		for (j = 0; j < 1000; j++)
			aw_stack_put(pool, &stacks[j]);
		aw_stack_pool_free(pool);
	}
	/* 20,000 in all are more than there can be at a time. */
	make_pool(0);
	stack = get_stack();
	ck_assert_int_eq(stack.guard, AW_GUARD_MPROTECT);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(an_address_is_in_the_guard_only_just_below_the_stack)
{
	struct aw_stack stack;

	make_pool(0);
	stack = get_stack();
	ck_assert(aw_stack_guards(&stack, stack.low - 1));
	ck_assert(aw_stack_guards(&stack, stack.low - page_size));
	ck_assert(!aw_stack_guards(&stack, stack.low));
	ck_assert(!aw_stack_guards(&stack, stack.low - page_size - 1));
	ck_assert(!aw_stack_guards(&stack, NULL));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_stack_is_overrun_if_its_pointer_or_its_last_word_says_so)
{
	struct aw_stack stack;

	make_pool(0);
	stack = get_stack();
	ck_assert(!aw_stack_overrun(&stack, stack.high));
	ck_assert(!aw_stack_overrun(&stack, stack.low));
	ck_assert(aw_stack_overrun(&stack, stack.low - 1));
	stack.low[0] = 1;
	ck_assert(aw_stack_overrun(&stack, stack.high));
	aw_stack_pool_free(pool);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_guard_by_madvise_traps_or_the_next_best_is_taken,
		a_guard_by_mprotect_traps,
		a_guard_still_traps_after_the_stack_was_given_back,
		without_guard_pages_stacks_are_to_be_checked,
		what_is_hidden_traps_until_it_is_shown,
		nothing_is_hidden_where_another_guard_is_wanted,
		guards_by_mprotect_end_at_a_share_of_the_mappings,
		guards_of_idle_stacks_are_given_back_with_their_pool,
		an_address_is_in_the_guard_only_just_below_the_stack,
		a_stack_is_overrun_if_its_pointer_or_its_last_word_says_so,
	};

	return UNIT_RUN_FORKED("guard", tests);
}
