/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>
#include <unistd.h>

#include "core/core.h"

START_TEST(the_main_thread_makes_one)
{
	aw_loop *loop = aw_get_event_loop();

	ck_assert_ptr_nonnull(loop);
	ck_assert_ptr_null(aw_get_running_loop());
	ck_assert_ptr_eq(aw_get_event_loop(), loop);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(the_one_that_it_made_runs)
{
	aw_loop *loop = aw_get_event_loop();

	aw_loop_call_soon(loop, note_callback, "called");
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("called");
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

START_TEST(closing_unsets_it_and_no_other_is_made)
{
	aw_loop *loop = aw_get_event_loop();

	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_ptr_null(aw_get_event_loop());
}
END_TEST

static void
run_event_loop(void)
{
	aw_loop *loop = aw_get_event_loop();

	if (loop == NULL)
		_exit(1);
	aw_loop_stop(loop);
	if (aw_loop_run_forever(loop) < 0 || aw_loop_close(loop) < 0)
		_exit(2);
}

static void *
run_in_child(void *arg)
{
	char text[1000];

	/* The thread that forks is the main one of the child. */
	*(int *)arg = in_child(run_event_loop, text, sizeof(text));
	return NULL;
}

START_TEST(in_a_child_process_the_main_thread_makes_one)
{
	pthread_t thread;
	int status = -1;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_in_child, &status),
	    0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

LOOP_TEST(the_one_that_was_set_is_it)
{
	aw_loop *other = aw_loop_new(NULL);

	aw_set_event_loop(loop);
	ck_assert_ptr_eq(aw_get_event_loop(), loop);
	aw_set_event_loop(other);
	ck_assert_ptr_eq(aw_get_event_loop(), other);
	/* Closing another one leaves it. */
	aw_set_event_loop(loop);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_ptr_eq(aw_get_event_loop(), loop);
}

LOOP_TEST(a_new_loop_is_not_set_by_itself)
{
	aw_loop *made = aw_get_event_loop();

	ck_assert_ptr_ne(made, loop);
	ck_assert_int_eq(aw_loop_close(made), 0);
}

START_TEST(once_none_was_set_none_is_made)
{
	aw_set_event_loop(NULL);
	ck_assert_ptr_null(aw_get_event_loop());
}
END_TEST

static void
note_own(void *loop)
{
	note(aw_get_event_loop() == loop ? "own" : "other");
}

LOOP_TEST(the_running_loop_comes_before_the_one_that_was_set)
{
	aw_loop *set = aw_loop_new(NULL);

	aw_set_event_loop(set);
	aw_loop_call_soon(loop, note_own, loop);
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("own");
	ck_assert_ptr_eq(aw_get_event_loop(), set);
	ck_assert_int_eq(aw_loop_close(set), 0);
}

TASK_TEST(in_a_task_it_is_the_tasks)
{
	aw_set_event_loop(NULL);
	ck_assert_ptr_eq(aw_get_event_loop(), aw_get_running_loop());
}

/* What another thread gets: at first, and after it has set one. */
struct thread {
	aw_loop *first, *set, *got, *closed;
};

static void *
ask_in_thread(void *arg)
{
	struct thread *thread = arg;

	thread->first = aw_get_event_loop();
	thread->set = aw_loop_new(NULL);
	aw_set_event_loop(thread->set);
	thread->got = aw_get_event_loop();
	aw_loop_close(thread->set);
	thread->closed = aw_get_event_loop();
	return NULL;
}

LOOP_TEST(another_thread_has_none_until_it_sets_its_own)
{
	pthread_t id;
	struct thread thread;

	aw_set_event_loop(loop);
	ck_assert_int_eq(pthread_create(&id, NULL, ask_in_thread, &thread), 0);
	ck_assert_int_eq(pthread_join(id, NULL), 0);
	ck_assert_ptr_null(thread.first);
	ck_assert_ptr_nonnull(thread.set);
	ck_assert_ptr_eq(thread.got, thread.set);
	ck_assert_ptr_null(thread.closed);
	ck_assert_ptr_eq(aw_get_event_loop(), loop);
}

static int
note_in_run(void *arg)
{
	(void)arg;
	note_own(aw_get_running_loop());
	return 0;
}

START_TEST(a_run_sets_its_own_and_leaves_none)
{
	aw_loop *loop = aw_loop_new(NULL);

	aw_set_event_loop(loop);
	ck_assert_int_eq(aw_run(note_in_run, NULL), 0);
	ck_assert_notes("own");
	ck_assert_ptr_null(aw_get_event_loop());
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_main_thread_makes_one,
		the_one_that_it_made_runs,
		closing_unsets_it_and_no_other_is_made,
		in_a_child_process_the_main_thread_makes_one,
		the_one_that_was_set_is_it,
		a_new_loop_is_not_set_by_itself,
		once_none_was_set_none_is_made,
		the_running_loop_comes_before_the_one_that_was_set,
		in_a_task_it_is_the_tasks,
		another_thread_has_none_until_it_sets_its_own,
		a_run_sets_its_own_and_leaves_none,
	};

	return UNIT_RUN_FORKED("event_loop", tests);
}
