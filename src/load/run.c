/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "load/coordinator.h"
#include "load/outcome.h"

static void
on_signal(void *arg)
{
	struct coordinator *coordinator = arg;

	coordinator->interrupts++;
	aw_event_set(coordinator->changed);
}

static int
watch_signals(struct coordinator *coordinator)
{
	int err;

	err = aw_loop_add_signal_handler(coordinator->loop, SIGINT, on_signal,
	    coordinator);
	if (err == 0)
		err = aw_loop_add_signal_handler(coordinator->loop, SIGTERM,
		    on_signal, coordinator);
	return err;
}

/* What the main task works with. */
static int
prepare(struct coordinator *coordinator)
{
	const aw_loop_options options = { .precise_timers = true };

	coordinator->loop = aw_loop_new(&options);
	if (coordinator->loop == NULL)
		return -errno;
	coordinator->changed = aw_event_new();
	coordinator->interval = statistics_new();
	coordinator->workers = calloc((size_t)coordinator->options->threads,
	    sizeof(struct worker));
	if (coordinator->changed == NULL || coordinator->interval == NULL ||
	    coordinator->workers == NULL)
		return -ENOMEM;
	return watch_signals(coordinator);
}

static int
run_loop(struct coordinator *coordinator)
{
	aw_task *task;
	int err;

	task = aw_loop_create_task(coordinator->loop, coordinator_run,
	    coordinator, "main");
	err = aw_loop_run_until_complete(coordinator->loop, task);
	aw_future_unref(task);
	return err;
}

static void
clean_up(struct coordinator *coordinator)
{
	for (size_t i = 0; coordinator->workers != NULL &&
	    i < (size_t)coordinator->options->threads; i++)
		worker_free(&coordinator->workers[i]);
	free(coordinator->workers);
	free(coordinator->interval);
	aw_event_free(coordinator->changed);
	if (coordinator->loop != NULL)
		aw_loop_close(coordinator->loop);
	plan_free(&coordinator->plan);
}

int
run_load(const struct load_options *options, const struct run_events *events,
    struct load_result *result, char *error, size_t error_size)
{
	struct coordinator coordinator = {
		.options = options,
		.events = events,
		.result = result,
		.error = error,
		.error_size = error_size,
	};
	int err;

	error[0] = '\0';
	result->seed = options->seed;
	err = plan_init(&coordinator.plan, options, error, error_size);
	if (err == 0)
		err = prepare(&coordinator);
	if (err == 0)
		err = run_loop(&coordinator);
	if (err == 0)
		outcome_fill(&coordinator);
	else if (error[0] == '\0')
		snprintf(error, error_size, "the run could not be made: %s",
		    aw_strerror(err));
	clean_up(&coordinator);
	return err;
}
