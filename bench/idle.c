/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What connections cost that nothing happens on.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "command.h"
#include "figures.h"
#include "process.h"
#include "server.h"

/* Descriptors beside the connections', here and in the server. */
#define OTHER_DESCRIPTORS 64
/* Of how many connections one is tried in the end. */
#define SAMPLE 100

struct options {
	int64_t connections;
	const char *address;
	int64_t pid;
	int64_t rest;
	int tls;
	bool json;
};

#define TARGET(field) offsetof(struct options, field)

static const char *const tls_words[] = CHANNEL_TLS_WORDS;

static const struct option_row rows[] = {
	{ .name = "connections", .letter = 'c', .argument = "N",
	    .help = "how many connections (default 10000)",
	    .handle = options_store_integer, .offset = TARGET(connections),
	    .lowest = "1", .highest = "60000" },
	{ .name = "address", .letter = 'a', .argument = "IP:PORT",
	    .help = "use the server that listens there, rather than start "
	    "one; needs --pid",
	    .handle = options_store_string, .offset = TARGET(address) },
	{ .name = "pid", .letter = 'p', .argument = "N",
	    .help = "the process of that server",
	    .handle = options_store_integer, .offset = TARGET(pid),
	    .lowest = "1", .highest = "4194304" },
	{ .name = "rest", .letter = 'r', .argument = "S",
	    .help = "measure what is resident once more after so many "
	    "seconds (default 0)",
	    .handle = options_store_integer, .offset = TARGET(rest),
	    .lowest = "0", .highest = "3600" },
	{ .name = "tls", .argument = "VERSION",
	    .help = "speak TLS, of this version and no other: 1.2 or 1.3; the "
	    "default is off",
	    .handle = options_store_choice, .offset = TARGET(tls),
	    .choices = tls_words },
	{ .name = "json", .help = "print one line of JSON instead of text",
	    .handle = options_store_true, .offset = TARGET(json) },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "idle",
	.operands = "[SERVER]",
	.about = "Opens connections to an echo server, sends one message on "
	    "each, and says what\nmemory each costs while nothing happens any "
	    "more.  Then every hundredth has to\necho again.\n\n"
	    SERVER_HELP "The default is: echod\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

struct memory {
	int64_t resident;
	int64_t page_tables;
	int64_t slab;    /* of the kernel, for the whole machine */
	int64_t sockets; /* and what lies in its sockets */
};

struct idle {
	const struct options *options;
	struct server server;
	struct channel_maker maker;
	size_t count;
	struct channel *channels;
	struct memory before, after;
	int64_t rested; /* what is resident after the rest */
	double connect_seconds;
};

static void
read_memory(const struct idle *idle, struct memory *memory)
{
	memory->resident = process_tree_memory(idle->server.pid);
	memory->page_tables = process_memory(idle->server.pid, "VmPTE");
	memory->slab = process_machine_memory("Slab");
	memory->sockets = process_socket_memory();
}

/* Sends a message that only this connection sends, and compares its echo. */
static int
try_echo(const struct idle *idle, size_t i, const char *word)
{
	char message[64], answer[64];
	int err, length;

	length = snprintf(message, sizeof(message), "%s on connection %zu\n",
	    word, i);
	err = channel_ask(&idle->channels[i], message, answer, (size_t)length);
	if (err == 0 && memcmp(message, answer, (size_t)length) != 0)
		err = -EBADMSG;
	return err;
}

static int
open_one(struct idle *idle)
{
	size_t i = idle->count;
	int err;

	err = channel_connect(&idle->maker, 0, &idle->channels[i]);
	if (err < 0)
		return err;
	idle->count++;
	/* Once it has echoed, the server has accepted it for certain. */
	return try_echo(idle, i, "first");
}

static int
open_all(struct idle *idle)
{
	size_t wanted = (size_t)idle->options->connections;
	double start = figures_clock();
	int err;

	err = channel_prepare(&idle->maker, &idle->server.address,
	    (enum channel_tls)idle->options->tls, false);
	while (err == 0 && idle->count < wanted)
		err = open_one(idle);
	idle->connect_seconds = figures_clock() - start;
	return err;
}

/* Of one connection. */
static double
each(const struct idle *idle, int64_t before, int64_t after)
{
	return (double)(after - before) / (double)idle->count;
}

static void
report(const struct idle *idle)
{
	const struct memory *before = &idle->before, *after = &idle->after;
	double resident = each(idle, before->resident, after->resident);
	double rested = each(idle, before->resident, idle->rested);
	double tables = each(idle, before->page_tables, after->page_tables);
	double slab = each(idle, before->slab, after->slab);
	double sockets = each(idle, before->sockets, after->sockets);

	if (idle->options->json) {
		printf("{\"connections\": %zu, \"seconds\": %.6f, "
		    "\"resident\": %.1f, \"rested\": %.1f, "
		    "\"page_tables\": %.1f, \"slab\": %.1f, "
		    "\"sockets\": %.1f}\n", idle->count,
		    idle->connect_seconds, resident, rested, tables, slab,
		    sockets);
		return;
	}
	printf("%zu idle connections, opened and used once in %.2f s\n",
	    idle->count, idle->connect_seconds);
	printf("the server, each: %.0f bytes resident, %.0f bytes of page "
	    "tables\n", resident, tables);
	if (idle->options->rest > 0)
		printf("after %" PRId64 " s of rest, each: %.0f bytes "
		    "resident\n", idle->options->rest, rested);
	printf("the kernel, each: about %.0f bytes for both ends, %.0f in "
	    "their buffers\n", slab, sockets);
}

static int
fail(size_t number, const char *what, int err)
{
	return command_fail(&command, "connection %zu%s: %s", number, what,
	    err == -EPROTO ? channel_tls_error() : strerror(-err));
}

/* Opens, measures, and tries again. */
static int
measure(struct idle *idle)
{
	size_t i;
	int err;

	read_memory(idle, &idle->before);
	err = open_all(idle);
	if (err < 0)
		return fail(idle->count, "", err);
	read_memory(idle, &idle->after);
	(void)sleep((unsigned)idle->options->rest);
	idle->rested = process_tree_memory(idle->server.pid);
	report(idle);
	for (i = 0; i < idle->count; i += SAMPLE) {
		err = try_echo(idle, i, "again");
		if (err < 0)
			return fail(i + 1, " does not echo any more", err);
	}
	if (!idle->options->json)
		printf("%zu of them were tried again and echo\n",
		    (idle->count + SAMPLE - 1) / SAMPLE);
	return COMMAND_GOOD;
}

/* Resets them, so that the kernel keeps nothing of them for a minute. */
static void
close_all(struct idle *idle)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct channel *channel;

	while (idle->count > 0) {
		channel = &idle->channels[--idle->count];
		setsockopt(channel->fd, SOL_SOCKET, SO_LINGER, &at_once,
		    sizeof(at_once));
		channel_close(channel);
	}
	channel_forget(&idle->maker);
}

static int
run(const struct options *options, const char *server_name)
{
	struct idle idle = { .options = options };
	char error[8192];
	int status;

	idle.channels = calloc((size_t)options->connections,
	    sizeof(struct channel));
	if (idle.channels == NULL)
		return command_fail(&command, "%s", strerror(ENOMEM));
	if (server_name == NULL) {
		/* main has seen that it is one. */
		(void)server_find_address(options->address,
		    &idle.server.address);
		idle.server.pid = (pid_t)options->pid;
	} else if (server_start(&idle.server, server_name, -1, error,
	    sizeof(error)) < 0) {
		free(idle.channels);
		return command_fail(&command, "%s", error);
	}
	status = measure(&idle);
	close_all(&idle);
	free(idle.channels);
	if (server_name != NULL && !server_stop(&idle.server))
		status = command_fail(&command, "the server ended");
	return status;
}

static int
check(const struct options *options, bool has_server)
{
	size_t needed = (size_t)options->connections + OTHER_DESCRIPTORS;
	size_t limit = process_raise_descriptors();
	struct sockaddr_in address;

	if ((options->address != NULL) != (options->pid != 0) ||
	    (options->address != NULL && has_server))
		return command_misused(&command, "expected a server to start, "
		    "or both --address and --pid of one that runs");
	if (options->address != NULL &&
	    server_find_address(options->address, &address) < 0)
		return command_misused(&command, "--address: expected an IPv4 "
		    "address and a port, such as 127.0.0.1:7007");
	if (options->pid != 0 &&
	    process_memory((pid_t)options->pid, "VmRSS") < 0)
		return command_fail(&command, "there is no process %d",
		    (int)options->pid);
	if (limit < needed)
		return command_fail(&command, "%zu file descriptors are "
		    "needed, here and in the server, but the limit is %zu; "
		    "raise it with ulimit -n", needed, limit);
	return COMMAND_GOOD;
}

int
main(int argc, char **argv)
{
	struct options options = { .connections = 10000 };
	const char *server_name = "echod";
	int first, status;

	first = command_parse(&command, argc, argv, &options, &status);
	if (first < 0)
		return status;
	if (argc - first > 1)
		return command_misused(&command, "expected one server");
	status = check(&options, first < argc);
	if (status != COMMAND_GOOD)
		return status;
	if (first < argc)
		server_name = argv[first];
	return run(&options, options.address == NULL ? server_name : NULL);
}
