/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What all threads of a run share, and none of them changes.
 */
#ifndef LOAD_PLAN_H
#define LOAD_PLAN_H

#include <await.h>

#include "load/mode.h"
#include "load/options.h"
#include "load/payload.h"
#include "load/sources.h"
#include "load/target.h"

struct plan {
	const struct load_options *options;
	const struct mode *mode;
	struct payload payload;
	struct target target;
	struct sources sources;
	aw_tls_context *tls;      /* NULL: no TLS */
	const char *server_name;
	uint64_t size;            /* of every message; 0: they differ */
	size_t slots;             /* messages that a connection has room for */
	bool queued;              /* sending may have to wait: sender.h */
	int64_t timeout;          /* nanoseconds */
};

/*
 * Prepares a run: looks up the address, reads the files of TLS.  Blocks.
 * Returns 0, or a negative error with the line to print in error; plan_free
 * ends it in either case.
 */
int plan_init(struct plan *plan, const struct load_options *options,
    char *error, size_t error_size);
void plan_free(struct plan *plan);

#endif
