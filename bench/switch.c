/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How long it takes to switch from one stack to another: libawait's ways beside
 * the C library's swapcontext.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "command.h"
#include "coro/coro.h"
#include "figures.h"

#define STACK_SIZE (64 * 1024)
#define MOST_ROUNDS 1000

struct options {
	int64_t switches;
	int64_t rounds;
};

static const struct option_row rows[] = {
	{ .name = "switches", .letter = 'n', .argument = "N",
	    .help = "switches of each kind a round (default 2000000)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, switches),
	    .lowest = "2", .highest = "1000000000" },
	{ .name = "rounds", .letter = 'r', .argument = "N",
	    .help = "rounds, in each of which every kind has its turn "
	    "(default 7)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, rounds),
	    .lowest = "1", .highest = "1000" },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "switch",
	.operands = "",
	.about = "Measures the time of a switch between two stacks, in "
	    "nanoseconds of processor\ntime.\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

/* Each kind has a stack of its own, on which one side bounces for ever. */
static _Alignas(64) char coro_stack[STACK_SIZE];
static _Alignas(64) char ucontext_stack[STACK_SIZE];
static _Alignas(64) char libc_stack[STACK_SIZE];

static struct aw_coro coro_here, coro_there;

static void
bounce_coro(void *arg)
{
	(void)arg;
	aw_coro_started(&coro_there, &coro_here);
	for (;;)
		aw_coro_switch(&coro_there, &coro_here);
}

static void
make_coro(void)
{
	aw_context_init();
	aw_coro_thread(&coro_here);
	aw_coro_make(&coro_there, coro_stack, coro_stack + STACK_SIZE,
	    bounce_coro, NULL);
}

static void
run_coro(int64_t switches)
{
	for (; switches > 0; switches -= 2)
		aw_coro_switch(&coro_here, &coro_there);
}

static struct aw_context ucontext_here, ucontext_there;

static void
bounce_ucontext(void *arg)
{
	(void)arg;
	for (;;)
		aw_context_switch_ucontext(&ucontext_there, &ucontext_here);
}

static void
make_ucontext(void)
{
	aw_context_make_ucontext(&ucontext_there, ucontext_stack,
	    ucontext_stack + STACK_SIZE, bounce_ucontext, NULL);
}

static void
run_ucontext(int64_t switches)
{
	for (; switches > 0; switches -= 2)
		aw_context_switch_ucontext(&ucontext_here, &ucontext_there);
}

static ucontext_t libc_here, libc_there;

static void
bounce_libc(void)
{
	for (;;)
		swapcontext(&libc_there, &libc_here);
}

static void
make_libc(void)
{
	getcontext(&libc_there);
	libc_there.uc_stack.ss_sp = libc_stack;
	libc_there.uc_stack.ss_size = sizeof(libc_stack);
	libc_there.uc_link = NULL;
	makecontext(&libc_there, bounce_libc, 0);
}

static void
run_libc(int64_t switches)
{
	for (; switches > 0; switches -= 2)
		swapcontext(&libc_here, &libc_there);
}

static struct kind {
	const char *name;
	void (*make)(void);
	void (*run)(int64_t switches);
	double nanoseconds[MOST_ROUNDS];
} kinds[] = {
	{ .name = "libawait", .make = make_coro, .run = run_coro },
	{ .name = "libawait by ucontext", .make = make_ucontext,
	    .run = run_ucontext },
	{ .name = "swapcontext", .make = make_libc, .run = run_libc },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static double
time_round(const struct kind *kind, int64_t switches)
{
	double start = figures_cpu_time();

	kind->run(switches);
	return (figures_cpu_time() - start) / (double)switches * 1e9;
}

static void
measure(const struct options *options)
{
	int64_t round;
	size_t i;

	for (i = 0; i < KIND_COUNT; i++) {
		kinds[i].make();
		/* The first switch starts the other side. */
		kinds[i].run(2);
	}
	for (round = 0; round < options->rounds; round++)
		for (i = 0; i < KIND_COUNT; i++)
			kinds[i].nanoseconds[round] =
			    time_round(&kinds[i], options->switches);
}

static void
report(const struct options *options)
{
	size_t i, rounds = (size_t)options->rounds;
	double median;

	printf("%ld rounds of %ld switches\n", options->rounds,
	    options->switches);
	printf("libawait switches by %s\n",
	    aw_context_is_ucontext ? "ucontext" : "assembly");
	printf("%-24s%12s%12s%12s\n", "ns a switch", "median", "least",
	    "greatest");
	for (i = 0; i < KIND_COUNT; i++) {
		median = figures_median(kinds[i].nanoseconds, rounds);
		printf("%-24s%12.2f%12.2f%12.2f\n", kinds[i].name, median,
		    kinds[i].nanoseconds[0], kinds[i].nanoseconds[rounds - 1]);
	}
}

int
main(int argc, char **argv)
{
	struct options options = { .switches = 2000000, .rounds = 7 };
	int status;

	if (command_parse(&command, argc, argv, &options, &status) < 0)
		return status;
	/* There and back. */
	options.switches += options.switches % 2;
	measure(&options);
	report(&options);
	return COMMAND_GOOD;
}
