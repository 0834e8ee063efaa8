/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro/stack.h"
#include "unit.h"

#define CACHE_LINE 64
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

/* Where the memory of a stack begins, below its guard. */
static uintptr_t
base_of(const struct aw_stack *stack)
{
	return (uintptr_t)stack->low - page_size;
}

/* The distance of two stacks that were cut one after the other. */
static size_t
measure_stride(size_t wanted)
{
	struct aw_stack first, second;

	make_pool(wanted);
	first = get_stack();
	second = get_stack();
	aw_stack_pool_free(pool);
	return base_of(&second) - base_of(&first);
}

START_TEST(a_stack_takes_64_kib_of_address_space_by_default)
{
	ck_assert_uint_eq(measure_stride(0), 64 * KIB);
}
END_TEST

START_TEST(a_stride_is_rounded_up_to_a_power_of_two)
{
	ck_assert_uint_eq(measure_stride(64 * KIB + 1), 128 * KIB);
	ck_assert_uint_eq(measure_stride(128 * KIB), 128 * KIB);
	ck_assert_uint_eq(measure_stride(200000), 256 * KIB);
}
END_TEST

START_TEST(a_stride_is_at_least_16_kib)
{
	ck_assert_uint_eq(measure_stride(1), 16 * KIB);
	ck_assert_uint_eq(measure_stride(16 * KIB), 16 * KIB);
}
END_TEST

START_TEST(a_stride_may_be_larger_than_the_first_slab)
{
	struct aw_stack stack;

	make_pool(4 * KIB * KIB);
	stack = get_stack();
	ck_assert_uint_ge((size_t)(stack.high - stack.low), 4 * KIB * KIB -
	    2 * page_size);
	stack.low[0] = stack.high[-1] = 1;
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(an_absurd_stride_is_bounded)
{
	struct aw_stack stack;

	make_pool(SIZE_MAX);
	stack = get_stack();
	ck_assert_uint_le((size_t)(stack.high - stack.low), 64 * KIB * KIB);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(all_of_a_stack_can_be_written_to)
{
	struct aw_stack stack;

	make_pool(0);
	stack = get_stack();
	memset(stack.low, 0x5a, (size_t)(stack.high - stack.low));
	ck_assert_uint_ge((size_t)(stack.high - stack.low), 64 * KIB -
	    page_size - 16 * CACHE_LINE);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(stacks_do_not_overlap_across_many_slabs)
{
	enum { STACKS = 1000 };
	struct aw_stack stacks[STACKS];
	int i;

	make_pool(16 * KIB);
	for (i = 0; i < STACKS; i++) {
		stacks[i] = get_stack();
		/* Their ends: whoever overlaps one changes it. */
		memcpy(stacks[i].low, &i, sizeof(i));
		memcpy(stacks[i].high - sizeof(i), &i, sizeof(i));
	}
	for (i = 0; i < STACKS; i++) {
		ck_assert_mem_eq(stacks[i].low, &i, sizeof(i));
		ck_assert_mem_eq(stacks[i].high - sizeof(i), &i, sizeof(i));
	}
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(neighbours_start_at_different_cache_lines)
{
	bool taken[16] = { false };
	struct aw_stack stack;
	size_t line;
	int i;

	make_pool(0);
	for (i = 0; i < 16; i++) {
		stack = get_stack();
		ck_assert_uint_eq((uintptr_t)stack.high % CACHE_LINE, 0);
		line = (base_of(&stack) + 64 * KIB - (uintptr_t)stack.high) /
		    CACHE_LINE;
		ck_assert_uint_lt(line, 16);
		ck_assert(!taken[line]);
		taken[line] = true;
	}
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_note_is_of_the_stack_in_which_the_address_lies)
{
	static struct aw_stack stacks[100];
	size_t i;
	void **note;

	make_pool(0);
	ck_assert_ptr_null(aw_stack_note(pool, stacks));
	for (i = 0; i < 100; i++) {
		stacks[i] = get_stack();
		note = aw_stack_note(pool, stacks[i].high - 1);
		ck_assert_ptr_nonnull(note);
		ck_assert_ptr_null(*note);
		*note = &stacks[i];
	}
	for (i = 0; i < 100; i++)
		ck_assert_ptr_eq(*aw_stack_note(pool, stacks[i].low),
		    &stacks[i]);
	ck_assert_ptr_null(aw_stack_note(pool, stacks));
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(the_stack_that_was_given_back_last_is_handed_out_first)
{
	struct aw_stack first, second, again;

	make_pool(0);
	first = get_stack();
	second = get_stack();
	aw_stack_put(pool, &first);
	aw_stack_put(pool, &second);
	again = get_stack();
	ck_assert_ptr_eq(again.low, second.low);
	ck_assert_ptr_eq(again.high, second.high);
	again = get_stack();
	ck_assert_ptr_eq(again.low, first.low);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_stack_that_is_handed_out_again_keeps_its_guard)
{
	struct aw_stack stack, again;

	make_pool(0);
	stack = get_stack();
	aw_stack_put(pool, &stack);
	again = get_stack();
	ck_assert_int_eq(again.guard, stack.guard);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(a_pool_can_be_freed_unused_and_null_too)
{
	make_pool(0);
	aw_stack_pool_free(pool);
	aw_stack_pool_free(NULL);
}
END_TEST

/* ------------------------------------------------------------------ memory */

static bool
is_resident(const char *address)
{
	unsigned char vector;
	char *page = (char *)((uintptr_t)address & ~(uintptr_t)(page_size - 1));

	ck_assert_int_eq(mincore(page, page_size, &vector), 0);
	return (vector & 1) != 0;
}

START_TEST(an_idle_task_s_stack_keeps_a_single_page_resident)
{
	struct aw_stack stack;
	unsigned resident = 0;
	char *page;

	make_pool(0);
	stack = get_stack();
	stack.high[-1] = 1;
	for (page = stack.low; page < stack.high; page += page_size)
		resident += is_resident(page);
	ck_assert_uint_eq(resident, 1);
	aw_stack_pool_free(pool);
}
END_TEST

#define MANY 1000
#define MOST_KEPT 64

static struct aw_stack many[MANY];

/* The pool ages until it has forgotten all peaks, and cools down wholly. */
static void
cool_down(void)
{
	aw_stack_pool_age(pool);
	aw_stack_pool_age(pool);
	while (aw_stack_pool_cool(pool, 100))
		;
}

/* Takes many stacks into use and gives so many of them back. */
static void
use_many(int given_back)
{
	int i;

	make_pool(16 * KIB);
	for (i = 0; i < MANY; i++) {
		many[i] = get_stack();
		many[i].high[-1] = 1;
	}
	for (i = 0; i < given_back; i++)
		aw_stack_put(pool, &many[i]);
}

static unsigned
count_resident(int from, int to)
{
	unsigned count = 0;

	for (; from < to; from++)
		count += is_resident(many[from].high - 1);
	return count;
}

START_TEST(memory_goes_back_to_the_kernel_when_many_stacks_are_idle)
{
	use_many(MANY);
	ck_assert(aw_stack_pool_is_warm(pool));
	cool_down();
	ck_assert(!aw_stack_pool_is_warm(pool));
	ck_assert_uint_le(count_resident(0, MANY), MOST_KEPT);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(stacks_in_use_keep_their_memory)
{
	use_many(MANY - 10);
	cool_down();
	ck_assert_uint_eq(count_resident(MANY - 10, MANY), 10);
	ck_assert_int_eq(many[MANY - 1].high[-1], 1);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(as_many_keep_their_memory_as_were_in_use_lately)
{
	use_many(MANY);
	ck_assert(!aw_stack_pool_cool(pool, MANY));
	aw_stack_pool_age(pool);
	ck_assert(!aw_stack_pool_cool(pool, MANY));
	ck_assert_uint_eq(count_resident(0, MANY), MANY);
	aw_stack_pool_age(pool);
	ck_assert(!aw_stack_pool_cool(pool, MANY));
	ck_assert_uint_le(count_resident(0, MANY), MOST_KEPT);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(no_more_stacks_are_cooled_at_once_than_asked_for)
{
	use_many(MANY);
	aw_stack_pool_age(pool);
	aw_stack_pool_age(pool);
	ck_assert(aw_stack_pool_cool(pool, 10));
	/* Those that were given back first. */
	ck_assert_uint_eq(count_resident(0, 10), 0);
	ck_assert_uint_eq(count_resident(10, MANY), MANY - 10);
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(the_next_stack_after_a_peak_still_has_its_memory)
{
	struct aw_stack next;
	int i;

	use_many(MANY);
	cool_down();
	for (i = 0; i < 100; i++) {
		next = get_stack();
		ck_assert(is_resident(next.high - 1));
		aw_stack_put(pool, &next);
	}
	aw_stack_pool_free(pool);
}
END_TEST

START_TEST(stacks_without_memory_can_all_be_used_again)
{
	int i;

	use_many(MANY);
	cool_down();
	for (i = 0; i < MANY; i++) {
		many[i] = get_stack();
		many[i].high[-1] = 2;
	}
	for (i = 0; i < MANY; i++)
		aw_stack_put(pool, &many[i]);
	cool_down();
	ck_assert_uint_le(count_resident(0, MANY), MOST_KEPT);
	aw_stack_pool_free(pool);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_stack_takes_64_kib_of_address_space_by_default,
		a_stride_is_rounded_up_to_a_power_of_two,
		a_stride_is_at_least_16_kib,
		a_stride_may_be_larger_than_the_first_slab,
		an_absurd_stride_is_bounded,
		all_of_a_stack_can_be_written_to,
		stacks_do_not_overlap_across_many_slabs,
		neighbours_start_at_different_cache_lines,
		a_note_is_of_the_stack_in_which_the_address_lies,
		the_stack_that_was_given_back_last_is_handed_out_first,
		a_stack_that_is_handed_out_again_keeps_its_guard,
		a_pool_can_be_freed_unused_and_null_too,
		an_idle_task_s_stack_keeps_a_single_page_resident,
		memory_goes_back_to_the_kernel_when_many_stacks_are_idle,
		stacks_in_use_keep_their_memory,
		as_many_keep_their_memory_as_were_in_use_lately,
		no_more_stacks_are_cooled_at_once_than_asked_for,
		the_next_stack_after_a_peak_still_has_its_memory,
		stacks_without_memory_can_all_be_used_again,
	};

	return UNIT_RUN("stack", tests);
}
