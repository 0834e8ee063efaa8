/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "pulse.h"

#include "common/monotonic.h"
#include "timer_wait.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void
probe(struct pulse *pulse, int64_t late)
{
	for (size_t i = 0; i < pulse->worker_count; i++) {
		struct worker *worker = &pulse->workers[i];

		if (worker->alone)
			latency_add(&worker->latency, late);
		else
			worker_ask_turn(worker);
	}
}

static int
beat(void *arg)
{
	struct pulse *pulse = arg;
	uint64_t beats;
	int64_t due;
	int err;

	while ((err = timer_wait(pulse->fd, &beats)) == 0) {
		due = atomic_load(&pulse->due);
		probe(pulse, monotonic_nanoseconds() - due);
		atomic_store(&pulse->due, due + (int64_t)beats * pulse->interval);
	}
	return err;
}

static int
set_timer(struct pulse *pulse, int64_t first)
{
	const struct itimerspec timer = {
		.it_value = { .tv_sec = first / PULSE_SECOND,
		    .tv_nsec = first % PULSE_SECOND },
		.it_interval = { .tv_sec = pulse->interval / PULSE_SECOND,
		    .tv_nsec = pulse->interval % PULSE_SECOND },
	};

	pulse->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (pulse->fd < 0)
		return -errno;
	return timerfd_settime(pulse->fd, TFD_TIMER_ABSTIME, &timer, NULL) < 0 ?
	    -errno : 0;
}

int
pulse_start(struct pulse *pulse, int64_t interval, aw_loop *loop,
    struct worker *workers, size_t count)
{
	const int64_t first = monotonic_nanoseconds() + interval;
	int err;

	pulse->interval = interval;
	pulse->workers = workers;
	pulse->worker_count = count;
	err = set_timer(pulse, first);
	if (err == 0) {
		atomic_store(&pulse->due, first);
		pulse->task = aw_loop_create_task(loop, beat, pulse, "pulse");
		err = pulse->task != NULL ? 0 : -ENOMEM;
	}
	if (err == 0)
		return 0;
	if (pulse->fd >= 0)
		close(pulse->fd);
	atomic_store(&pulse->due, 0);
	return err;
}

void
pulse_stop(struct pulse *pulse)
{
	if (pulse->task == NULL)
		return;
	atomic_store(&pulse->due, 0);
	aw_cancel(pulse->task);
	/* Whoever waits may be cancelled, too. */
	while (!aw_future_done(pulse->task) &&
	    aw_await(pulse->task) == -ECANCELED)
		continue;
	aw_future_unref(pulse->task);
	pulse->task = NULL;
	close(pulse->fd);
}

double
pulse_waiting(const struct pulse *pulse)
{
	const int64_t due = atomic_load(&pulse->due);
	const int64_t late = monotonic_nanoseconds() - due;

	return due > 0 && late > 0 ? (double)late / (double)PULSE_SECOND : 0;
}
