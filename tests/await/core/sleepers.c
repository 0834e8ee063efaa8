/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/sleepers.h"

#include <errno.h>
#include <string.h>

#include "dormouse.h"
#include "faults.h"

int
sleeper_wait(struct sleeper *sleeper)
{
	unsigned char kept[SLEEPER_KEPT];
	size_t i;

	for (i = 0; i < SLEEPER_KEPT; i++)
		kept[i] = (unsigned char)(sleeper->first + i);
	sleeper->kept = kept;
	__asm__ volatile("" : : "r"(kept) : "memory");
	sleeper->result = aw_task_park(inside(aw_current_task()), "data");
	__asm__ volatile("" : : "r"(kept) : "memory");
	for (i = 0; i < SLEEPER_KEPT; i++)
		if (kept[i] != (unsigned char)(sleeper->first + i))
			return -EIO;
	sleeper->ended = true;
	return sleeper->result;
}

int
sleeper_wait_twice(void *arg)
{
	int result = sleeper_wait(arg);

	return result < 0 ? result : sleeper_wait(arg);
}

static int
run_sleeper(void *arg)
{
	struct sleeper *sleeper = arg;
	volatile unsigned char room[sleeper->deep + 1];

	room[sleeper->deep] = 1;
	return sleeper_wait(sleeper) - (room[sleeper->deep] - 1);
}

void
sleeper_begin_with(struct sleeper *sleeper, unsigned i, aw_coroutine *run)
{
	struct task *task;

	memset(sleeper, 0, sizeof(*sleeper));
	sleeper->first = (unsigned char)i;
	task = dormouse_new(run, sleeper, "sleeper", &sleeper->fd);
	ck_assert_ptr_nonnull(task);
	ck_assert_ptr_nonnull(task->may_hibernate);
	sleeper->task = &task->future;
}

void
sleeper_begin(struct sleeper *sleeper, unsigned i)
{
	sleeper_begin_with(sleeper, i, run_sleeper);
}

bool
sleeper_hibernates(const struct sleeper *sleeper)
{
	return dormouse_hibernates(sleeper->task);
}

void
sleeper_wait_until_trimmed(const struct sleeper *sleeper)
{
	double deadline = aw_loop_time(NULL) + PATIENCE;

	/* To ask would wake it. */
	while (!sleeper_hibernates(sleeper) && !is_trimmed(sleeper->task)) {
		ck_assert_double_lt(aw_loop_time(NULL), deadline);
		ck_assert_int_eq(aw_sleep(0.01), 0);
	}
}

void
sleeper_put_to_sleep(struct sleeper *sleeper)
{
	sleeper_begin(sleeper, 1);
	sleeper_wait_until_trimmed(sleeper);
	ck_assert_int_eq(sleeper_hibernates(sleeper), can_hibernate());
}

int
sleeper_wake(struct sleeper *sleeper)
{
	ck_assert_int_eq(eventfd_write(sleeper->fd, 1), 0);
	return join(sleeper->task);
}

bool
sleeper_stays_awake(struct task *task, struct aw_wakeup *wakeup)
{
	(void)task, (void)wakeup;
	return false;
}
