/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Each test is run with every implementation that was built.
 */
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>

#include "coro/partner.h"
#include "unit.h"

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
	};

	return UNIT_RUN_EACH("context", tests, IMPLEMENTATIONS);
}
