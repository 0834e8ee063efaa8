/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/executor.h"
#include "core/waiters.h"

/* As asyncio's default: a few more than processors, within a bound. */
#define EXTRA_THREADS 4
#define MOST_THREADS 32

struct thread {
	LIST_ENTRY(thread) others;
	struct aw_executor *executor;
	pthread_t id;
	bool busy;     /* with a job */
	bool detached; /* nobody joins it; it frees this itself */
};

/* Shared by loops and threads; the last one frees it. */
struct aw_executor {
	pthread_mutex_t lock;
	pthread_cond_t work;     /* there is some, or the executor was closed */
	pthread_cond_t finished; /* a job is */
	TAILQ_HEAD(, aw_job) queue;
	LIST_HEAD(, thread) threads;
	unsigned queued, count, idle, most;
	unsigned unfinished;     /* jobs that are queued or worked on */
	unsigned users;          /* who made it, each thread, and each job */
	bool closed;

	/* Whose default executor it is; tells: that waits for the last job. */
	aw_loop *owner;
	bool tells;
	struct aw_ready drained;
	struct aw_waiters drainers; /* the owner's thread's alone */
};

static unsigned
most_threads(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (processors < 1)
		processors = 1;
	if (processors > MOST_THREADS - EXTRA_THREADS)
		return MOST_THREADS;
	return (unsigned)processors + EXTRA_THREADS;
}

aw_executor *
aw_executor_new(unsigned max_workers)
{
	struct aw_executor *executor = calloc(1, sizeof(*executor));

	if (executor == NULL)
		return NULL;
	pthread_mutex_init(&executor->lock, NULL);
	pthread_cond_init(&executor->work, NULL);
	pthread_cond_init(&executor->finished, NULL);
	TAILQ_INIT(&executor->queue);
	executor->most = max_workers > 0 ? max_workers : most_threads();
	executor->users = 1;
	return executor;
}

/* Gives up a use of the executor, under its lock, which is released. */
static void
leave(struct aw_executor *executor)
{
	bool last = --executor->users == 0;

	pthread_mutex_unlock(&executor->lock);
	if (!last)
		return;
	pthread_cond_destroy(&executor->finished);
	pthread_cond_destroy(&executor->work);
	pthread_mutex_destroy(&executor->lock);
	free(executor);
}

/* The ring's entry for a job that is done. */
static void
run_done(struct aw_ready *ready)
{
	struct aw_job *job = aw_container_of(ready, struct aw_job, ready);

	pthread_mutex_lock(&job->executor->lock);
	leave(job->executor);
	if (job->loop->closing) {
		job->drop(job);
	} else {
		LIST_REMOVE(job, submitted);
		job->done(job);
	}
}

/* ----------------------------------------------------------- in the threads */

/* Waits for a job; NULL once there is none in a closed pool.  Under the lock. */
static struct aw_job *
take_job(struct aw_executor *executor)
{
	struct aw_job *job;

	executor->idle++;
	while (TAILQ_EMPTY(&executor->queue) && !executor->closed)
		pthread_cond_wait(&executor->work, &executor->lock);
	executor->idle--;
	job = TAILQ_FIRST(&executor->queue);
	if (job != NULL) {
		TAILQ_REMOVE(&executor->queue, job, queued);
		executor->queued--;
		job->state = AW_JOB_WORKING;
	}
	return job;
}

/* Counts a job that was worked on or taken back.  Under the lock. */
static void
count_finished(struct aw_executor *executor)
{
	executor->unfinished--;
	if (executor->unfinished > 0 || !executor->tells)
		return;
	executor->tells = false;
	executor->users++;
	aw_loop_post(executor->owner, &executor->drained);
}

/* Hands the job back to its loop, if there still is one.  Under the lock. */
static void
finish_job(struct aw_executor *executor, struct aw_job *job)
{
	job->state = AW_JOB_FINISHED;
	if (job->loop != NULL) {
		aw_loop_post(job->loop, &job->ready);
	} else {
		executor->users--;
		job->drop(job);
	}
	count_finished(executor);
	pthread_cond_broadcast(&executor->finished);
}

static void *
run_thread(void *arg)
{
	struct thread *thread = arg;
	struct aw_executor *executor = thread->executor;
	struct aw_job *job;

	pthread_mutex_lock(&executor->lock);
	while ((job = take_job(executor)) != NULL) {
		thread->busy = true;
		pthread_mutex_unlock(&executor->lock);
		job->work(job);
		pthread_mutex_lock(&executor->lock);
		thread->busy = false;
		finish_job(executor, job);
	}
	if (thread->detached)
		free(thread);
	leave(executor);
	return NULL;
}

/* Signals are for the threads that expect them. */
static int
start_thread(struct aw_executor *executor)
{
	struct thread *thread = calloc(1, sizeof(*thread));
	sigset_t all, before;
	int err;

	if (thread == NULL)
		return -ENOMEM;
	thread->executor = executor;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread->id, NULL, run_thread, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err != 0) {
		free(thread);
		return -err;
	}
	LIST_INSERT_HEAD(&executor->threads, thread, others);
	executor->count++;
	executor->users++;
	return 0;
}

/* ------------------------------------------------------------ for the loops */

/* pthread_create needs more stack than a task has. */
struct submission {
	struct aw_executor *executor;
	struct aw_job *job;
	int err;
};

static void
submit(void *arg)
{
	struct submission *submission = arg;
	struct aw_executor *executor = submission->executor;
	struct aw_job *job = submission->job;
	int err = 0;

	pthread_mutex_lock(&executor->lock);
	if (executor->closed) {
		err = AW_EINVALIDSTATE;
		goto out;
	}
	/* Idle threads that have been called count until they have come. */
	if (executor->queued >= executor->idle &&
	    executor->count < executor->most)
		err = start_thread(executor);
	if (err < 0 && executor->count == 0)
		goto out;
	/* Without a new one, those that there are get to it later. */
	err = 0;
	job->state = AW_JOB_QUEUED;
	TAILQ_INSERT_TAIL(&executor->queue, job, queued);
	executor->queued++;
	executor->unfinished++;
	executor->users++;
	pthread_cond_signal(&executor->work);
out:
	pthread_mutex_unlock(&executor->lock);
	submission->err = err;
}

int
aw_job_submit(struct aw_executor *executor, aw_loop *loop, struct aw_job *job)
{
	struct submission submission = { executor, job, 0 };

	if (loop->closing)
		return AW_EINVALIDSTATE;
	job->executor = executor;
	job->loop = loop;
	job->ready.run = run_done;
	aw_loop_call(submit, &submission);
	if (submission.err == 0)
		LIST_INSERT_HEAD(&loop->jobs, job, submitted);
	return submission.err;
}

int
aw_executor_submit(aw_loop *loop, struct aw_job *job)
{
	if (loop->own_executor == NULL)
		loop->own_executor = aw_executor_new(0);
	if (loop->own_executor == NULL)
		return -ENOMEM;
	return aw_job_submit(loop->own_executor, loop, job);
}

/* Takes a job out of the queue.  Under the lock. */
static void
unqueue(struct aw_executor *executor, struct aw_job *job)
{
	TAILQ_REMOVE(&executor->queue, job, queued);
	executor->queued--;
	executor->users--;
	count_finished(executor);
}

bool
aw_job_take_back(struct aw_job *job)
{
	struct aw_executor *executor = job->executor;
	bool queued;

	pthread_mutex_lock(&executor->lock);
	queued = job->state == AW_JOB_QUEUED;
	if (queued)
		unqueue(executor, job);
	pthread_mutex_unlock(&executor->lock);
	if (queued)
		LIST_REMOVE(job, submitted);
	return queued;
}

void
aw_job_wait(struct aw_job *job)
{
	struct aw_executor *executor = job->executor;

	pthread_mutex_lock(&executor->lock);
	while (job->state == AW_JOB_WORKING)
		pthread_cond_wait(&executor->finished, &executor->lock);
	pthread_mutex_unlock(&executor->lock);
}

static void
run_drained(struct aw_ready *ready)
{
	struct aw_executor *executor =
	    aw_container_of(ready, struct aw_executor, drained);

	aw_waiters_wake_all(&executor->drainers, 0);
	pthread_mutex_lock(&executor->lock);
	leave(executor);
}

void
aw_executor_own(struct aw_executor *executor, aw_loop *loop)
{
	executor->owner = loop;
	executor->drained.run = run_drained;
	TAILQ_INIT(&executor->drainers);
}

/* Has the threads end once there is nothing left to do.  Under the lock. */
static void
refuse_jobs(struct aw_executor *executor)
{
	executor->closed = true;
	pthread_cond_broadcast(&executor->work);
}

int
aw_executor_drain(struct aw_executor *executor, struct task *task)
{
	bool busy;

	pthread_mutex_lock(&executor->lock);
	refuse_jobs(executor);
	busy = executor->unfinished > 0;
	executor->tells = busy;
	pthread_mutex_unlock(&executor->lock);
	return busy ? aw_waiters_wait(&executor->drainers, task,
	    "functions in threads to end") : 0;
}

/* -------------------------------------------------------------------- ends */

static void
join(struct thread *thread)
{
	pthread_join(thread->id, NULL);
	free(thread);
}

void
aw_executor_shutdown(aw_executor *executor)
{
	struct thread *thread;

	if (executor == NULL)
		return;
	pthread_mutex_lock(&executor->lock);
	refuse_jobs(executor);
	pthread_mutex_unlock(&executor->lock);
	/* From here on no thread comes. */
	while ((thread = LIST_FIRST(&executor->threads)) != NULL) {
		LIST_REMOVE(thread, others);
		join(thread);
	}
	pthread_mutex_lock(&executor->lock);
	leave(executor);
}

/* Joins the threads that end at once; the others are left to themselves. */
static void
abandon(struct aw_executor *executor)
{
	struct thread *thread, *next;
	LIST_HEAD(, thread) ending = LIST_HEAD_INITIALIZER(ending);

	if (executor == NULL)
		return;
	pthread_mutex_lock(&executor->lock);
	refuse_jobs(executor);
	executor->tells = false;
	for (thread = LIST_FIRST(&executor->threads); thread != NULL;
	    thread = next) {
		next = LIST_NEXT(thread, others);
		LIST_REMOVE(thread, others);
		/* What is queued here is another loop's. */
		thread->detached = thread->busy || executor->queued > 0;
		if (thread->detached)
			pthread_detach(thread->id);
		else
			LIST_INSERT_HEAD(&ending, thread, others);
	}
	leave(executor);
	while ((thread = LIST_FIRST(&ending)) != NULL) {
		LIST_REMOVE(thread, others);
		join(thread);
	}
}

static void
lose_job(struct aw_job *job)
{
	struct aw_executor *executor = job->executor;
	bool queued;

	LIST_REMOVE(job, submitted);
	if (job->lost != NULL)
		job->lost(job);
	pthread_mutex_lock(&executor->lock);
	queued = job->state == AW_JOB_QUEUED;
	if (queued)
		unqueue(executor, job);
	else if (job->state == AW_JOB_WORKING)
		job->loop = NULL;
	/* Else it is in the ring, which drops it. */
	pthread_mutex_unlock(&executor->lock);
	if (queued)
		job->drop(job);
}

void
aw_executors_close(aw_loop *loop)
{
	while (!LIST_EMPTY(&loop->jobs))
		lose_job(LIST_FIRST(&loop->jobs));
	abandon(loop->own_executor);
	abandon(loop->default_executor);
	loop->own_executor = NULL;
	loop->default_executor = NULL;
}
