/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "contest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "figures.h"
#include "process.h"
#include "server.h"

/* Turns in which it is found out what a server can do at the most. */
#define PEAK_TURNS 5

struct contestant {
	const char *name;
	struct server server;
	struct load *load;
	struct allocations allocations;
	struct histogram latencies;
	/* What had been used when the round began. */
	double server_cpu_before;
	uint64_t allocations_before;
};

struct contest {
	const struct contest_options *options;
	size_t count;
	struct contestant *contestants;
	struct contest_figures *figures; /* of this round */
	char *error;
	size_t error_size;
};

static int
fail(const struct contest *contest, const struct contestant *contestant,
    int err)
{
	snprintf(contest->error, contest->error_size, "server '%s': %s",
	    contestant->name,
	    err == -EBADMSG ? "something else came back than was sent" :
	    err == -EOVERFLOW ? "it is too far behind" :
	    err == -EPROTO ? channel_tls_error() : strerror(-err));
	return err;
}

static int
start_server(struct contest *contest, struct contestant *contestant)
{
	const struct contest_options *options = contest->options;
	int err;

	if (options->preload != NULL) {
		err = allocations_begin(&contestant->allocations,
		    options->preload);
		if (err < 0)
			return fail(contest, contestant, err);
	}
	err = server_start(&contestant->server, contestant->name,
	    (int)options->server_cpu, contest->error, contest->error_size);
	allocations_end_start();
	return err;
}

/* What is slower the first time is not measured. */
static int
warm_up(struct contest *contest, struct contestant *contestant, double *rate)
{
	const struct contest_options *options = contest->options;
	struct load_goal goal = {
		.seconds = options->turn,
		.messages = options->messages,
		.latencies = &contestant->latencies,
	};
	int64_t messages;
	double start;

	if (options->share > 0)
		goal.seconds *= PEAK_TURNS;
	start = figures_clock();
	messages = options->kind->run(contestant->load, &goal);
	if (messages < 0)
		return fail(contest, contestant, (int)messages);
	*rate = (double)options->rate;
	if (options->share > 0)
		*rate = (double)messages / (figures_clock() - start) *
		    (double)options->share / 100;
	return 0;
}

static int
start_contestant(struct contest *contest, struct contestant *contestant,
    struct contest_figures *figures)
{
	const struct contest_options *options = contest->options;
	struct load_options load = options->load;
	int err;

	memset(figures, 0, sizeof(*figures));
	if (options->doubling)
		load.connections <<= contestant - contest->contestants;
	figures->connections = load.connections;
	err = start_server(contest, contestant);
	if (err < 0)
		return err;
	err = options->kind->new(&contestant->server.address, &load,
	    &contestant->load);
	if (err < 0)
		return fail(contest, contestant, err);
	err = warm_up(contest, contestant, &figures->rate);
	if (err < 0)
		return err;
	histogram_clear(&contestant->latencies);
	contestant->server_cpu_before =
	    process_tree_cpu_time(contestant->server.pid);
	if (options->preload != NULL)
		contestant->allocations_before =
		    allocations_total(&contestant->allocations);
	return 0;
}

/* What the server used between its turns is what its turns made it do. */
static void
note_figures(struct contest *contest, struct contestant *contestant,
    struct contest_figures *figures)
{
	static const double percents[] = CONTEST_PERCENTILES;
	size_t i;

	figures->server_cpu = process_tree_cpu_time(contestant->server.pid) -
	    contestant->server_cpu_before;
	figures->resident = process_tree_memory(contestant->server.pid);
	figures->allocations = -1;
	if (contest->options->preload != NULL)
		figures->allocations = (int64_t)(allocations_total(
		    &contestant->allocations) -
		    contestant->allocations_before);
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		figures->latencies[i] = histogram_percentile(
		    &contestant->latencies, percents[i]);
}

static int
stop_contestant(struct contest *contest, struct contestant *contestant, int err)
{
	bool running;

	contest->options->kind->free(contestant->load);
	contestant->load = NULL;
	if (contestant->server.pid > 0) {
		running = server_stop(&contestant->server);
		if (!running && err == 0) {
			err = -ECHILD;
			snprintf(contest->error, contest->error_size,
			    "server '%s': it ended in the middle",
			    contestant->name);
		}
	}
	allocations_free(&contestant->allocations);
	return err;
}

static int
take_turn(struct contest *contest, struct contestant *contestant,
    struct contest_figures *figures)
{
	const struct contest_options *options = contest->options;
	const struct load_goal goal = {
		.seconds = options->turn,
		.messages = options->messages,
		.rate = figures->rate,
		.latencies = &contestant->latencies,
	};
	double own_cpu = figures_cpu_time(), start = figures_clock();
	int64_t messages;

	messages = options->kind->run(contestant->load, &goal);
	if (messages < 0)
		return fail(contest, contestant, (int)messages);
	figures->seconds += figures_clock() - start;
	figures->generator_cpu += figures_cpu_time() - own_cpu;
	figures->messages += (double)messages;
	return 0;
}

/* Short turns, one after the other, so that all meet the same conditions. */
static int
take_turns(struct contest *contest)
{
	double turns = contest->options->duration / contest->options->turn;
	double turn;
	int err = 0;
	size_t i;

	for (turn = 0; turn < turns && err == 0; turn++)
		for (i = 0; i < contest->count && err == 0; i++)
			err = take_turn(contest, &contest->contestants[i],
			    &contest->figures[i]);
	return err;
}

/* Every server in a process of its own, with new connections. */
static int
run_round(struct contest *contest)
{
	int err = 0;
	size_t i;

	for (i = 0; i < contest->count && err == 0; i++)
		err = start_contestant(contest, &contest->contestants[i],
		    &contest->figures[i]);
	if (err == 0)
		err = take_turns(contest);
	for (i = 0; i < contest->count && err == 0; i++)
		note_figures(contest, &contest->contestants[i],
		    &contest->figures[i]);
	for (i = 0; i < contest->count; i++)
		err = stop_contestant(contest, &contest->contestants[i], err);
	return err;
}

int
contest_run(const struct contest_options *options, char **names, size_t count,
    contest_listener *listener, void *arg, char *error, size_t error_size)
{
	struct contest contest = {
		.options = options,
		.count = count,
		.error = error,
		.error_size = error_size,
	};
	int64_t round;
	int err = 0;
	size_t i;

	contest.contestants = calloc(count, sizeof(struct contestant));
	contest.figures = calloc(count, sizeof(struct contest_figures));
	if (contest.contestants == NULL || contest.figures == NULL) {
		snprintf(error, error_size, "%s", strerror(ENOMEM));
		err = -ENOMEM;
	}
	for (i = 0; err == 0 && i < count; i++)
		contest.contestants[i].name = names[i];
	for (round = 0; round < options->rounds && err == 0; round++) {
		err = run_round(&contest);
		if (err == 0)
			listener(arg, round, contest.figures);
	}
	free(contest.contestants);
	free(contest.figures);
	return err;
}
