/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Very many tasks asleep at once in one process: how they are guarded, and
 * what each costs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "core/task.h"
#include "figures.h"
#include "process.h"

/* What a task takes at most, to tell beforehand whether it can be had. */
#define MOST_BYTES_A_TASK 5120
/* For those that are to be cancelled: nobody waits that long. */
#define LONG_SLEEP 86400.0

struct options {
	int64_t tasks;
	double sleep; /* 0: they are cancelled */
	int guard;    /* enum aw_guard */
};

static const char *const guard_names[] = {
	[AW_GUARD_MADVISE] = "madvise",
	[AW_GUARD_MPROTECT] = "mprotect",
	[AW_GUARD_CHECK] = "check",
	NULL
};

#define GUARD_COUNT 3

static const struct option_row rows[] = {
	{ .name = "tasks", .letter = 'n', .argument = "N",
	    .help = "how many tasks (default 1000000)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, tasks),
	    .lowest = "1", .highest = "100000000" },
	{ .name = "sleep", .letter = 's', .argument = "S",
	    .help = "let each sleep S seconds and end by itself; without it, "
	    "all are cancelled",
	    .handle = options_store_duration,
	    .offset = offsetof(struct options, sleep),
	    .lowest = "0.001", .highest = "1d" },
	{ .name = "guard", .letter = 'g', .argument = "KIND",
	    .help = "the best guard to use: madvise (the default), mprotect, "
	    "or check",
	    .handle = options_store_choice, .choices = guard_names,
	    .offset = offsetof(struct options, guard) },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "sleepers",
	.operands = "",
	.about = "Starts many tasks that sleep at the same time, says what "
	    "each costs in memory,\nends them and checks how each ended.  A "
	    "million take about 4.5 GiB.\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

struct memory {
	int64_t resident;
	int64_t page_tables;
};

struct sleepers {
	const struct options *options;
	aw_task **tasks;
	size_t count;
	size_t asleep; /* at the moment */
	size_t early;  /* ended before their time */
	size_t wrong;  /* ended otherwise than they should */
	struct memory before, after;
	size_t guards[GUARD_COUNT];
	double create_seconds, end_seconds;
};

static void
read_memory(struct memory *memory)
{
	memory->resident = process_memory(getpid(), "VmRSS");
	memory->page_tables = process_memory(getpid(), "VmPTE");
}

static int
sleeper(void *arg)
{
	struct sleepers *all = arg;
	double length = all->options->sleep, start = 0;
	int err;

	if (length > 0)
		start = figures_clock();
	all->asleep++;
	err = aw_sleep(length > 0 ? length : LONG_SLEEP);
	all->asleep--;
	if (length > 0 && figures_clock() - start < length)
		all->early++;
	return err;
}

static int
create(struct sleepers *all)
{
	double start = figures_clock();
	size_t i;
	int err;

	for (i = 0; i < all->count; i++) {
		all->tasks[i] = aw_create_task(sleeper, all, NULL);
		if (all->tasks[i] == NULL)
			return -ENOMEM;
		all->guards[aw_task_of(all->tasks[i])->stack.guard]++;
	}
	/* They run first, and each until it sleeps. */
	err = aw_sleep(0);
	all->create_seconds = figures_clock() - start;
	return err;
}

/* Ends all tasks, and counts those that did not end as they should. */
static void
end(struct sleepers *all)
{
	bool cancel = all->options->sleep == 0;
	double start = figures_clock();
	size_t i;

	for (i = 0; i < all->count && cancel; i++)
		if (!aw_cancel(all->tasks[i]))
			all->wrong++;
	for (i = 0; i < all->count; i++) {
		if (aw_await(all->tasks[i]) != (cancel ? -ECANCELED : 0) ||
		    aw_future_cancelled(all->tasks[i]) != cancel)
			all->wrong++;
		aw_future_unref(all->tasks[i]);
	}
	all->end_seconds = figures_clock() - start;
}

static int
run(void *arg)
{
	struct sleepers *all = arg;
	int err;

	read_memory(&all->before);
	err = create(all);
	if (err < 0)
		return err;
	if (all->asleep != all->count)
		return AW_EINVALIDSTATE;
	read_memory(&all->after);
	end(all);
	return 0;
}

static void
report(const struct sleepers *all)
{
	double count = (double)all->count;
	size_t i;

	printf("%zu tasks asleep at once in one process\n", all->count);
	printf("guarded by");
	for (i = 0; i < GUARD_COUNT; i++)
		printf("%s %s: %zu", i > 0 ? "," : "", guard_names[i],
		    all->guards[i]);
	printf("\nmemory a task: %.0f bytes resident, %.0f bytes of page "
	    "tables\n",
	    (double)(all->after.resident - all->before.resident) / count,
	    (double)(all->after.page_tables - all->before.page_tables) /
	    count);
	printf("created and put to sleep in %.2f s, %.2f us a task\n",
	    all->create_seconds, all->create_seconds / count * 1e6);
	printf("%s in %.2f s; %zu ended early, %zu otherwise than they "
	    "should\n", all->options->sleep == 0 ? "cancelled" : "all awake",
	    all->end_seconds, all->early, all->wrong);
}

/* The kernel would end this process, or worse another one. */
static int
check_memory(const struct options *options)
{
	int64_t needed = options->tasks * MOST_BYTES_A_TASK;
	int64_t available = process_machine_memory("MemAvailable");

	if (available < 0 || needed < available)
		return COMMAND_GOOD;
	return command_fail(&command, "%" PRId64 " tasks may need %" PRId64
	    " MiB, but only %" PRId64 " MiB are available; use --tasks",
	    options->tasks, needed >> 20, available >> 20);
}

static int
measure(const struct options *options)
{
	struct sleepers all = { .options = options };
	int err;

	aw_guard_limit((enum aw_guard)options->guard);
	all.count = (size_t)options->tasks;
	all.tasks = calloc(all.count, sizeof(aw_task *));
	err = all.tasks != NULL ? aw_run(run, &all) : -ENOMEM;
	free(all.tasks);
	if (err == AW_EINVALIDSTATE)
		return command_fail(&command, "only %zu of %zu tasks were "
		    "asleep", all.asleep, all.count);
	if (err < 0)
		return command_fail(&command, "%s", aw_strerror(err));
	report(&all);
	return all.early + all.wrong == 0 ? COMMAND_GOOD : COMMAND_FAILED;
}

int
main(int argc, char **argv)
{
	struct options options = { .tasks = 1000000 };
	int status;

	if (command_parse(&command, argc, argv, &options, &status) < 0)
		return status;
	status = check_memory(&options);
	return status == COMMAND_GOOD ? measure(&options) : status;
}
