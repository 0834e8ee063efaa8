/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of trimming share.
 */
#ifndef TESTS_AWAIT_CORE_TRIMMING_H
#define TESTS_AWAIT_CORE_TRIMMING_H

#include "core/core.h"
#include "core/task.h"

#define KIB 1024
#define AFTER 0.05 /* seconds until a task is trimmed, here */
#define PATIENCE 30
extern const aw_loop_options quickly;
/* Runs the function as the main task of a loop with these. */
void run_quickly(int (*function)(void));

struct task *inside(aw_task *task);
bool is_trimmed(aw_task *task);
/* Pages of the task's stack in memory; a check of its overrun is none. */
unsigned resident_pages(aw_task *task);
/* What it must keep: from its frames up to what lies beside the task. */
unsigned needed_pages(aw_task *task);

/*
 * A task that waits until it is cancelled; and how much of its stack it uses
 * before each time that it waits.
 */
aw_coroutine idle;
#define USED (40 * KIB)

#endif
