/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Functions for threads that block until they are let go.
 */
#ifndef TESTS_AWAIT_CORE_BLOCKING_H
#define TESTS_AWAIT_CORE_BLOCKING_H

#include "core/core.h"

/* For threads: waits until the gate is open, and returns 5. */
int block(void *arg);
/* For threads: the number that it is given. */
int return_number(void *number);

void open_gate(void);
/* For the loop: notes "gate" and opens it. */
void note_and_open_gate(void *arg);

/* How many threads have begun to block, and how many have ended it. */
unsigned count_working(void);
unsigned count_ended(void);
/* Blocks until so many have begun or ended. */
void wait_until_working(unsigned count);
void wait_until_ended(unsigned count);

/* The future of a call, which must be had. */
aw_future *start(aw_loop *loop, aw_executor *executor, aw_function *function,
    void *arg);
/* Runs the loop until the future is done, and gives it back; its result. */
int finish(aw_loop *loop, aw_future *future);

#endif
