/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS on the client's connection.
 */
#ifndef CLIENT_TLS_H
#define CLIENT_TLS_H

#include <await.h>

#include "client/report.h"

struct client_tls {
	aw_tls_context *context;  /* NULL: no TLS */
	const char *server_name;  /* "" if there is none */
	aw_tls_session *session;  /* to resume, or NULL */
	aw_tls_session *next;     /* to keep for the next run, or NULL */
};

/*
 * Prepares TLS as the options ask for it, if they do; reads files.  Says so if
 * certificates are not going to be verified.  Returns 0, and client_tls_free
 * then ends it, or a negative error with the line to print in error.
 */
int client_tls_init(struct client_tls *tls,
    const struct client_options *options, char *error, size_t error_size);
/* NULL sessions and contexts are fine. */
void client_tls_free(struct client_tls *tls);

/*
 * Waits for the handshake on a connection that has just been made, and notes in
 * the report what was agreed on and how long it took.  Returns 0, -ECANCELED,
 * or another negative error, which the report has.
 */
AW_MUST_CHECK int client_tls_start(struct client_tls *tls, aw_writer *writer,
    struct report *report);

/* Takes the session of a connection that is to be closed, if asked for. */
void client_tls_take_session(struct client_tls *tls, aw_writer *writer,
    struct report *report);

/* Writes that session to its file; reads and writes files. */
void client_tls_save_session(struct client_tls *tls, struct report *report);

#endif
