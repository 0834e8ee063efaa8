/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>
#include <unistd.h>

#include "coro/resident.h"
#include "unit.h"

#define KIB 1024

static size_t page_size;
static struct aw_stack_pool *pool;

/* A stack whose guard is by the means of that number. */
static struct aw_stack
get_stack(size_t stride, int guard)
{
	struct aw_stack stack;

	page_size = (size_t)sysconf(_SC_PAGESIZE);
	aw_guard_limit((enum aw_guard)guard);
	pool = aw_stack_pool_new(stride);
	ck_assert_ptr_nonnull(pool);
	ck_assert_int_eq(aw_stack_get(pool, &stack), 0);
	return stack;
}

/* The page that lies so many below the one of the stack's highest byte. */
static char *
page_of(const struct aw_stack *stack, size_t below)
{
	return (char *)((uintptr_t)(stack->high - 1) / page_size * page_size) -
	    below * page_size;
}

START_TEST(a_fresh_stack_has_no_page_in_memory)
{
	struct aw_stack stack = get_stack(0, _i);

	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack), stack.high);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(the_lowest_page_that_was_touched_is_found)
{
	struct aw_stack stack = get_stack(0, _i);

	stack.high[-1] = 1;
	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack), page_of(&stack, 0));
	page_of(&stack, 5)[100] = 1;
	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack), page_of(&stack, 5));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(it_is_found_in_a_stack_of_many_pages)
{
	struct aw_stack stack = get_stack(8 * KIB * KIB, _i);

	page_of(&stack, 1000)[0] = 1;
	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack),
	    page_of(&stack, 1000));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(the_check_for_an_overrun_does_not_count_as_use)
{
	struct aw_stack stack = get_stack(0, AW_GUARD_CHECK);

	stack.high[-1] = 1;
	ck_assert(!aw_stack_overrun(&stack, stack.high));
	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack), page_of(&stack, 0));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(what_lies_below_goes_and_the_page_itself_stays)
{
	struct aw_stack stack = get_stack(0, _i);
	char *kept = page_of(&stack, 3);

	memset(stack.low + page_size, 0x5a,
	    (size_t)(stack.high - stack.low) - page_size);
	aw_stack_release_below(&stack, kept + 100);
	ck_assert_ptr_eq(aw_stack_lowest_resident(&stack), kept);
	ck_assert_int_eq(kept[0], 0x5a);
	ck_assert_int_eq(kept[99], 0x5a);
	ck_assert_int_eq(kept[-1], 0);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(nothing_goes_where_the_lowest_page_is_needed)
{
	struct aw_stack stack = get_stack(0, _i);

	memset(stack.low, 0x5a, (size_t)(stack.high - stack.low));
	aw_stack_release_below(&stack, stack.low);
	aw_stack_release_below(&stack, stack.low + page_size - 1);
	ck_assert_int_eq(stack.low[0], 0x5a);
	ck_assert_int_eq(stack.high[-1], 0x5a);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_stack_whose_pages_went_passes_the_check_for_an_overrun)
{
	struct aw_stack stack = get_stack(0, AW_GUARD_CHECK);

	memset(stack.low + 8, 0x5a, (size_t)(stack.high - stack.low) - 8);
	aw_stack_release_below(&stack, stack.high - 1);
	ck_assert(!aw_stack_overrun(&stack, stack.high));
	aw_stack_pool_free(pool);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_fresh_stack_has_no_page_in_memory,
		the_lowest_page_that_was_touched_is_found,
		it_is_found_in_a_stack_of_many_pages,
		the_check_for_an_overrun_does_not_count_as_use,
		what_lies_below_goes_and_the_page_itself_stays,
		nothing_goes_where_the_lowest_page_is_needed,
		a_stack_whose_pages_went_passes_the_check_for_an_overrun,
	};

	/* By each kind of guard. */
	return UNIT_RUN_EACH("resident", tests, AW_GUARD_CHECK + 1);
}
