/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Echo servers beside each other: messages a second, and messages a second of
 * the server's processor time, which also holds on a machine that is busy
 * with other things.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "contest.h"
#include "figures.h"
#include "process.h"
#include "server.h"

/* Descriptors beside the connections'. */
#define OTHER_DESCRIPTORS 64
/* Servers, each with twice the connections of the one before. */
#define MOST_DOUBLED 8
/* Messages that may be under way on a connection if they come at a rate. */
#define MOST_BEHIND 4096

struct options {
	struct contest_options contest;
	int64_t connections;
	int64_t depth;
	int tls;
	bool churn;
	bool json;
};

#define TARGET(field) offsetof(struct options, field)

static const char *const tls_words[] = CHANNEL_TLS_WORDS;

static const struct option_row rows[] = {
	{ .name = "connections", .letter = 'c', .argument = "N",
	    .help = "connections at a time (default 50)",
	    .handle = options_store_integer, .offset = TARGET(connections),
	    .lowest = "1", .highest = "60000" },
	{ .name = "size", .letter = 's', .argument = "B",
	    .help = "bytes a message (default 64)",
	    .handle = options_store_size, .offset = TARGET(contest.load.size),
	    .lowest = "1", .highest = "1G" },
	{ .name = "depth", .argument = "N",
	    .help = "messages under way at a time on a connection (default 1)",
	    .handle = options_store_integer, .offset = TARGET(depth),
	    .lowest = "1", .highest = "4096" },
	{ .name = "churn", .help = "a new connection for each message",
	    .handle = options_store_true, .offset = TARGET(churn) },
	{ .name = "doubling", .help = "each server has twice the connections "
	    "of the one before",
	    .handle = options_store_true,
	    .offset = TARGET(contest.doubling) },
	{ .name = "tls", .argument = "VERSION",
	    .help = "speak TLS, of this version and no other: 1.2 or 1.3; the "
	    "default is off",
	    .handle = options_store_choice, .offset = TARGET(tls),
	    .choices = tls_words },
	{ .name = "resume", .help = "with TLS, each connection resumes the "
	    "same session",
	    .handle = options_store_true,
	    .offset = TARGET(contest.load.resumes) },
	{ .name = "rate", .argument = "N",
	    .help = "messages a second, sent when they are due; 0, the "
	    "default, is as many as come back",
	    .handle = options_store_integer, .offset = TARGET(contest.rate),
	    .lowest = "0", .highest = "100000000" },
	{ .name = "percent-of-peak", .argument = "N",
	    .help = "the rate as a share of what the server did without one, "
	    "just before",
	    .handle = options_store_integer, .offset = TARGET(contest.share),
	    .lowest = "1", .highest = "100" },
	{ .name = "messages", .letter = 'n', .argument = "N",
	    .help = "messages a turn, if the turn is long enough; 0, the "
	    "default, is no limit",
	    .handle = options_store_integer,
	    .offset = TARGET(contest.messages),
	    .lowest = "0", .highest = "1000000000" },
	{ .name = "rounds", .letter = 'r', .argument = "N",
	    .help = "rounds, each with new processes and connections "
	    "(default 7)",
	    .handle = options_store_integer, .offset = TARGET(contest.rounds),
	    .lowest = "1", .highest = "1000" },
	{ .name = "duration", .letter = 'd', .argument = "S",
	    .help = "seconds of every server a round (default 1)",
	    .handle = options_store_duration,
	    .offset = TARGET(contest.duration),
	    .lowest = "1ms", .highest = "1h" },
	{ .name = "turn", .letter = 't', .argument = "S",
	    .help = "seconds after which the next server has its turn "
	    "(default 50ms)",
	    .handle = options_store_duration, .offset = TARGET(contest.turn),
	    .lowest = "1ms", .highest = "1h" },
	{ .name = "server-cpu", .argument = "N",
	    .help = "the processor that servers are kept on (default 0); -1 "
	    "is any",
	    .handle = options_store_integer,
	    .offset = TARGET(contest.server_cpu),
	    .lowest = "-1", .highest = "1023" },
	{ .name = "generator-cpu", .argument = "N",
	    .help = "the processor that the load comes from (default 1); -1 "
	    "is any",
	    .handle = options_store_integer,
	    .offset = TARGET(contest.generator_cpu),
	    .lowest = "-1", .highest = "1023" },
	{ .name = "count-allocations", .argument = "LIBRARY",
	    .help = "preload this library, malloc-count.so, into the servers",
	    .handle = options_store_string, .offset = TARGET(contest.preload) },
	{ .name = "json", .help = "print a line of JSON for every server and "
	    "round instead of the table",
	    .handle = options_store_true, .offset = TARGET(json) },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "pingpong",
	.operands = "[SERVER...]",
	.about = "Sends messages to echo servers, one at a time on each "
	    "connection, and compares\nwhat comes back.  The servers take "
	    "turns.  Prints medians over the rounds; the\nratio is of "
	    "messages a second of the server's processor time, to the first\n"
	    "server's in the same round.\n\n"
	    SERVER_HELP "The default is: epoll echod\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

/* What the rounds gave for a server. */
struct series {
	double rate[CONTEST_ROUNDS];    /* messages a second */
	double per_cpu[CONTEST_ROUNDS]; /* messages a second of the server's */
	double load[CONTEST_ROUNDS];    /* the generator's share of a CPU */
	double ratio[CONTEST_ROUNDS];
};

struct table {
	size_t count;
	struct series *series;
};

static void
note_round(void *arg, int64_t round, const struct contest_figures *figures)
{
	struct table *table = arg;
	struct series *series;
	size_t i;

	for (i = 0; i < table->count; i++) {
		series = &table->series[i];
		series->rate[round] = figures[i].messages / figures[i].seconds;
		series->per_cpu[round] =
		    figures[i].messages / figures[i].server_cpu;
		series->load[round] =
		    figures[i].generator_cpu / figures[i].seconds;
		series->ratio[round] = series->per_cpu[round] /
		    table->series[0].per_cpu[round];
	}
}

static void
print_series(const char *name, struct series *series, size_t rounds)
{
	double per_cpu = figures_median(series->per_cpu, rounds);
	double ratio = figures_median(series->ratio, rounds);

	printf("%-24.24s%12.0f%16.0f%11.2f%11.0f%%%8.3f  %.3f to %.3f\n",
	    name, figures_median(series->rate, rounds), per_cpu,
	    1e6 / per_cpu, 100 * figures_median(series->load, rounds), ratio,
	    series->ratio[0], series->ratio[rounds - 1]);
}

static void
print_table(const struct options *options, const struct table *table,
    char **names)
{
	const struct contest_options *contest = &options->contest;
	size_t i;

	printf("%" PRIu64 " bytes, %" PRId64 " connections, %" PRId64
	    " rounds of %g s, medians\n", contest->load.size,
	    options->connections, contest->rounds, contest->duration);
	printf("%-24s%12s%16s%11s%12s%8s  %s\n", "server", "messages/s",
	    "per server CPU", "us of CPU", "generator", "ratio", "range");
	for (i = 0; i < table->count; i++)
		print_series(names[i], &table->series[i],
		    (size_t)contest->rounds);
}

static void
print_json(void *arg, int64_t round, const struct contest_figures *figures)
{
	const struct table *table = arg;
	const struct contest_figures *each;
	size_t i;

	for (i = 0; i < table->count; i++) {
		each = &figures[i];
		printf("{\"round\": %" PRId64 ", \"server\": %zu, "
		    "\"connections\": %zu, \"messages\": %.0f, "
		    "\"seconds\": %.9f, \"server_cpu\": %.9f, "
		    "\"generator_cpu\": %.9f, \"rate\": %.3f, "
		    "\"resident\": %" PRId64 ", "
		    "\"allocations\": %" PRId64 ", \"latencies\": "
		    "[%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
		    ", %" PRId64 "]}\n", round, i, each->connections,
		    each->messages, each->seconds, each->server_cpu,
		    each->generator_cpu, each->rate, each->resident,
		    each->allocations, each->latencies[0], each->latencies[1],
		    each->latencies[2], each->latencies[3],
		    each->latencies[4]);
	}
	fflush(stdout);
}

static int
run(const struct options *options, char **names, size_t count)
{
	struct table table = { .count = count };
	char error[8192];
	int err;

	table.series = calloc(count, sizeof(struct series));
	if (table.series == NULL)
		return command_fail(&command, "%s", strerror(ENOMEM));
	err = contest_run(&options->contest, names, count,
	    options->json ? print_json : note_round, &table, error,
	    sizeof(error));
	if (err == 0 && !options->json)
		print_table(options, &table, names);
	free(table.series);
	return err < 0 ? command_fail(&command, "%s", error) : COMMAND_GOOD;
}

/* Sees to what belongs together, to processors and descriptors. */
static int
prepare(struct options *options, size_t servers)
{
	struct contest_options *contest = &options->contest;
	size_t limit = process_raise_descriptors(), needed = servers;

	if (contest->doubling && servers > MOST_DOUBLED)
		return command_misused(&command, "--doubling goes with at "
		    "most %d servers", MOST_DOUBLED);
	if (contest->doubling)
		needed = ((size_t)1 << servers) - 1;
	needed = needed * (size_t)options->connections + OTHER_DESCRIPTORS;
	if (options->churn && (options->depth > 1 || contest->rate > 0 ||
	    contest->share > 0))
		return command_misused(&command, "--churn goes with none of "
		    "--depth, --rate and --percent-of-peak");
	if (contest->load.resumes && options->tls == CHANNEL_PLAIN)
		return command_misused(&command, "--resume needs --tls");
	contest->load.tls = (enum channel_tls)options->tls;
	contest->kind = options->churn ? &load_connections : &load_messages;
	contest->load.connections = (size_t)options->connections;
	contest->load.depth = (uint64_t)options->depth;
	if (contest->rate > 0 || contest->share > 0)
		contest->load.behind = MOST_BEHIND;
	if (limit < needed)
		return command_fail(&command, "%zu file descriptors are "
		    "needed, but the limit is %zu; raise it with ulimit -n",
		    needed, limit);
	if (contest->server_cpu >= sysconf(_SC_NPROCESSORS_CONF) ||
	    contest->generator_cpu >= sysconf(_SC_NPROCESSORS_CONF) ||
	    (contest->generator_cpu >= 0 &&
	    process_pin((int)contest->generator_cpu) < 0))
		return command_fail(&command, "there is no such processor; "
		    "use --server-cpu and --generator-cpu");
	return COMMAND_GOOD;
}

int
main(int argc, char **argv)
{
	static char *defaults[] = { "epoll", "echod" };
	struct options options = {
		.connections = 50, .depth = 1,
		.contest = {
			.load.size = 64, .rounds = 7, .duration = 1,
			.turn = 0.05, .server_cpu = 0, .generator_cpu = 1,
		},
	};
	char **names = defaults;
	size_t count = 2;
	int first, status;

	first = command_parse(&command, argc, argv, &options, &status);
	if (first < 0)
		return status;
	if (argc - first > CONTEST_SERVERS)
		return command_misused(&command, "at most %d servers can be "
		    "compared", CONTEST_SERVERS);
	if (first < argc) {
		names = argv + first;
		count = (size_t)(argc - first);
	}
	status = prepare(&options, count);
	return status == COMMAND_GOOD ? run(&options, names, count) : status;
}
