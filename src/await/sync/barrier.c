/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <limits.h>
#include <stdlib.h>

#include "core/waiters.h"
#include "sync/bind.h"

struct aw_barrier {
	aw_loop *loop; /* NULL until a task waits */
	/* For the state to change: those inside, and those kept out. */
	struct aw_waiters waiters;
	size_t parties;
	size_t count;  /* tasks inside */
	enum {
		FILLING,   /* tasks wait for the others to come */
		DRAINING,  /* all have come, and some have yet to leave */
		RESETTING, /* those inside leave with an error */
		BROKEN,
	} state;
};

aw_barrier *
aw_barrier_new(size_t parties)
{
	aw_barrier *barrier;

	if (parties == 0 || parties > INT_MAX)
		return NULL;
	barrier = calloc(1, sizeof(*barrier));
	if (barrier == NULL)
		return NULL;
	TAILQ_INIT(&barrier->waiters);
	barrier->parties = parties;
	barrier->state = FILLING;
	return barrier;
}

void
aw_barrier_free(aw_barrier *barrier)
{
	free(barrier);
}

/* Each of those who wait looks whether the state is what it waits for. */
static void
set_state(aw_barrier *barrier, int state)
{
	barrier->state = state;
	aw_waiters_wake_all(&barrier->waiters, 0);
}

static int
wait_for_change(aw_barrier *barrier, struct task *task, const char *what)
{
	int err;

	err = aw_bind(&barrier->loop, task);
	if (err < 0)
		return err;
	return aw_waiters_wait(&barrier->waiters, task, what);
}

/* Waits until the last round is over. */
static int
enter(aw_barrier *barrier, struct task *task)
{
	int err = 0;

	while (err == 0 &&
	    (barrier->state == DRAINING || barrier->state == RESETTING))
		err = wait_for_change(barrier, task, "a barrier to drain");
	if (err == 0 && barrier->state == BROKEN)
		err = AW_EBROKENBARRIER;
	return err;
}

/* Waits until all have come. */
static int
wait_for_others(aw_barrier *barrier, struct task *task)
{
	int err = 0;

	while (err == 0 && barrier->state == FILLING)
		err = wait_for_change(barrier, task, "a barrier");
	if (err == 0 && barrier->state != DRAINING)
		err = AW_EBROKENBARRIER;
	return err;
}

static void
leave(aw_barrier *barrier)
{
	if (--barrier->count == 0 &&
	    (barrier->state == DRAINING || barrier->state == RESETTING))
		set_state(barrier, FILLING);
}

int
aw_barrier_wait(aw_barrier *barrier)
{
	struct task *task = aw_task_current();
	int err, number;

	if (task == NULL)
		return AW_ENOTASK;
	err = enter(barrier, task);
	if (err < 0)
		return err;
	number = (int)barrier->count++;
	if (barrier->count == barrier->parties)
		set_state(barrier, DRAINING);
	else
		err = wait_for_others(barrier, task);
	leave(barrier);
	return err < 0 ? err : number;
}

void
aw_barrier_reset(aw_barrier *barrier)
{
	set_state(barrier, barrier->count > 0 ? RESETTING : FILLING);
}

void
aw_barrier_abort(aw_barrier *barrier)
{
	set_state(barrier, BROKEN);
}

size_t
aw_barrier_parties(const aw_barrier *barrier)
{
	return barrier->parties;
}

size_t
aw_barrier_n_waiting(const aw_barrier *barrier)
{
	return barrier->state == FILLING ? barrier->count : 0;
}

bool
aw_barrier_broken(const aw_barrier *barrier)
{
	return barrier->state == BROKEN;
}
