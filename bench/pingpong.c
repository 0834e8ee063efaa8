/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Echo servers beside each other: messages a second, and messages a second of
 * the server's processor time, which also holds on a machine that is busy
 * with other things.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "figures.h"
#include "generator.h"
#include "process.h"
#include "server.h"

#define MOST_SERVERS 16
#define MOST_ROUNDS 1000
/* Descriptors beside the connections'. */
#define OTHER_DESCRIPTORS 32

struct options {
	int64_t connections;
	uint64_t size;
	int64_t rounds;
	double duration;
	double turn;
	int64_t server_cpu;
	int64_t generator_cpu;
};

#define TARGET(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{ .name = "connections", .letter = 'c', .argument = "N",
	    .help = "connections at a time (default 50)",
	    .handle = options_store_integer, .offset = TARGET(connections),
	    .lowest = "1", .highest = "60000" },
	{ .name = "size", .letter = 's', .argument = "B",
	    .help = "bytes a message (default 64)",
	    .handle = options_store_size, .offset = TARGET(size),
	    .lowest = "1", .highest = "64M" },
	{ .name = "rounds", .letter = 'r', .argument = "N",
	    .help = "rounds, each with new processes and connections "
	    "(default 7)",
	    .handle = options_store_integer, .offset = TARGET(rounds),
	    .lowest = "1", .highest = "1000" },
	{ .name = "duration", .letter = 'd', .argument = "S",
	    .help = "seconds of every server a round (default 1)",
	    .handle = options_store_duration, .offset = TARGET(duration),
	    .lowest = "1ms", .highest = "1h" },
	{ .name = "turn", .letter = 't', .argument = "S",
	    .help = "seconds after which the next server has its turn "
	    "(default 50ms)",
	    .handle = options_store_duration, .offset = TARGET(turn),
	    .lowest = "1ms", .highest = "1h" },
	{ .name = "server-cpu", .argument = "N",
	    .help = "the processor that servers are kept on (default 0); -1 "
	    "is any",
	    .handle = options_store_integer, .offset = TARGET(server_cpu),
	    .lowest = "-1", .highest = "1023" },
	{ .name = "generator-cpu", .argument = "N",
	    .help = "the processor that the load comes from (default 1); -1 "
	    "is any",
	    .handle = options_store_integer, .offset = TARGET(generator_cpu),
	    .lowest = "-1", .highest = "1023" },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "pingpong",
	.operands = "[SERVER...]",
	.about = "Sends messages to echo servers, one at a time on each "
	    "connection, and compares\nwhat comes back.  The servers take turns.  "
	    "Prints medians over the rounds; the\nratio is of messages a "
	    "second of the server's processor time, to the first\nserver's "
	    "in the same round.\n\n"
	    SERVER_HELP "The default is: epoll echod\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

/* A server, and what the rounds gave for it. */
struct contestant {
	const char *name;
	struct server server;
	struct generator *generator;
	/* Sums of this round's turns. */
	double messages, seconds, server_cpu, own_cpu;
	double rate[MOST_ROUNDS];    /* messages a second */
	double per_cpu[MOST_ROUNDS]; /* messages a second of the server's */
	double load[MOST_ROUNDS];    /* the generator's share of a processor */
	double ratio[MOST_ROUNDS];
};

struct contest {
	const struct options *options;
	size_t count;
	struct contestant *contestants;
};

static int
fail_contestant(const struct contestant *contestant, int err)
{
	return command_fail(&command, "server '%s': %s", contestant->name,
	    err == -EBADMSG ? "something else came back than was sent" :
	    strerror(-err));
}

static int
start_contestant(const struct options *options, struct contestant *contestant)
{
	char error[8192];
	int64_t messages;
	int err;

	contestant->messages = contestant->seconds = 0;
	contestant->server_cpu = contestant->own_cpu = 0;
	if (server_start(&contestant->server, contestant->name,
	    (int)options->server_cpu, error, sizeof(error)) < 0)
		return command_fail(&command, "%s", error);
	err = generator_new(&contestant->server.address,
	    (size_t)options->connections, options->size,
	    &contestant->generator);
	if (err < 0)
		return fail_contestant(contestant, err);
	/* What is slower the first time is not measured. */
	messages = generator_run(contestant->generator, options->turn);
	return messages < 0 ? fail_contestant(contestant, (int)messages) :
	    COMMAND_GOOD;
}

static int
stop_contestant(struct contestant *contestant)
{
	int status = COMMAND_GOOD;

	generator_free(contestant->generator);
	contestant->generator = NULL;
	if (contestant->server.pid > 0 && !server_stop(&contestant->server))
		status = command_fail(&command, "server '%s': it ended in "
		    "the middle", contestant->name);
	return status;
}

static int
take_turn(const struct options *options, struct contestant *contestant)
{
	double server_cpu = process_cpu_time(contestant->server.pid);
	double own_cpu = figures_cpu_time(), start = figures_clock();
	int64_t messages;

	messages = generator_run(contestant->generator, options->turn);
	if (messages < 0)
		return fail_contestant(contestant, (int)messages);
	contestant->seconds += figures_clock() - start;
	contestant->own_cpu += figures_cpu_time() - own_cpu;
	contestant->server_cpu +=
	    process_cpu_time(contestant->server.pid) - server_cpu;
	contestant->messages += (double)messages;
	return COMMAND_GOOD;
}

/* Short turns, one after the other, so that all meet the same conditions. */
static int
take_turns(struct contest *contest)
{
	const struct options *options = contest->options;
	double turns = options->duration / options->turn, turn;
	int status = COMMAND_GOOD;
	size_t i;

	for (turn = 0; turn < turns && status == COMMAND_GOOD; turn++)
		for (i = 0; i < contest->count && status == COMMAND_GOOD; i++)
			status = take_turn(options, &contest->contestants[i]);
	return status;
}

static void
note_round(struct contest *contest, int64_t round)
{
	struct contestant *contestant;
	size_t i;

	for (i = 0; i < contest->count; i++) {
		contestant = &contest->contestants[i];
		contestant->rate[round] =
		    contestant->messages / contestant->seconds;
		contestant->per_cpu[round] =
		    contestant->messages / contestant->server_cpu;
		contestant->load[round] =
		    contestant->own_cpu / contestant->seconds;
		contestant->ratio[round] = contestant->per_cpu[round] /
		    contest->contestants[0].per_cpu[round];
	}
}

/* Every server in a process of its own, with new connections. */
static int
run_round(struct contest *contest, int64_t round)
{
	int status = COMMAND_GOOD;
	size_t i;

	for (i = 0; i < contest->count && status == COMMAND_GOOD; i++)
		status = start_contestant(contest->options,
		    &contest->contestants[i]);
	if (status == COMMAND_GOOD)
		status = take_turns(contest);
	for (i = 0; i < contest->count; i++)
		if (stop_contestant(&contest->contestants[i]) != COMMAND_GOOD)
			status = COMMAND_FAILED;
	if (status == COMMAND_GOOD)
		note_round(contest, round);
	return status;
}

static int
run_rounds(struct contest *contest)
{
	int status = COMMAND_GOOD;
	int64_t round;

	for (round = 0; round < contest->options->rounds &&
	    status == COMMAND_GOOD; round++)
		status = run_round(contest, round);
	return status;
}

static void
print_contestant(struct contestant *contestant, size_t rounds)
{
	double per_cpu = figures_median(contestant->per_cpu, rounds);
	double ratio = figures_median(contestant->ratio, rounds);

	printf("%-24.24s%12.0f%16.0f%11.2f%11.0f%%%8.3f  %.3f to %.3f\n",
	    contestant->name, figures_median(contestant->rate, rounds),
	    per_cpu, 1e6 / per_cpu,
	    100 * figures_median(contestant->load, rounds), ratio,
	    contestant->ratio[0], contestant->ratio[rounds - 1]);
}

static void
report(const struct contest *contest)
{
	const struct options *options = contest->options;
	size_t i;

	printf("%lu bytes, %ld connections, %ld rounds of %g s, medians\n",
	    options->size, options->connections, options->rounds,
	    options->duration);
	printf("%-24s%12s%16s%11s%12s%8s  %s\n", "server", "messages/s",
	    "per server CPU", "us of CPU", "generator", "ratio", "range");
	for (i = 0; i < contest->count; i++)
		print_contestant(&contest->contestants[i],
		    (size_t)options->rounds);
}

static int
run(const struct options *options, char **names, size_t count)
{
	struct contest contest = { .options = options, .count = count };
	size_t i;
	int status;

	contest.contestants = calloc(count, sizeof(struct contestant));
	if (contest.contestants == NULL)
		return command_fail(&command, "%s", strerror(ENOMEM));
	for (i = 0; i < count; i++)
		contest.contestants[i].name = names[i];
	status = run_rounds(&contest);
	if (status == COMMAND_GOOD)
		report(&contest);
	free(contest.contestants);
	return status;
}

/* Sees to processors and descriptors. */
static int
prepare(const struct options *options, size_t servers)
{
	size_t needed = (size_t)options->connections * servers +
	    OTHER_DESCRIPTORS;
	size_t limit = process_raise_descriptors();

	if (limit < needed)
		return command_fail(&command, "%zu file descriptors are "
		    "needed, but the limit is %zu; raise it with ulimit -n",
		    needed, limit);
	if (options->server_cpu >= sysconf(_SC_NPROCESSORS_CONF) ||
	    options->generator_cpu >= sysconf(_SC_NPROCESSORS_CONF) ||
	    (options->generator_cpu >= 0 &&
	    process_pin((int)options->generator_cpu) < 0))
		return command_fail(&command, "there is no such processor; "
		    "use --server-cpu and --generator-cpu");
	return COMMAND_GOOD;
}

int
main(int argc, char **argv)
{
	static char *defaults[] = { "epoll", "echod" };
	struct options options = {
		.connections = 50, .size = 64, .rounds = 7, .duration = 1,
		.turn = 0.05, .server_cpu = 0, .generator_cpu = 1,
	};
	char **names = defaults;
	size_t count = 2;
	int first, status;

	first = command_parse(&command, argc, argv, &options, &status);
	if (first < 0)
		return status;
	if (argc - first > MOST_SERVERS)
		return command_misused(&command, "at most %d servers can be "
		    "compared", MOST_SERVERS);
	if (first < argc) {
		names = argv + first;
		count = (size_t)(argc - first);
	}
	status = prepare(&options, count);
	return status == COMMAND_GOOD ? run(&options, names, count) : status;
}
