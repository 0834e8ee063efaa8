/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Errors, gathered by kind and text; and the texts, which say what happened and
 * what can be done.
 */
#ifndef LOAD_FAILURES_H
#define LOAD_FAILURES_H

#include "load/result.h"

/* All zero is none.  When there are more than fit, the rest is not kept. */
struct failures {
	size_t count;
	struct load_error items[LOAD_ERRORS_KEPT];
};

/* Adds one, or counts it where its kind and text are there. */
void failures_add(struct failures *failures, const struct load_error *error);

/*
 * Writes why a connection could not be made, by the error of target_connect;
 * timeout is in seconds.  Returns buffer.
 */
const char *failures_connect_text(int error, double timeout, char *buffer,
    size_t size);
/* Which counter the loss of a connection by an error is in; 0 is its end. */
enum statistics_counter failures_loss_kind(int error);
/* And its text; missing: echoes were still to come. */
const char *failures_loss_text(int error, bool missing, double timeout,
    char *buffer, size_t size);

#endif
