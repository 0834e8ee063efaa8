/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro/resident.h"

/* How many pages the kernel is asked about at once. */
#define PAGES_AT_ONCE 256

static char *
round_down(const void *address, size_t page)
{
	return (char *)((uintptr_t)address / page * page);
}

/* The first page from low on that is in memory, or end. */
static char *
first_resident(char *low, char *end, size_t page)
{
	unsigned char resident[PAGES_AT_ONCE];
	size_t i, count;

	while (low < end) {
		count = (size_t)(end - low) / page;
		if (count > PAGES_AT_ONCE)
			count = PAGES_AT_ONCE;
		if (mincore(low, count * page, resident) < 0)
			return end;
		for (i = 0; i < count; i++, low += page)
			if (resident[i] & 1)
				return low;
	}
	return end;
}

char *
aw_stack_lowest_resident(const struct aw_stack *stack)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *low = stack->low, *end, *lowest;

	/* The check for an overrun reads the lowest page at each switch. */
	if (stack->guard == AW_GUARD_CHECK)
		low += page;
	end = round_down(stack->high + page - 1, page);
	lowest = first_resident(low, end, page);
	return lowest < stack->high ? lowest : stack->high;
}

void
aw_stack_release_below(const struct aw_stack *stack, const void *lowest)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *end = round_down(lowest, page);

	if (end > stack->low)
		(void)madvise(stack->low, (size_t)(end - stack->low),
		    MADV_DONTNEED);
}
