/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tasks that hibernate, and see what becomes of the bytes on their stacks.  For
 * tests whose body runs in a loop that trims quickly.
 */
#ifndef TESTS_AWAIT_CORE_SLEEPERS_H
#define TESTS_AWAIT_CORE_SLEEPERS_H

#include "core/trimming.h"
#include "hibernating.h"

#define SLEEPER_KEPT 200

/* A task that has bytes on its stack while it waits. */
struct sleeper {
	aw_task *task;
	int fd;              /* that wakes it */
	size_t deep;         /* bytes of its stack that it uses beside */
	unsigned char *kept; /* where the bytes are */
	unsigned char first; /* what they begin with */
	int result;          /* of its wait */
	bool ended;
};

/* A test whose body is the main task of such a loop. */
#define SLEEPER_TEST(name) \
	UNIT_TEST(name, int, (void), run_quickly(name##_body))

/*
 * Begins one whose bytes count up from i, and whose coroutine is given the
 * sleeper; it is woken with 5 when its fd is written to.
 */
void sleeper_begin_with(struct sleeper *sleeper, unsigned i,
    aw_coroutine *run);
/* The same, by a coroutine that waits once, and uses the depth beside. */
void sleeper_begin(struct sleeper *sleeper, unsigned i);

/* Coroutines for it: they wait once, or twice, and are -EIO if bytes changed. */
int sleeper_wait(struct sleeper *sleeper);
aw_coroutine sleeper_wait_twice;

/* Whether it does; to ask does not wake it, nor does it to wait for that. */
bool sleeper_hibernates(const struct sleeper *sleeper);
void sleeper_wait_until_trimmed(const struct sleeper *sleeper);
/* For a task's may_hibernate: it does not. */
bool sleeper_stays_awake(struct task *task, struct aw_wakeup *wakeup);

/* Begins one, until it hibernates, if that can be had. */
void sleeper_put_to_sleep(struct sleeper *sleeper);
/* Wakes it by its fd, and gives it back; its result. */
int sleeper_wake(struct sleeper *sleeper);

#endif
