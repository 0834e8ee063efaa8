/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/core.h"
#include "core/executor.h"

/* The bound of the pool: a few more threads than processors. */
static unsigned
most_threads(void)
{
	long threads = sysconf(_SC_NPROCESSORS_ONLN) + 4;

	return threads > 32 ? 32 : (unsigned)threads;
}

/* A job, and what the test sees of it. */
struct work {
	struct aw_job job;
	pthread_t worker;
	bool worked, done, dropped; /* done and dropped are the loop's */
};

static struct work *
of_job(struct aw_job *job)
{
	return aw_container_of(job, struct work, job);
}

static void
do_work(struct aw_job *job)
{
	of_job(job)->worked = true;
	of_job(job)->worker = pthread_self();
}

static unsigned done_count;

static void
be_done(struct aw_job *job)
{
	of_job(job)->done = true;
	done_count++;
}

static atomic_uint dropped_count;

static void
be_dropped(struct aw_job *job)
{
	of_job(job)->dropped = true;
	atomic_fetch_add(&dropped_count, 1);
}

static void
prepare(struct work *work, void (*function)(struct aw_job *job))
{
	*work = (struct work){ .job = { .work = function, .done = be_done,
	    .drop = be_dropped } };
}

static void
submit(aw_loop *loop, struct work *work, void (*function)(struct aw_job *job))
{
	prepare(work, function);
	ck_assert_int_eq(aw_executor_submit(loop, &work->job), 0);
}

static void
run_until_done(aw_loop *loop, unsigned count)
{
	while (done_count < count) {
		stop_after(loop, 1);
		ck_assert_int_eq(aw_loop_run_forever(loop), 0);
		usleep(100);
	}
}

static void *
do_nothing(void *arg)
{
	return arg;
}

/* The threads that there are before the loop has any. */
static unsigned
count_threads(void)
{
	pthread_t thread;

	/* With the first one ThreadSanitizer starts one of its own. */
	ck_assert_int_eq(pthread_create(&thread, NULL, do_nothing, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	return count_entries("/proc/self/task");
}

/* A thread that works while its loop is closed ends on its own. */
static void
wait_for_threads(unsigned left)
{
	while (count_entries("/proc/self/task") > left)
		usleep(1000);
}

LOOP_TEST(a_job_works_in_a_thread_and_is_done_in_the_loop)
{
	struct work work;

	submit(loop, &work, do_work);
	ck_assert(!work.done);
	run_until_done(loop, 1);
	ck_assert(work.worked);
	ck_assert(!pthread_equal(work.worker, pthread_self()));
	ck_assert(!work.dropped);
}

static int
submit_and_wait(void *arg)
{
	struct work *work = arg;
	int err;

	prepare(work, do_work);
	err = aw_executor_submit(aw_get_running_loop(), &work->job);
	while (err == 0 && !work->done)
		err = aw_sleep(0.0005);
	return err;
}

TASK_TEST(a_task_can_submit_a_job)
{
	static struct work work;

	ck_assert_int_eq(join(spawn(submit_and_wait, &work)), 0);
	ck_assert(work.worked);
}

LOOP_TEST(many_jobs_are_all_done_once)
{
	enum { JOBS = 500 };
	static struct work works[JOBS];
	int i;

	for (i = 0; i < JOBS; i++)
		submit(loop, &works[i], do_work);
	run_until_done(loop, JOBS);
	stop_after(loop, 3);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_uint_eq(done_count, JOBS);
	for (i = 0; i < JOBS; i++)
		ck_assert(works[i].worked);
}

static atomic_uint working, most_working;
static atomic_bool gate;

static void
count_while_waiting(struct aw_job *job)
{
	unsigned now = atomic_fetch_add(&working, 1) + 1;
	unsigned most = atomic_load(&most_working);

	while (now > most &&
	    !atomic_compare_exchange_weak(&most_working, &most, now))
		;
	while (!atomic_load(&gate))
		usleep(100);
	atomic_fetch_sub(&working, 1);
	do_work(job);
}

LOOP_TEST(there_are_no_more_threads_than_the_bound)
{
	enum { JOBS = 100 };
	static struct work works[JOBS];
	unsigned bound = most_threads();
	int i;

	for (i = 0; i < JOBS; i++)
		submit(loop, &works[i], count_while_waiting);
	/* All of them block, so the pool has grown as far as it may. */
	while (atomic_load(&working) < bound)
		usleep(100);
	atomic_store(&gate, true);
	run_until_done(loop, JOBS);
	ck_assert_uint_eq(atomic_load(&most_working), bound);
}

/* A pool that is below its bound could as well have started another thread. */
LOOP_TEST(an_idle_thread_is_used_again)
{
	struct work first, next;
	unsigned jobs = 1;

	submit(loop, &first, do_work);
	run_until_done(loop, jobs);
	do {
		ck_assert_uint_lt(jobs, most_threads());
		/* It may still be on its way from the job to the queue. */
		usleep(jobs * 20000);
		submit(loop, &next, do_work);
		run_until_done(loop, ++jobs);
	} while (!pthread_equal(first.worker, next.worker));
}

static void
wait_for_gate(struct aw_job *job)
{
	while (!atomic_load(&gate))
		usleep(100);
	do_work(job);
}

LOOP_TEST(the_loop_goes_on_while_a_job_blocks)
{
	struct work work;

	submit(loop, &work, wait_for_gate);
	aw_loop_call_soon(loop, note_callback, "goes on");
	stop_after(loop, 2);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_notes("goes on");
	ck_assert(!work.done);
	atomic_store(&gate, true);
	run_until_done(loop, 1);
}

static sigset_t worker_mask;

static void
note_mask(struct aw_job *job)
{
	pthread_sigmask(SIG_SETMASK, NULL, &worker_mask);
	do_work(job);
}

LOOP_TEST(the_threads_take_no_signals)
{
	struct work work;
	sigset_t before, after;

	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	submit(loop, &work, note_mask);
	run_until_done(loop, 1);
	ck_assert_int_eq(sigismember(&worker_mask, SIGTERM), 1);
	ck_assert_int_eq(sigismember(&worker_mask, SIGUSR1), 1);
	/* And the submitting thread's mask is as it was. */
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	ck_assert_int_eq(sigismember(&after, SIGUSR2), 1);
	ck_assert_int_eq(sigismember(&after, SIGTERM), 0);
}

/* ------------------------------------------------------------------- close */

static struct work busy[64];

START_TEST(closing_does_not_wait_for_a_job_that_works)
{
	unsigned before = count_threads();
	aw_loop *loop = aw_loop_new(NULL);

	submit(loop, &busy[0], count_while_waiting);
	while (atomic_load(&working) == 0)
		usleep(100);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	/* It is dropped by its thread, once it is over. */
	ck_assert_uint_eq(atomic_load(&dropped_count), 0);
	atomic_store(&gate, true);
	while (atomic_load(&dropped_count) == 0)
		usleep(100);
	wait_for_threads(before);
	ck_assert(!busy[0].done);
}
END_TEST

START_TEST(closing_drops_jobs_that_have_not_begun)
{
	unsigned before = count_threads();
	aw_loop *loop = aw_loop_new(NULL);
	unsigned threads = most_threads(), i;

	for (i = 0; i < threads; i++)
		submit(loop, &busy[i], count_while_waiting);
	while (atomic_load(&working) < threads)
		usleep(100);
	for (; i < threads + 10; i++)
		submit(loop, &busy[i], do_work);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	ck_assert_uint_eq(atomic_load(&dropped_count), 10);
	for (i = threads; i < threads + 10; i++) {
		ck_assert(busy[i].dropped);
		ck_assert(!busy[i].worked);
	}
	atomic_store(&gate, true);
	while (atomic_load(&dropped_count) < threads + 10)
		usleep(100);
	wait_for_threads(before);
	ck_assert_uint_eq(done_count, 0);
}
END_TEST

static atomic_bool worked;

static void
tell_worked(struct aw_job *job)
{
	(void)job;
	atomic_store(&worked, true);
}

START_TEST(closing_drops_a_job_whose_end_the_loop_has_not_seen)
{
	unsigned before = count_threads();
	aw_loop *loop = aw_loop_new(NULL);

	submit(loop, &busy[0], tell_worked);
	while (!atomic_load(&worked))
		usleep(100);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	/* By the loop, or by the thread if that was not quite through. */
	while (atomic_load(&dropped_count) == 0)
		usleep(100);
	wait_for_threads(before);
	ck_assert_uint_eq(atomic_load(&dropped_count), 1);
	ck_assert_uint_eq(done_count, 0);
}
END_TEST

START_TEST(the_threads_end_with_the_loop)
{
	aw_loop *loop = aw_loop_new(NULL);
	unsigned before = count_threads(), i;

	for (i = 0; i < 3; i++)
		submit(loop, &busy[i], do_work);
	run_until_done(loop, 3);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	wait_for_threads(before);
	ck_assert_uint_eq(atomic_load(&dropped_count), 0);
}
END_TEST

START_TEST(a_loop_that_never_had_a_job_has_no_threads)
{
	unsigned before = count_threads();
	aw_loop *loop = aw_loop_new(NULL);

	ck_assert_uint_le(count_entries("/proc/self/task"), before);
	ck_assert_int_eq(aw_loop_close(loop), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_job_works_in_a_thread_and_is_done_in_the_loop,
		a_task_can_submit_a_job,
		many_jobs_are_all_done_once,
		there_are_no_more_threads_than_the_bound,
		an_idle_thread_is_used_again,
		the_loop_goes_on_while_a_job_blocks,
		the_threads_take_no_signals,
		closing_does_not_wait_for_a_job_that_works,
		closing_drops_jobs_that_have_not_begun,
		closing_drops_a_job_whose_end_the_loop_has_not_seen,
		the_threads_end_with_the_loop,
		a_loop_that_never_had_a_job_has_no_threads,
	};

	return UNIT_RUN_FORKED("executor", tests);
}
