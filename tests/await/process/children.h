/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of src/await/process share: programs to run, and what they
 * said.
 */
#ifndef TESTS_AWAIT_PROCESS_CHILDREN_H
#define TESTS_AWAIT_PROCESS_CHILDREN_H

#include "core/core.h"

/*
 * A test whose body runs in the main task of a loop, as TASK_TEST, once with
 * pidfds and once without (_i of UNIT_RUN_EACH).  It fails as well if it leaves
 * a child behind.
 */
#define PROCESS_TEST(name) \
	UNIT_TEST(name, void, (void), process_run(name##_body, _i == 1))
#define PROCESS_RUN(module, tests) UNIT_RUN_EACH(module, tests, 2)

void process_run(void (*body)(void), bool without_pidfd);

/* How often a pidfd was asked for, and a signal sent by one. */
extern unsigned process_pidfds, process_signals;

/* A program that must be had: of a command line; of its arguments. */
aw_process *start(const char *command, const aw_subprocess_options *options);
aw_process *start_program(const char *const *argv,
    const aw_subprocess_options *options);
/* One that does not end by itself. */
aw_process *start_sleeper(void);
/* Waits for its end and frees it; its return code. */
int end(aw_process *process);

/*
 * What a program writes to its standard output, in a buffer that is used again
 * by the next call; it must end well.
 */
const char *output_of(const char *command,
    const aw_subprocess_options *options);
const char *output_of_program(const char *const *argv,
    const aw_subprocess_options *options);
#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Reads a pipe of ours to its end, and closes it; the same buffer. */
const char *read_to_end(int fd);

/* Whether the process is one, be it dead. */
bool exists(pid_t pid);
/* Blocks until it has ended, and leaves its status where it is. */
void see_end(pid_t pid);

#endif
