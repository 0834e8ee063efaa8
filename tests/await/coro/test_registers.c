/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What of the processor a switch preserves, with every implementation that was
 * built.
 */
#include <string.h>

#include "coro/partner.h"
#include "coro/registers.h"
#include "unit.h"

#if REGISTERS > 0
/* The plain contexts of the tests of registers; no tool sees them. */
static struct aw_context plain_home, plain_partner;
static uint64_t partner_values[REGISTERS];

static registers_switch_function *
switch_function(int implementation)
{
#ifndef AW_CONTEXT_UCONTEXT
	if (implementation == 0)
		return aw_context_switch_asm;
#endif
	(void)implementation;
	return aw_context_switch_ucontext;
}

static registers_switch_function *chosen_switch;

/* Fills every register with something else before it gives way. */
static void
scribble(struct registers_start *start)
{
	(void)start;
	for (;;)
		registers_switch(&plain_partner, &plain_home, partner_values,
		    chosen_switch);
}

static void
fill(uint64_t *values, uint64_t seed)
{
	uint64_t i;

	for (i = 0; i < REGISTERS; i++)
		values[i] = seed * 0x0101010101010101 + i;
}

static void
make_plain(char *stack, struct registers_start *start)
{
	start->next = scribble;
	aw_context_make(&plain_partner, stack, stack + STACK_SIZE,
	    registers_entry, start);
}

START_TEST(every_register_that_a_function_preserves_is_preserved)
{
	static char stack[STACK_SIZE] __attribute__((aligned(64)));
	uint64_t values[REGISTERS], expected[REGISTERS];
	struct registers_start start;
	unsigned i;

	choose(_i);
	chosen_switch = switch_function(_i);
	make_plain(stack, &start);
	fill(partner_values, 99);
	for (i = 1; i < 10; i++) {
		fill(values, i);
		fill(expected, i);
		registers_switch(&plain_home, &plain_partner, values,
		    chosen_switch);
		ck_assert_mem_eq(values, expected, sizeof(values));
	}
}
END_TEST

START_TEST(the_other_context_finds_its_own_registers_again)
{
	static char stack[STACK_SIZE] __attribute__((aligned(64)));
	uint64_t values[REGISTERS], expected[REGISTERS];
	struct registers_start start;

	choose(_i);
	chosen_switch = switch_function(_i);
	make_plain(stack, &start);
	fill(partner_values, 77);
	fill(expected, 77);
	fill(values, 1);
	registers_switch(&plain_home, &plain_partner, values, chosen_switch);
	memset(partner_values, 0, sizeof(partner_values));
	/* The second switch has it store what it has in its registers. */
	registers_switch(&plain_home, &plain_partner, values, chosen_switch);
	ck_assert_mem_eq(partner_values, expected, sizeof(expected));
}
END_TEST

START_TEST(the_stack_is_aligned_at_the_entry_as_after_a_call)
{
	static char stack[STACK_SIZE] __attribute__((aligned(64)));
	uint64_t values[REGISTERS] = { 0 };
	struct registers_start start = { 0, NULL };

	choose(_i);
	chosen_switch = switch_function(_i);
	make_plain(stack, &start);
	registers_switch(&plain_home, &plain_partner, values, chosen_switch);
	ck_assert_uint_eq((start.sp + ENTRY_OFFSET) % 16, 0);
	ck_assert_uint_gt(start.sp, (uintptr_t)stack);
	ck_assert_uint_le(start.sp, (uintptr_t)(stack + STACK_SIZE));
}
END_TEST
#endif

#if defined(__x86_64__)
#define MXCSR_ROUNDING 0x6000
#define X87_ROUNDING 0x0c00

static uint32_t
get_mxcsr(void)
{
	uint32_t mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return mxcsr & MXCSR_ROUNDING;
}

static void
set_mxcsr(uint32_t rounding)
{
	uint32_t mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	mxcsr = (mxcsr & ~(uint32_t)MXCSR_ROUNDING) | rounding;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

static uint16_t
get_x87(void)
{
	uint16_t control;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	return control & X87_ROUNDING;
}

static void
set_x87(uint16_t rounding)
{
	uint16_t control;

	__asm__ volatile("fnstcw %0" : "=m"(control));
	control = (uint16_t)((control & ~X87_ROUNDING) | rounding);
	__asm__ volatile("fldcw %0" : : "m"(control));
}

/* Leaves its rounding mode set, and tells what it finds the next time. */
static void
round_mxcsr_up(struct partner *partner)
{
	set_mxcsr(0x4000);
	give_way(partner);
	partner->value = (int)get_mxcsr();
}

START_TEST(each_context_has_an_mxcsr_of_its_own)
{
	struct partner partner;

	choose(_i);
	make_partner(&partner, round_mxcsr_up);
	set_mxcsr(0x2000);
	resume(&partner);
	ck_assert_uint_eq(get_mxcsr(), 0x2000);
	set_mxcsr(0x6000);
	resume(&partner);
	ck_assert_int_eq(partner.value, 0x4000);
	ck_assert_uint_eq(get_mxcsr(), 0x6000);
	set_mxcsr(0);
	free_partner(&partner);
}
END_TEST

static void
round_x87_up(struct partner *partner)
{
	set_x87(0x0800);
	give_way(partner);
	partner->value = get_x87();
}

START_TEST(each_context_has_an_x87_control_word_of_its_own)
{
	struct partner partner;

	choose(_i);
	make_partner(&partner, round_x87_up);
	set_x87(0x0400);
	resume(&partner);
	ck_assert_uint_eq(get_x87(), 0x0400);
	set_x87(0x0c00);
	resume(&partner);
	ck_assert_int_eq(partner.value, 0x0800);
	ck_assert_uint_eq(get_x87(), 0x0c00);
	set_x87(0);
	free_partner(&partner);
}
END_TEST

static void
tell_control_words(struct partner *partner)
{
	partner->value = (int)(get_mxcsr() | get_x87());
}

START_TEST(a_new_context_starts_with_its_makers_control_words)
{
	struct partner partner;

	choose(_i);
	set_mxcsr(0x4000);
	set_x87(0x0800);
	make_partner(&partner, tell_control_words);
	set_mxcsr(0);
	set_x87(0);
	resume(&partner);
	ck_assert_int_eq(partner.value, 0x4800);
	ck_assert_uint_eq(get_mxcsr() | get_x87(), 0);
	free_partner(&partner);
}
END_TEST
#endif

int
main(void)
{
	const TTest *const tests[] = {
#if REGISTERS > 0
		every_register_that_a_function_preserves_is_preserved,
		the_other_context_finds_its_own_registers_again,
		the_stack_is_aligned_at_the_entry_as_after_a_call,
#endif
#if defined(__x86_64__)
		each_context_has_an_mxcsr_of_its_own,
		each_context_has_an_x87_control_word_of_its_own,
		a_new_context_starts_with_its_makers_control_words,
#endif
	};

	return UNIT_RUN_EACH_FORKED("registers", tests, IMPLEMENTATIONS);
}
