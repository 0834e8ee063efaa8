/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "patient_memory.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

static _Thread_local bool patient;

static bool
wait_for_more(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	if (patient)
		nanosleep(&pause, NULL);
	return patient;
}

static void *
allocate(size_t size)
{
	void *memory;

	do {
		memory = malloc(size);
	} while (memory == NULL && size > 0 && wait_for_more());
	return memory;
}

static void *
reallocate(void *old, size_t size)
{
	void *memory;

	do {
		memory = realloc(old, size);
	} while (memory == NULL && size > 0 && wait_for_more());
	return memory;
}

void
patient_memory_init(void)
{
	event_set_mem_functions(allocate, reallocate, free);
}

void
patient_memory_begin(void)
{
	patient = true;
}
