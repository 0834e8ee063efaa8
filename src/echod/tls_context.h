/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The TLS context of a listener, made of its settings and the files that they
 * name.
 */
#ifndef ECHOD_TLS_CONTEXT_H
#define ECHOD_TLS_CONTEXT_H

#include "tls_report.h"
#include "tls_tickets.h"

#include <await.h>

/*
 * Makes it, and reports all that is wrong, for a listener that speaks TLS and
 * has passed tls_check.  tickets, which must outlive the context, may be NULL
 * for one that is not used.  NULL if there were errors; the caller gives it
 * back by aw_tls_context_unref.
 */
aw_tls_context *tls_context_new(struct tls_report *report,
    struct tls_tickets *tickets);

#endif
