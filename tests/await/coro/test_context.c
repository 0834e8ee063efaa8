/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Each test is run with every implementation that was built.
 */
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "coro/coro.h"
#include "coro/registers.h"
#include "unit.h"

#define STACK_SIZE (64 * 1024)

#ifdef AW_CONTEXT_UCONTEXT
#define IMPLEMENTATIONS 1
#else
#define IMPLEMENTATIONS 2
#endif

/* A coroutine to switch to, and what the test keeps there. */
struct partner {
	struct aw_coro coro;
	struct aw_coro *home;
	char *stack;
	void (*body)(struct partner *partner);
	unsigned long steps;
	int value;
	double sum;
	bool ended;
};

static struct aw_coro home;

/* 0 is the one that was configured, 1 is ucontext beside assembly. */
static void
choose(int implementation)
{
	aw_context_init();
	if (implementation == 1)
		aw_context_is_ucontext = true;
	aw_coro_thread(&home);
}

static void
run_partner(void *arg)
{
	struct partner *partner = arg;

	aw_coro_started(&partner->coro, partner->home);
	partner->body(partner);
	partner->ended = true;
	aw_coro_exit(&partner->coro, partner->home);
}

static void
make_partner(struct partner *partner, void (*body)(struct partner *))
{
	memset(partner, 0, sizeof(*partner));
	partner->home = &home;
	partner->body = body;
	partner->stack = aligned_alloc(64, STACK_SIZE);
	ck_assert_ptr_nonnull(partner->stack);
	aw_coro_make(&partner->coro, partner->stack,
	    partner->stack + STACK_SIZE, run_partner, partner);
}

static void
free_partner(struct partner *partner)
{
	aw_coro_free(&partner->coro);
	free(partner->stack);
}

static void
resume(struct partner *partner)
{
	aw_coro_switch(partner->home, &partner->coro);
}

static void
give_way(struct partner *partner)
{
	aw_coro_switch(&partner->coro, partner->home);
}

static void
count_one_step(struct partner *partner)
{
	partner->steps++;
}

START_TEST(a_context_runs_its_entry_with_its_argument_once_it_is_switched_to)
{
	struct partner partner;

	choose(_i);
	make_partner(&partner, count_one_step);
	ck_assert_uint_eq(partner.steps, 0);
	resume(&partner);
	ck_assert_uint_eq(partner.steps, 1);
	ck_assert(partner.ended);
	free_partner(&partner);
}
END_TEST

START_TEST(a_context_that_never_ran_can_be_thrown_away)
{
	struct partner partner;

	choose(_i);
	make_partner(&partner, count_one_step);
	free_partner(&partner);
}
END_TEST

static void
count_locally(struct partner *partner)
{
	volatile int local = 10;

	for (int i = 0; i < 3; i++) {
		partner->value = ++local;
		give_way(partner);
	}
}

START_TEST(a_switch_comes_back_to_where_it_left)
{
	struct partner partner;
	int i;

	choose(_i);
	make_partner(&partner, count_locally);
	for (i = 11; i <= 13; i++) {
		resume(&partner);
		ck_assert_int_eq(partner.value, i);
		ck_assert(!partner.ended);
	}
	resume(&partner);
	ck_assert(partner.ended);
	free_partner(&partner);
}
END_TEST

static void
count_for_ever(struct partner *partner)
{
	for (;;) {
		partner->steps++;
		give_way(partner);
	}
}

START_TEST(a_hundred_thousand_switches_are_all_counted)
{
	struct partner partner;
	int i;

	choose(_i);
	make_partner(&partner, count_for_ever);
	for (i = 0; i < 100000; i++)
		resume(&partner);
	ck_assert_uint_eq(partner.steps, 100000);
	free_partner(&partner);
}
END_TEST

START_TEST(many_contexts_take_turns)
{
	enum { PARTNERS = 50, TURNS = 20 };
	static struct partner partners[PARTNERS];
	int i, turn;

	choose(_i);
	for (i = 0; i < PARTNERS; i++)
		make_partner(&partners[i], count_for_ever);
	for (turn = 0; turn < TURNS; turn++)
		for (i = 0; i < PARTNERS; i++)
			resume(&partners[i]);
	for (i = 0; i < PARTNERS; i++) {
		ck_assert_uint_eq(partners[i].steps, TURNS);
		free_partner(&partners[i]);
	}
}
END_TEST

static struct partner inner_partner;

static void
resume_inner(struct partner *partner)
{
	inner_partner.home = &partner->coro;
	resume(&inner_partner);
	partner->value = inner_partner.value + 1;
}

static void
answer_42(struct partner *partner)
{
	partner->value = 42;
}

START_TEST(a_context_can_switch_to_a_third_and_be_come_back_to)
{
	struct partner outer;

	choose(_i);
	make_partner(&outer, resume_inner);
	make_partner(&inner_partner, answer_42);
	resume(&outer);
	ck_assert_int_eq(outer.value, 43);
	free_partner(&inner_partner);
	free_partner(&outer);
}
END_TEST

static void
add_halves(struct partner *partner)
{
	double sum = 0, addend = 1;

	for (int i = 0; i < 40; i++) {
		sum += addend;
		addend /= 2;
		partner->sum = sum;
		give_way(partner);
	}
}

START_TEST(floating_point_values_live_across_switches)
{
	struct partner partner;
	double sum = 0, addend = 3;
	int i;

	choose(_i);
	make_partner(&partner, add_halves);
	for (i = 0; i < 40; i++) {
		sum += addend;
		addend /= 3;
		resume(&partner);
	}
	ck_assert_double_eq_tol(sum, 4.5, 1e-12);
	ck_assert_double_eq_tol(partner.sum, 2, 1e-11);
	free_partner(&partner);
}
END_TEST

static void
use_deep_frames(struct partner *partner)
{
	volatile unsigned char frame[STACK_SIZE / 2];
	size_t i;

	for (i = 0; i < sizeof(frame); i++)
		frame[i] = (unsigned char)(i * 7);
	give_way(partner);
	for (i = 0; i < sizeof(frame); i++)
		if (frame[i] != (unsigned char)(i * 7))
			return;
	partner->value = 1;
}

START_TEST(frames_of_two_contexts_do_not_touch_each_other)
{
	struct partner partners[2];
	int i;

	choose(_i);
	for (i = 0; i < 2; i++)
		make_partner(&partners[i], use_deep_frames);
	for (i = 0; i < 2; i++)
		resume(&partners[i]);
	for (i = 0; i < 2; i++) {
		resume(&partners[i]);
		ck_assert_int_eq(partners[i].value, 1);
		free_partner(&partners[i]);
	}
}
END_TEST

static void
trace_back(struct partner *partner)
{
	void *frames[64];

	partner->value = backtrace(frames, 64);
}

START_TEST(a_backtrace_ends_at_the_entry)
{
	struct partner partner;

	choose(_i);
	make_partner(&partner, trace_back);
	resume(&partner);
	/* trace_back, run_partner and at most some that started that. */
	ck_assert_int_ge(partner.value, 2);
	ck_assert_int_le(partner.value, 8);
	free_partner(&partner);
}
END_TEST

static void *
switch_in_thread(void *arg)
{
	struct aw_coro thread_home;
	struct partner *partner = arg;
	int i;

	aw_coro_thread(&thread_home);
	make_partner(partner, count_for_ever);
	partner->home = &thread_home;
	for (i = 0; i < 1000; i++)
		resume(partner);
	free_partner(partner);
	return NULL;
}

START_TEST(threads_switch_between_contexts_of_their_own)
{
	enum { THREADS = 4 };
	struct partner partners[THREADS];
	pthread_t threads[THREADS];
	int i;

	choose(_i);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
		    switch_in_thread, &partners[i]), 0);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_uint_eq(partners[i].steps, 1000);
	}
}
END_TEST

static void
block_a_signal(struct partner *partner)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	give_way(partner);
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	partner->value = sigismember(&set, SIGUSR2);
}

START_TEST(the_mask_of_signals_is_the_threads)
{
	struct partner partner;
	sigset_t set;

	choose(_i);
	make_partner(&partner, block_a_signal);
	resume(&partner);
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	ck_assert_int_eq(sigismember(&set, SIGUSR2), 1);
	sigdelset(&set, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	resume(&partner);
	ck_assert(partner.ended);
	ck_assert_int_eq(partner.value, 0);
	free_partner(&partner);
}
END_TEST

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
		a_context_runs_its_entry_with_its_argument_once_it_is_switched_to,
		a_context_that_never_ran_can_be_thrown_away,
		a_switch_comes_back_to_where_it_left,
		a_hundred_thousand_switches_are_all_counted,
		many_contexts_take_turns,
		a_context_can_switch_to_a_third_and_be_come_back_to,
		floating_point_values_live_across_switches,
		frames_of_two_contexts_do_not_touch_each_other,
		a_backtrace_ends_at_the_entry,
		threads_switch_between_contexts_of_their_own,
		the_mask_of_signals_is_the_threads,
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

	return UNIT_RUN_EACH("context", tests, IMPLEMENTATIONS);
}
