/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reporting what no caller can be told of.
 */
#include <stdio.h>

#include "core/future.h"
#include "core/loop.h"

void
aw_loop_set_exception_handler(aw_loop *loop, aw_exception_handler *handler,
    void *arg)
{
	loop->exception_handler = handler;
	loop->exception_handler_arg = arg;
}

struct report {
	aw_loop *loop;
	const aw_exception_context *context;
};

/*
 * The library leaves printing to the program, but for this: an error that
 * nobody asks for must not vanish because nobody set a handler either.
 */
static void
print_report(const aw_exception_context *context)
{
	fprintf(stderr, "await: %s", context->message);
	if (context->name != NULL)
		fprintf(stderr, ": task '%s'", context->name);
	if (context->duration > 0)
		fprintf(stderr, ": %.3f s", context->duration);
	if (context->error != 0)
		fprintf(stderr, ": %s", aw_strerror(context->error));
	fputc('\n', stderr);
}

static void
run_report(void *arg)
{
	struct report *report = arg;
	aw_loop *loop = report->loop;

	if (loop->exception_handler != NULL)
		loop->exception_handler(loop, report->context,
		    loop->exception_handler_arg);
	else
		print_report(report->context);
}

void
aw_loop_call_exception_handler(aw_loop *loop,
    const aw_exception_context *context)
{
	struct report report = { loop, context };

	aw_loop_call(run_report, &report);
}

void
aw_loop_report(aw_loop *loop, const char *message, int error,
    aw_future *future)
{
	aw_exception_context context = {
		.message = message,
		.error = error,
		.future = future,
	};

	if (future != NULL && aw_future_is_task(future))
		context.name = aw_task_get_name(future);
	aw_loop_call_exception_handler(loop, &context);
}
