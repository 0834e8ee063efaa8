/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/plan.h"

#include <errno.h>
#include <stdio.h>

#include "load/clock.h"
#include "load/failures.h"

/* Messages of more bytes than this in all are sent by a task of their own. */
#define SENT_AT_ONCE (256 * 1024)

static bool
needs_queue(const struct plan *plan)
{
	const struct load_options *options = plan->options;

	return options->behaviour == BEHAVE_BYTEWISE ||
	    options->behaviour == BEHAVE_SLOW_READER ||
	    sizes_greatest(&options->sizes) * plan->slots > SENT_AT_ONCE;
}

static void
derive(struct plan *plan)
{
	const struct load_options *options = plan->options;
	const struct sizes *sizes = &options->sizes;

	if (sizes->count == 1 && sizes->parts[0].least == sizes->parts[0].most)
		plan->size = sizes->parts[0].least;
	/* One is tried at the end of an idle connection, come what may. */
	plan->slots = (size_t)options->depth +
	    (options->mode == MODE_IDLE ? 1 : 0);
	plan->queued = needs_queue(plan);
	plan->timeout = clock_of_seconds(options->timeout);
	plan->server_name = options->tls.server_name != NULL ?
	    options->tls.server_name :
	    options->address.kind == ADDRESS_UNIX ? "" : options->address.host;
}

static int
find_target(struct plan *plan, char *error, size_t error_size)
{
	const struct load_options *options = plan->options;
	char reason[256] = "";
	int err;

	err = target_find(&plan->target, &options->address, options->timeout,
	    reason, sizeof(reason));
	if (err < 0 && reason[0] == '\0')
		failures_connect_text(err, options->timeout, reason,
		    sizeof(reason));
	if (err < 0)
		snprintf(error, error_size, "cannot connect to %s: %s",
		    options->text, reason);
	return err;
}

int
plan_init(struct plan *plan, const struct load_options *options, char *error,
    size_t error_size)
{
	int err;

	*plan = (struct plan){
		.options = options,
		.mode = &modes[options->mode],
	};
	derive(plan);
	if (payload_init(&plan->payload, options->seed) < 0) {
		snprintf(error, error_size, "no memory for the payload");
		return -ENOMEM;
	}
	err = find_target(plan, error, error_size);
	if (err == 0 && options->sources != NULL)
		err = sources_parse(options->sources, &plan->sources, error,
		    error_size);
	if (err == 0 && options->tls.enabled)
		err = tls_options_context(&options->tls, &plan->tls, error,
		    error_size);
	return err;
}

void
plan_free(struct plan *plan)
{
	aw_tls_context_unref(plan->tls);
	sources_clear(&plan->sources);
	payload_free(&plan->payload);
}
