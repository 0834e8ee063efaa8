/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/debug_mode.h"
#include "core/task.h"

#define NANOSECONDS 1e9
/* As asyncio's slow_callback_duration. */
#define SLOW 0.1

void
aw_debug_init(aw_loop *loop, bool on)
{
	const char *value = getenv("AWAIT_DEBUG");

	loop->debug = on ||
	    (value != NULL && *value != '\0' && strcmp(value, "0") != 0);
	aw_loop_set_slow_callback_duration(loop, SLOW);
}

void
aw_loop_set_debug(aw_loop *loop, bool on)
{
	__atomic_store_n(&loop->debug, on, __ATOMIC_RELAXED);
}

bool
aw_loop_get_debug(const aw_loop *loop)
{
	return aw_is_debugging(loop);
}

/* ---------------------------------------------------------- what takes long */

void
aw_loop_set_slow_callback_duration(aw_loop *loop, double duration)
{
	loop->slow_callback = aw_nanoseconds(duration);
}

static void
report_slow(aw_loop *loop, int64_t took, aw_future *task)
{
	aw_exception_context context = {
		.message = task != NULL ? "a step of a task took long" :
		    "a callback took long",
		.future = task,
		.duration = (double)took / NANOSECONDS,
	};

	if (task != NULL)
		context.name = aw_task_get_name(task);
	aw_loop_call_exception_handler(loop, &context);
}

static void
run_timed(aw_loop *loop, struct aw_ready *ready)
{
	/* It may be gone afterwards. */
	aw_future *task = aw_future_ref(aw_task_of_entry(ready));
	int64_t took, start = aw_loop_now();

	ready->run(ready);
	took = aw_loop_now() - start;
	if (took >= loop->slow_callback && !loop->closing)
		report_slow(loop, took, task);
	aw_future_unref(task);
}

void
aw_debug_run_ready(aw_loop *loop, struct aw_ready_ring *batch)
{
	while (!aw_ready_is_empty(batch))
		run_timed(loop, aw_ready_pop(batch));
}

/* --------------------------------------------------------- the wrong thread */

const void *
aw_this_thread(void)
{
	static _Thread_local char thread;

	return &thread;
}

bool
aw_is_other_threads(const aw_loop *loop)
{
	const void *thread = __atomic_load_n(&loop->thread, __ATOMIC_RELAXED);

	return thread != NULL && thread != aw_this_thread();
}

/* Reported by the loop itself, as its handler is for its own thread. */
struct wrong_call {
	struct aw_ready ready;
	aw_loop *loop;
	const char *function;
};

static void
report_wrong_call(struct aw_ready *ready)
{
	struct wrong_call *call =
	    aw_container_of(ready, struct wrong_call, ready);
	char message[100];

	snprintf(message, sizeof(message), "%s was called from the wrong "
	    "thread", call->function);
	aw_loop_report(call->loop, message, AW_EWRONGTHREAD, NULL);
	free(call);
}

bool
aw_report_other_thread(aw_loop *loop, const char *function)
{
	struct wrong_call *call;

	if (!aw_is_other_threads(loop))
		return false;
	call = malloc(sizeof(*call));
	if (call != NULL) {
		call->ready.run = report_wrong_call;
		call->loop = loop;
		call->function = function;
		aw_loop_post(loop, &call->ready);
	}
	return true;
}
