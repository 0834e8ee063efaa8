/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/executor.h"

/* As asyncio's default: a few more than processors, within a bound. */
#define EXTRA_THREADS 4
#define MOST_THREADS 32

struct thread {
	struct thread *next;
	struct aw_executor *executor;
	pthread_t id;
	bool busy;     /* with a job */
	bool detached; /* nobody joins it; it frees this itself */
};

/* Shared by the loop and the threads; the last one frees it. */
struct aw_executor {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct aw_job *first, **last; /* not yet begun */
	aw_loop *loop;                /* NULL: closed */
	struct thread *threads;
	unsigned queued, count, idle, most;
	unsigned users;               /* the loop, and each thread */
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

static struct aw_executor *
new_executor(aw_loop *loop)
{
	struct aw_executor *executor = calloc(1, sizeof(*executor));

	if (executor == NULL)
		return NULL;
	pthread_mutex_init(&executor->lock, NULL);
	pthread_cond_init(&executor->work, NULL);
	executor->last = &executor->first;
	executor->loop = loop;
	executor->most = most_threads();
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
	pthread_cond_destroy(&executor->work);
	pthread_mutex_destroy(&executor->lock);
	free(executor);
}

/* The ring's entry for a job that is done. */
static void
run_done(struct aw_ready *ready)
{
	struct aw_job *job = aw_container_of(ready, struct aw_job, ready);

	if (job->loop->closing)
		job->drop(job);
	else
		job->done(job);
}

/* Waits for a job; NULL once the pool is closed.  Under the lock. */
static struct aw_job *
take_job(struct aw_executor *executor)
{
	struct aw_job *job;

	executor->idle++;
	while (executor->first == NULL && executor->loop != NULL)
		pthread_cond_wait(&executor->work, &executor->lock);
	executor->idle--;
	job = executor->first;
	if (job != NULL) {
		executor->first = job->next;
		executor->queued--;
		if (executor->first == NULL)
			executor->last = &executor->first;
	}
	return job;
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
		if (executor->loop != NULL)
			aw_loop_post(executor->loop, &job->ready);
		else
			job->drop(job);
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
	thread->next = executor->threads;
	executor->threads = thread;
	executor->count++;
	executor->users++;
	return 0;
}

/* pthread_create needs more stack than a task has. */
struct submission {
	aw_loop *loop;
	struct aw_job *job;
	int err;
};

static void
submit(void *arg)
{
	struct submission *submission = arg;
	struct aw_executor *executor = submission->loop->executor;
	struct aw_job *job = submission->job;
	int err = 0;

	pthread_mutex_lock(&executor->lock);
	/* Idle threads that have been called count until they have come. */
	if (executor->queued >= executor->idle &&
	    executor->count < executor->most)
		err = start_thread(executor);
	/* Without a new one, those that there are get to it later. */
	if (err == 0 || executor->count > 0) {
		job->next = NULL;
		*executor->last = job;
		executor->last = &job->next;
		executor->queued++;
		pthread_cond_signal(&executor->work);
		err = 0;
	}
	pthread_mutex_unlock(&executor->lock);
	submission->err = err;
}

int
aw_executor_submit(aw_loop *loop, struct aw_job *job)
{
	struct submission submission = { loop, job, 0 };

	if (loop->executor == NULL)
		loop->executor = new_executor(loop);
	if (loop->executor == NULL)
		return -ENOMEM;
	job->loop = loop;
	job->ready.run = run_done;
	aw_loop_call(loop, submit, &submission);
	return submission.err;
}

/* Takes the threads that end at once; the others are left to themselves. */
static struct thread *
take_idle_threads(struct aw_executor *executor)
{
	struct thread *thread, *next, *idle = NULL;

	for (thread = executor->threads; thread != NULL; thread = next) {
		next = thread->next;
		if (thread->busy) {
			thread->detached = true;
			pthread_detach(thread->id);
		} else {
			thread->next = idle;
			idle = thread;
		}
	}
	executor->threads = NULL;
	return idle;
}

static void
join(struct thread *thread)
{
	struct thread *next;

	for (; thread != NULL; thread = next) {
		next = thread->next;
		pthread_join(thread->id, NULL);
		free(thread);
	}
}

void
aw_executor_close(aw_loop *loop)
{
	struct aw_executor *executor = loop->executor;
	struct aw_job *job, *next;
	struct thread *idle;

	if (executor == NULL)
		return;
	loop->executor = NULL;
	pthread_mutex_lock(&executor->lock);
	executor->loop = NULL;
	job = executor->first;
	executor->first = NULL;
	executor->last = &executor->first;
	pthread_cond_broadcast(&executor->work);
	idle = take_idle_threads(executor);
	leave(executor);
	join(idle);
	for (; job != NULL; job = next) {
		next = job->next;
		job->drop(job);
	}
}
