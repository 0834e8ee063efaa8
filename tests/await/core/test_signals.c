/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/core.h"

static void
send_signal(int signal)
{
	ck_assert_int_eq(kill(getpid(), signal), 0);
}

static void
handle(aw_loop *loop, int signal, char *word)
{
	ck_assert_int_eq(aw_loop_add_signal_handler(loop, signal,
	    note_callback, word), 0);
}

/* The loop is woken in one iteration, and the ring runs in that. */
static void
run(aw_loop *loop, unsigned iterations)
{
	stop_after(loop, iterations);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

LOOP_TEST(a_handler_is_called_by_the_loop_not_when_the_signal_arrives)
{
	handle(loop, SIGUSR1, "usr1");
	send_signal(SIGUSR1);
	ck_assert_notes("");
	run(loop, 2);
	ck_assert_notes("usr1");
}

LOOP_TEST(it_is_called_each_time)
{
	int i;

	handle(loop, SIGUSR1, "usr1");
	for (i = 0; i < 3; i++) {
		send_signal(SIGUSR1);
		run(loop, 2);
		ck_assert_notes("usr1");
	}
	run(loop, 2);
	ck_assert_notes("");
}

LOOP_TEST(each_signal_has_its_own_handler)
{
	handle(loop, SIGUSR1, "usr1");
	handle(loop, SIGUSR2, "usr2");
	send_signal(SIGUSR2);
	run(loop, 2);
	ck_assert_notes("usr2");
	send_signal(SIGUSR1);
	run(loop, 2);
	ck_assert_notes("usr1");
}

LOOP_TEST(a_second_handler_for_a_signal_replaces_the_first)
{
	handle(loop, SIGUSR1, "first");
	handle(loop, SIGUSR1, "second");
	send_signal(SIGUSR1);
	run(loop, 2);
	ck_assert_notes("second");
}

LOOP_TEST(remove_says_whether_there_was_one)
{
	ck_assert(!aw_loop_remove_signal_handler(loop, SIGUSR1));
	handle(loop, SIGUSR1, "usr1");
	ck_assert(!aw_loop_remove_signal_handler(loop, SIGUSR2));
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR1));
	ck_assert(!aw_loop_remove_signal_handler(loop, SIGUSR1));
}

LOOP_TEST(removing_one_leaves_the_others)
{
	handle(loop, SIGUSR1, "usr1");
	handle(loop, SIGUSR2, "usr2");
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR1));
	send_signal(SIGUSR2);
	run(loop, 2);
	ck_assert_notes("usr2");
}

LOOP_TEST(a_removed_handler_can_be_added_again)
{
	handle(loop, SIGUSR1, "first");
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR1));
	handle(loop, SIGUSR1, "second");
	send_signal(SIGUSR1);
	run(loop, 2);
	ck_assert_notes("second");
}

static struct sigaction
action_of(int signal)
{
	struct sigaction action;

	ck_assert_int_eq(sigaction(signal, NULL, &action), 0);
	return action;
}

LOOP_TEST(removing_it_restores_what_the_signal_did_before)
{
	ck_assert_ptr_eq(signal(SIGUSR1, SIG_IGN), SIG_DFL);
	handle(loop, SIGUSR1, "usr1");
	ck_assert_ptr_ne(action_of(SIGUSR1).sa_handler, SIG_IGN);
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR1));
	ck_assert_ptr_eq(action_of(SIGUSR1).sa_handler, SIG_IGN);
}

START_TEST(closing_the_loop_restores_what_the_signals_did_before)
{
	aw_loop *loop = aw_loop_new(NULL);

	handle(loop, SIGUSR1, "usr1");
	handle(loop, SIGUSR2, "usr2");
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_ptr_eq(action_of(SIGUSR1).sa_handler, SIG_DFL);
	ck_assert_ptr_eq(action_of(SIGUSR2).sa_handler, SIG_DFL);
}
END_TEST

START_TEST(the_next_loop_can_have_handlers_too)
{
	aw_loop *loop;
	int i;

	for (i = 0; i < 3; i++) {
		loop = aw_loop_new(NULL);
		handle(loop, SIGUSR1, "usr1");
		send_signal(SIGUSR1);
		run(loop, 2);
		ck_assert_notes("usr1");
		ck_assert_int_eq(aw_loop_close(loop), 0);
	}
}
END_TEST

struct removal {
	aw_loop *loop;
	int signal;
	bool removed;
};

static void
remove_handler(void *arg)
{
	struct removal *removal = arg;

	note("called");
	removal->removed = aw_loop_remove_signal_handler(removal->loop,
	    removal->signal);
}

LOOP_TEST(a_handler_can_remove_itself)
{
	struct removal removal = { loop, SIGUSR1, false };

	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR1,
	    remove_handler, &removal), 0);
	send_signal(SIGUSR1);
	run(loop, 2);
	ck_assert_notes("called");
	ck_assert(removal.removed);
	ck_assert_ptr_eq(action_of(SIGUSR1).sa_handler, SIG_DFL);
}

/* Both signals arrive before either handler has run. */
LOOP_TEST(a_handler_that_is_removed_by_another_one_is_not_called)
{
	struct removal removals[2] = { { loop, SIGUSR2, false },
	    { loop, SIGUSR1, false } };

	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR1,
	    remove_handler, &removals[0]), 0);
	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR2,
	    remove_handler, &removals[1]), 0);
	send_signal(SIGUSR1);
	send_signal(SIGUSR2);
	run(loop, 2);
	ck_assert_notes("called");
	ck_assert(removals[0].removed != removals[1].removed);
}

LOOP_TEST(signals_that_can_not_be_caught_are_refused)
{
	const int bad[] = { 0, -1, SIGKILL, SIGSTOP, SIGRTMIN - 1, NSIG,
	    NSIG + 1 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(aw_loop_add_signal_handler(loop, bad[i],
		    note_callback, "never"), -EINVAL);
		ck_assert(!aw_loop_remove_signal_handler(loop, bad[i]));
	}
}

static void
stop(void *loop)
{
	aw_loop_stop(loop);
}

static void *
send_from_thread(void *arg)
{
	(void)arg;
	kill(getpid(), SIGUSR1);
	return NULL;
}

LOOP_TEST(a_signal_wakes_a_loop_that_waits)
{
	pthread_t thread;

	ck_assert_int_eq(aw_loop_add_signal_handler(loop, SIGUSR1, stop, loop),
	    0);
	ck_assert_int_eq(pthread_create(&thread, NULL, send_from_thread, NULL),
	    0);
	/* Nothing else would end it. */
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

static void
cancel_task(void *task)
{
	aw_cancel(task);
}

TASK_TEST(a_handler_can_cancel_a_task)
{
	struct plan plan = { "sleeper", 1000, 0, 0 };
	aw_task *task = spawn(carry_out, &plan);

	ck_assert_int_eq(aw_loop_add_signal_handler(aw_get_running_loop(),
	    SIGUSR1, cancel_task, task), 0);
	turns(1);
	send_signal(SIGUSR1);
	ck_assert_int_eq(join(task), -ECANCELED);
	ck_assert_notes("sleeper!");
}

LOOP_TEST(a_signal_that_waits_is_dropped_when_the_loop_closes)
{
	handle(loop, SIGUSR1, "never");
	send_signal(SIGUSR1);
}

static void
remove_and_die(void)
{
	aw_loop *loop = aw_loop_new(NULL);

	if (aw_loop_add_signal_handler(loop, SIGUSR1, note_callback, "") < 0)
		_exit(3);
	aw_loop_remove_signal_handler(loop, SIGUSR1);
	aw_loop_close(loop);
	kill(getpid(), SIGUSR1);
}

START_TEST(without_its_handler_a_signal_kills_again)
{
	char text[1000];
	int status = in_child(remove_and_die, text, sizeof(text));

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGUSR1);
}
END_TEST

/* Two loops at the same signal: the last one that asked is told. */
LOOP_TEST(another_loop_takes_a_signal_over)
{
	aw_loop *other = aw_loop_new(NULL);

	ck_assert_ptr_nonnull(other);
	handle(loop, SIGUSR1, "first");
	handle(other, SIGUSR1, "second");
	handle(other, SIGUSR2, "its own");
	send_signal(SIGUSR1);
	run(loop, 2);
	ck_assert_notes("");
	run(other, 2);
	ck_assert_notes("second");
	/* The first one has nothing left to restore. */
	ck_assert(aw_loop_remove_signal_handler(loop, SIGUSR1));
	send_signal(SIGUSR1);
	run(other, 2);
	ck_assert_notes("second");
	ck_assert_int_eq(aw_loop_close(other), 0);
}

static void *
send_many(void *end)
{
	while (!__atomic_load_n((bool *)end, __ATOMIC_RELAXED))
		kill(getpid(), SIGUSR1);
	return NULL;
}

/* A handler may be under way in another thread while its loop goes. */
START_TEST(a_loop_can_close_while_signals_come)
{
	bool end = false;
	pthread_t sender;
	aw_loop *loop;
	int i;

	signal(SIGUSR1, SIG_IGN);
	ck_assert_int_eq(pthread_create(&sender, NULL, send_many, &end), 0);
	for (i = 0; i < 100; i++) {
		loop = aw_loop_new(NULL);
		handle(loop, SIGUSR1, "usr1");
		run(loop, 2);
		ck_assert_int_eq(aw_loop_close(loop), 0);
	}
	__atomic_store_n(&end, true, __ATOMIC_RELAXED);
	pthread_join(sender, NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_handler_is_called_by_the_loop_not_when_the_signal_arrives,
		it_is_called_each_time,
		each_signal_has_its_own_handler,
		a_second_handler_for_a_signal_replaces_the_first,
		remove_says_whether_there_was_one,
		removing_one_leaves_the_others,
		a_removed_handler_can_be_added_again,
		removing_it_restores_what_the_signal_did_before,
		closing_the_loop_restores_what_the_signals_did_before,
		the_next_loop_can_have_handlers_too,
		a_handler_can_remove_itself,
		a_handler_that_is_removed_by_another_one_is_not_called,
		signals_that_can_not_be_caught_are_refused,
		a_signal_wakes_a_loop_that_waits,
		a_handler_can_cancel_a_task,
		a_signal_that_waits_is_dropped_when_the_loop_closes,
		without_its_handler_a_signal_kills_again,
		another_loop_takes_a_signal_over,
		a_loop_can_close_while_signals_come,
	};

	return UNIT_RUN_FORKED("signals", tests);
}
