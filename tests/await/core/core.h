/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of src/await/core share: a loop to run in, a trace of what
 * happened in which order, and what was reported.
 */
#ifndef TESTS_AWAIT_CORE_CORE_H
#define TESTS_AWAIT_CORE_CORE_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "await.h"
#include "entries.h"
#include "unit.h"

/*
 * A test whose body has a loop that does not run.  It fails as well if
 * something was reported to the exception handler that it has not taken by
 * take_reports, or if a descriptor is left open.
 */
#define LOOP_TEST(name) \
	UNIT_TEST(name, void, (aw_loop *loop), with_loop(name##_body))

/* The same, whose body runs in the main task of the loop. */
#define TASK_TEST(name) \
	UNIT_TEST(name, void, (void), with_task(name##_body))

void with_loop(void (*body)(aw_loop *loop));
void with_task(void (*body)(void));

/* Appends a word to the trace.  For aw_callback as well. */
void note(const char *word);
void note_callback(void *word);
void note_done(aw_future *future, void *word);
/* Fails unless the trace is these words, and forgets it. */
#define ck_assert_notes(words) ck_assert_str_eq(take_notes(), words)
const char *take_notes(void);
/* How many words the trace has. */
unsigned count_notes(void);

/* What the loop's exception handler was last told. */
struct report {
	unsigned count;
	int error;
	char message[128];
	char name[64];        /* "" if it had none */
	bool has_future;
	bool in_task;         /* it was called while a task was running */
	double duration;
};
/* Has the loop's reports recorded; with_loop and with_task do it already. */
void record_reports(aw_loop *loop);
/* The reports until now, which are forgotten. */
struct report take_reports(void);

/*
 * A task that sleeps (not at all if delay is negative), notes its label and
 * returns its result; the error of the sleep instead if that failed, which it
 * notes as "label!".
 */
struct plan {
	const char *label;
	double delay;
	int result;
	int slept;            /* what aw_sleep returned */
};
int carry_out(void *plan);

/* Seconds that no test waits for. */
#define FAR 1000.0
/* Tasks that sleep for FAR, and that await a future. */
aw_coroutine sleep_long;
aw_coroutine await_it;

/* A task of the running loop, which must be had. */
aw_task *spawn(aw_coroutine *coroutine, void *arg);
/* Awaits it and gives it back; its result. */
int join(aw_task *task);
/* Lets the other tasks run so many times. */
void turns(unsigned count);
/* One of the plan, which it fills in, that sleeps by now, for FAR. */
aw_task *spawn_sleeper(struct plan *plan);
/* No timer and no cancellation is left in the running task. */
void check_clean(void);

/* Ends the loop's run after so many iterations; runs it for so many. */
void stop_after(aw_loop *loop, unsigned iterations);
void run_iterations(aw_loop *loop, unsigned iterations);

/*
 * Runs the function in a child process, whose standard error goes to text.
 * Returns the child's status as by waitpid.
 */
int in_child(void (*function)(void), char *text, size_t size);

/*
 * Uses so many bytes of the stack, at a depth where compilers leave it.  The
 * result is of no interest.
 */
int use_stack(size_t bytes);

/* Seconds of processor time that this process has used. */
double processor_time(void);

#endif
