/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What test_reports.py has the tools look at: with the argument "race", two
 * threads that race, one of them in a task; with "memory", a task whose
 * condition depends on memory that nobody has written to; with "nothing",
 * neither.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "await.h"

static int shared;

static void *
write_in_a_thread(void *arg)
{
	*(volatile int *)&shared = 1;
	return arg;
}

static int
race(void *arg)
{
	pthread_t thread;

	(void)arg;
	if (pthread_create(&thread, NULL, write_in_a_thread, NULL) != 0)
		return -1;
	*(volatile int *)&shared = 2;
	pthread_join(thread, NULL);
	return 0;
}

static int
read_unwritten_memory(void *arg)
{
	char *memory = malloc(16);

	(void)arg;
	if (memory == NULL)
		return -1;
	/* For all that the compiler knows it was written to. */
	__asm__ volatile("" : : "r"(memory) : "memory");
	if (memory[3] == 'x')
		puts("x");
	free(memory);
	/* And once it has been woken again. */
	return aw_sleep(0.001);
}

static int
do_nothing(void *arg)
{
	(void)arg;
	return aw_sleep(0.001);
}

static int
begin(void *arg)
{
	aw_coroutine *coroutine = do_nothing;
	aw_task *innocent, *culprit;
	int result;

	if (strcmp(arg, "race") == 0)
		coroutine = race;
	if (strcmp(arg, "memory") == 0)
		coroutine = read_unwritten_memory;
	innocent = aw_create_task(do_nothing, NULL, "the innocent");
	culprit = aw_create_task(coroutine, NULL, "the culprit");
	result = aw_await(innocent);
	if (result == 0)
		result = aw_await(culprit);
	aw_future_unref(innocent);
	aw_future_unref(culprit);
	return result;
}

int
main(int argc, char **argv)
{
	return argc != 2 || aw_run(begin, argv[1]) != 0;
}
