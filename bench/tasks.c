/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What tasks and what stands between them cost: one line a figure, which
 * tasks.py and tasks.go print too, for tasks-compare.py to set side by side.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <await.h>

#include "command.h"
#include "figures.h"
#include "process.h"

struct options {
	int64_t operations; /* of each kind that is repeated */
	int64_t gathered;
	int64_t sleepers;
};

static const struct option_row rows[] = {
	{ .name = "operations", .letter = 'n', .argument = "N",
	    .help = "how often each is repeated (default 500000)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, operations),
	    .lowest = "2", .highest = "1000000000" },
	{ .name = "gathered", .letter = 'g', .argument = "N",
	    .help = "tasks that are gathered at once (default 10000)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, gathered),
	    .lowest = "1", .highest = "1000000" },
	{ .name = "sleepers", .letter = 's', .argument = "N",
	    .help = "tasks that sleep at once (default 100000)",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, sleepers),
	    .lowest = "1", .highest = "1000000" },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "tasks",
	.operands = "",
	.about = "Measures what tasks, queues, locks, gather and sleep cost, "
	    "in nanoseconds of\nprocessor time, and an idle task's memory in "
	    "bytes.\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

static void
print(const char *name, double value)
{
	printf("%-24s%12.1f\n", name, value);
}

static void
print_time(const char *name, double start, int64_t operations)
{
	print(name, (figures_cpu_time() - start) / (double)operations * 1e9);
}

static int
nothing(void *arg)
{
	(void)arg;
	return 0;
}

static int
create_and_await(const struct options *options)
{
	double start = figures_cpu_time();
	int64_t i;
	int err = 0;

	for (i = 0; i < options->operations && err == 0; i++)
		err = aw_await_unref(aw_create_task(nothing, NULL, NULL));
	print_time("create and await", start, options->operations);
	return err;
}

static int
yield(void *arg)
{
	int64_t times = *(const int64_t *)arg;
	int err = 0;

	while (times-- > 0 && err == 0)
		err = aw_sleep(0);
	return err;
}

/* Two tasks that take turns. */
static int
two(aw_coroutine *coroutine, void *arg)
{
	aw_task *tasks[2];
	int err;

	tasks[0] = aw_create_task(coroutine, arg, NULL);
	tasks[1] = aw_create_task(coroutine, arg, NULL);
	err = aw_await_unref(aw_gather(tasks, 2, false));
	aw_future_unref(tasks[0]);
	aw_future_unref(tasks[1]);
	return err;
}

static int
take_turns(const struct options *options)
{
	double start = figures_cpu_time();
	int64_t each = options->operations / 2;
	int err;

	err = two(yield, &each);
	print_time("turn of a task", start, 2 * each);
	return err;
}

struct pair {
	int64_t operations;
	aw_queue *queue;
	aw_lock *lock;
};

static int
consume(void *arg)
{
	struct pair *pair = arg;
	int64_t i;
	void *item;
	int err = 0;

	for (i = 0; i < pair->operations && err == 0; i++)
		err = aw_queue_get(pair->queue, &item);
	return err;
}

/* A queue of one item: each waits for the other. */
static int
pass_items(const struct options *options)
{
	struct pair pair = { .operations = options->operations };
	aw_task *consumer;
	double start;
	int64_t i;
	int err = 0, other;

	pair.queue = aw_queue_new(1);
	if (pair.queue == NULL)
		return -ENOMEM;
	start = figures_cpu_time();
	consumer = aw_create_task(consume, &pair, NULL);
	for (i = 0; i < options->operations && err == 0; i++)
		err = aw_queue_put(pair.queue, &pair);
	other = aw_await_unref(consumer);
	print_time("queue put and get", start, options->operations);
	aw_queue_free(pair.queue);
	return err < 0 ? err : other;
}

/* Holds the lock for a turn, in which the other one queues for it. */
static int
hold(void *arg)
{
	struct pair *pair = arg;
	int64_t i;
	int err = 0;

	for (i = 0; i < pair->operations && err == 0; i++) {
		err = aw_lock_acquire(pair->lock);
		if (err < 0)
			break;
		err = aw_sleep(0);
		aw_lock_release(pair->lock);
	}
	return err;
}

static int
hand_over(const struct options *options)
{
	struct pair pair = { .operations = options->operations / 2 };
	double start;
	int err;

	pair.lock = aw_lock_new();
	if (pair.lock == NULL)
		return -ENOMEM;
	start = figures_cpu_time();
	err = two(hold, &pair);
	print_time("lock hand-over", start, 2 * pair.operations);
	aw_lock_free(pair.lock);
	return err;
}

/* So many tasks at once, which are gathered. */
static int
gather(int64_t count, aw_coroutine *coroutine, void *arg)
{
	aw_task **tasks = calloc((size_t)count, sizeof(aw_task *));
	int64_t i;
	int err;

	if (tasks == NULL)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		tasks[i] = aw_create_task(coroutine, arg, NULL);
	err = aw_await_unref(aw_gather(tasks, (size_t)count, false));
	for (i = 0; i < count; i++)
		aw_future_unref(tasks[i]);
	free(tasks);
	return err;
}

/* The first time is for the memory, which is there afterwards. */
static int
gather_many(const struct options *options)
{
	double start;
	int64_t once = 1;
	int err;

	err = gather(options->gathered, yield, &once);
	if (err < 0)
		return err;
	start = figures_cpu_time();
	err = gather(options->gathered, yield, &once);
	print_time("gather, a task", start, options->gathered);
	return err;
}

static int
doze(void *arg)
{
	return aw_sleep(*(const double *)arg);
}

static int
measure_memory(void *arg)
{
	int64_t *resident = arg;
	int err = aw_sleep(0);

	*resident = process_memory(getpid(), "VmRSS");
	return err;
}

static int
sleep_many(const struct options *options)
{
	double delay = 1.0, start;
	int64_t before = process_memory(getpid(), "VmRSS"), after = 0;
	int64_t total = options->sleepers;
	aw_task **tasks = calloc((size_t)total, sizeof(aw_task *));
	int64_t i;
	int err;

	if (tasks == NULL)
		return -ENOMEM;
	start = figures_cpu_time();
	for (i = 0; i < total; i++)
		tasks[i] = aw_create_task(doze, &delay, NULL);
	err = aw_await_unref(aw_create_task(measure_memory, &after, NULL));
	if (err == 0)
		err = aw_await_unref(aw_gather(tasks, (size_t)total, false));
	print_time("sleep, a task", start, total);
	print("memory, a task", (double)(after - before) / (double)total);
	for (i = 0; i < total; i++)
		aw_future_unref(tasks[i]);
	free(tasks);
	return err;
}

static int (*const kinds[])(const struct options *) = {
	/* First, while no memory has been used that it could have again. */
	sleep_many,
	create_and_await,
	take_turns,
	pass_items,
	hand_over,
	gather_many,
};

static int
measure(void *arg)
{
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && err == 0; i++)
		err = kinds[i](arg);
	return err;
}

int
main(int argc, char **argv)
{
	struct options options = { .operations = 500000, .gathered = 10000,
		.sleepers = 100000 };
	int err, status;

	if (command_parse(&command, argc, argv, &options, &status) < 0)
		return status;
	err = aw_run(measure, &options);
	if (err < 0)
		return command_fail(&command, "%s", aw_strerror(err));
	return COMMAND_GOOD;
}
