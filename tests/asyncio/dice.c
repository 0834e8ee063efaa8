/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Programs of chance: a few tasks that do at each step what the dice say.  The
 * dice of dice.py fall alike.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "trace.h"

#define ROUNDS 150
#define TASKS 4
#define STEPS 9

/* What the tasks of one program share. */
static struct {
	aw_task *tasks[TASKS];
	aw_lock *lock;
	aw_queue *queue;
	aw_event *event;
	aw_semaphore *semaphore;
} table;

struct player {
	unsigned number;
	uint32_t dice;
	bool has_lock;
	unsigned places;
};

static unsigned
roll(struct player *player, unsigned sides)
{
	player->dice = (player->dice * 1103515245U + 12345U) & 0x7fffffff;
	return (player->dice >> 12) % sides;
}

static int
sleep_once(struct player *player)
{
	(void)player;
	return aw_sleep(0);
}

static int
await_another(struct player *player)
{
	/* None that may await this one. */
	if (player->number == 0)
		return 0;
	return aw_await(table.tasks[roll(player, player->number)]);
}

static int
await_shield(struct player *player)
{
	if (player->number == 0)
		return 0;
	return join(aw_shield(table.tasks[roll(player, player->number)]));
}

static int
cancel(struct player *player)
{
	return aw_cancel(table.tasks[roll(player, TASKS)]) ? 1 : 0;
}

static int
take_lock(struct player *player)
{
	int err;

	if (player->has_lock) {
		player->has_lock = false;
		return aw_lock_release(table.lock);
	}
	err = aw_lock_acquire(table.lock);
	player->has_lock = err == 0;
	return err;
}

static int
put(struct player *player)
{
	uintptr_t item = player->number * 100 + roll(player, 100);

	return aw_queue_put(table.queue, (void *)item);
}

static int
get(struct player *player)
{
	void *item = NULL;
	int err = aw_queue_get(table.queue, &item);

	(void)player;
	return err < 0 ? err : (int)(uintptr_t)item;
}

static int
wait_for_event(struct player *player)
{
	(void)player;
	return aw_event_wait(table.event);
}

static int
set_or_clear(struct player *player)
{
	(void)player;
	if (aw_event_is_set(table.event))
		aw_event_clear(table.event);
	else
		aw_event_set(table.event);
	return 0;
}

static int
take_place(struct player *player)
{
	int err;

	if (player->places > 0) {
		player->places--;
		return aw_semaphore_release(table.semaphore);
	}
	err = aw_semaphore_acquire(table.semaphore);
	if (err == 0)
		player->places++;
	return err;
}

static int
end(struct player *player)
{
	return roll(player, 4) == 0 ? FAILURE((int)player->number) : 0;
}

static const struct {
	const char *name;
	int (*make)(struct player *player);
} moves[] = {
	{ "sleep", sleep_once }, { "sleep", sleep_once },
	{ "await", await_another }, { "shield", await_shield },
	{ "cancel", cancel }, { "lock", take_lock }, { "lock", take_lock },
	{ "put", put }, { "get", get }, { "wait", wait_for_event },
	{ "set", set_or_clear }, { "set", set_or_clear },
	{ "place", take_place }, { "place", take_place }, { "end", end },
};

/* Makes a move; returns the error that ends the task, or 0. */
static int
move(struct player *player)
{
	unsigned n = roll(player, sizeof(moves) / sizeof(moves[0]));
	int result = told(moves[n].name, moves[n].make(player));

	return result < 0 && roll(player, 3) > 0 ? result : 0;
}

static int
play_on(void *arg)
{
	struct player *player = arg;
	int i, err = 0;

	for (i = 0; i < STEPS && err == 0; i++)
		err = move(player);
	if (player->has_lock)
		aw_lock_release(table.lock);
	if (player->places > 0)
		aw_semaphore_release(table.semaphore);
	return err < 0 ? err : (int)player->number;
}

static bool
all_done(void)
{
	int i;

	for (i = 0; i < TASKS; i++)
		if (!aw_future_done(table.tasks[i]))
			return false;
	return true;
}

static void
await_all(void)
{
	int i;

	while (!all_done()) {
		for (i = 0; i < TASKS; i++)
			aw_cancel(table.tasks[i]);
		say("cancels");
		turns(8);
	}
	for (i = 0; i < TASKS; i++) {
		int result = aw_await(table.tasks[i]);

		told(aw_task_get_name(table.tasks[i]), result);
		aw_future_unref(table.tasks[i]);
	}
}

static int
play_round(void)
{
	struct player players[TASKS];
	unsigned i, seed = (unsigned)atoi(trace_name() + sizeof("seed"));
	char name[8];

	table.lock = aw_lock_new();
	table.queue = aw_queue_new(2);
	table.event = aw_event_new();
	table.semaphore = aw_semaphore_new(1);
	for (i = 0; i < TASKS; i++) {
		players[i] = (struct player){ .number = i };
		players[i].dice = seed * 16 + i;
		snprintf(name, sizeof(name), "t%u", i);
		table.tasks[i] = spawn(play_on, &players[i], name);
	}
	turns(25);
	await_all();
	aw_lock_free(table.lock);
	aw_queue_free(table.queue);
	aw_event_free(table.event);
	aw_semaphore_free(table.semaphore);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct trace_case cases[ROUNDS];
	static char names[ROUNDS][16];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		snprintf(names[i], sizeof(names[i]), "seed_%d", i);
		cases[i] = (struct trace_case){ names[i], play_round, NULL };
	}
	return trace_main(argc, argv, cases, ROUNDS);
}
