/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What errors mean, in words.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/task.h"

static const struct {
	int error;
	const char *text;
} texts[] = {
	{ AW_EINCOMPLETE, "the stream ended in the middle" },
	{ AW_ELIMIT, "no separator within the limit" },
	{ AW_EINVALIDSTATE, "invalid state" },
	{ AW_EDNS, "the name could not be resolved" },
	{ AW_ENOTASK, "not called from within a task" },
	{ AW_EINTERRUPT, "interrupted" },
	{ AW_ESTOPPED, "the event loop stopped before the future was done" },
	{ AW_EWRONGLOOP, "it belongs to another event loop" },
	{ AW_EWRONGTHREAD, "called from another thread than the event loop's" },
	{ AW_EQUEUEEMPTY, "the queue is empty" },
	{ AW_EQUEUEFULL, "the queue is full" },
	{ AW_EQUEUESHUTDOWN, "the queue has been shut down" },
	{ AW_EBROKENBARRIER, "the barrier is broken" },
	{ AW_ETLS, "TLS failed" },
	{ AW_ETLSVERIFY, "the peer's certificate could not be verified" },
	{ AW_ETLSTRUNCATED, "the TLS stream was cut off" },
	{ AW_ETLSALERT, "the peer refused TLS" },
	{ AW_ETLSCONTEXT, "the TLS settings can't be used" },
	{ AW_ESTALLED, "the peer took nothing for too long" },
};

const char *
aw_strerror(int error)
{
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].error == error)
			return texts[i].text;
	/* Static and never localized, so any thread may have it. */
	text = error < 0 && error > -4096 ? strerrordesc_np(-error) : NULL;
	if (text == NULL)
		text = error >= 0 ? "no error" : "unknown error";
	return text;
}

const char *
aw_version(void)
{
	return AW_VERSION;
}

const char *
aw_error_text(void)
{
	struct task *task = aw_task_current();

	if (task == NULL || task->error_text == NULL)
		return "";
	return task->error_text;
}

struct format {
	struct task *task;
	const char *format;
	va_list arguments;
};

static void
set_error_text(void *arg)
{
	struct format *format = arg;
	char *text;

	/* Without memory the error itself has to do. */
	if (vasprintf(&text, format->format, format->arguments) < 0)
		text = NULL;
	free(format->task->error_text);
	format->task->error_text = text;
}

void
aw_set_error_text(const char *format, ...)
{
	struct format call = { .task = aw_task_current(), .format = format };

	if (call.task == NULL)
		return;
	va_start(call.arguments, format);
	aw_loop_call(set_error_text, &call);
	va_end(call.arguments);
}
