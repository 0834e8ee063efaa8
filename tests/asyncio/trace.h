/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the cases have in common that are compared with Python's: printing the
 * trace of what happens, and the tasks that most of them are about.  trace.py
 * is the same in Python; what a function prints there it prints here.
 */
#ifndef TESTS_ASYNCIO_TRACE_H
#define TESTS_ASYNCIO_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "await.h"

/* A case: a coroutine, or a function that makes its loops itself. */
struct trace_case {
	const char *name;
	int (*coroutine)(void);
	void (*function)(void);
};
#define CASE(name) { #name, name, NULL }
#define PLAIN_CASE(name) { #name, NULL, name }

/* Runs the case that argv names, or all of them; for main to return. */
int trace_main(int argc, char **argv, const struct trace_case *cases,
    size_t count);
#define TRACE_MAIN(cases) \
	int \
	main(int argc, char **argv) \
	{ \
		return trace_main(argc, argv, cases, \
		    sizeof(cases) / sizeof((cases)[0])); \
	}

/* The name of the case that is running. */
const char *trace_name(void);

/* Prints a line, after the name of the task that is running, or "loop". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints what came out of something, and returns it. */
int told(const char *what, int result);
/* The spelling of a result that both sides use; valid for four more calls. */
const char *spell(int result);
const char *yes(bool answer);

/* An error of the case's own, number n. */
#define FAILURE(n) (-(200 + (n)))

/* Seconds in so many units, which are scaled by TEST_SCALE. */
double units(double n);
/* Sleeps so many units. */
int nap(double n);
/* Sleeps 0 so often; as a part of the case that nothing disturbs. */
void turns(int n);

/* A task, or a future, of the running loop, which must be had. */
aw_task *spawn(aw_coroutine *coroutine, void *arg, const char *name);
aw_future *new_future(void);
/* Awaits it and gives it back. */
int join(aw_future *future);
/* Gives back a reference on each. */
void unref_all(aw_future *const *futures, size_t count);
/* aw_callback that cancels a future. */
void cancel_it(void *future);
/* Has word printed when the future is done. */
void on_done(aw_future *future, const char *word);
/* aw_callback that prints a word. */
void say_word(void *word);
/* Prints reports to the loop's exception handler. */
void trace_reports(aw_loop *loop);

/* A task that says what befalls it. */
struct play {
	int turns;          /* sleeps 0 so often */
	double units;       /* then so many units */
	bool forever;       /* then waits for what never comes */
	bool quiet;         /* does not say at once that it is cancelled */
	bool swallow;       /* goes on when it is cancelled */
	int cleanup;        /* when it is cancelled it sleeps 0 so often */
	double cleanup_units; /* and so many units */
	int on_cancel;      /* and then fails so, rather than cancelled */
	int result;         /* returns that */
};
int play(void *play);
/* Starts one as a task: ACT("a", .turns = 2, .result = 3). */
aw_task *act(const char *name, const struct play *play);
#define ACT(name, ...) act(name, &(struct play){ __VA_ARGS__ })
/* A copy of the description for whoever starts it otherwise. */
void *part(const struct play *play);

#endif
