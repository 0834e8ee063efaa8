/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls.h"

#include <errno.h>
#include <stdio.h>

#include "common/monotonic.h"
#include "common/tls_explain.h"
#include "common/units.h"
#include "session_file.h"

/* Stands for no limit: some years. */
#define NEVER 1e8

/* A notice, which is no error. */
static void
note(const struct client_options *options, const char *text)
{
	if (!options->quiet)
		fprintf(stderr, "echo-client: %s: %s\n", options->resume,
		    text);
}

/* Without a session that can be resumed, a new one is begun. */
static void
load_session(struct client_tls *tls, const struct client_options *options)
{
	char error[256];
	int err;

	err = session_file_load(options->resume, &options->tls,
	    tls->server_name, &tls->session, error, sizeof(error));
	if (err == -ENOENT)
		note(options, "no session is kept yet");
	else if (err < 0)
		note(options, error);
}

static const char *
choose_name(const struct client_options *options)
{
	if (options->tls.server_name != NULL)
		return options->tls.server_name;
	return options->address.kind == ADDRESS_UNIX ? "" :
	    options->address.host;
}

int
client_tls_init(struct client_tls *tls, const struct client_options *options,
    char *error, size_t error_size)
{
	int err;

	*tls = (struct client_tls){ .server_name = choose_name(options) };
	if (!options->tls.enabled)
		return 0;
	err = tls_options_context(&options->tls, &tls->context, error,
	    error_size);
	if (err < 0)
		return err;
	if (options->tls.insecure)
		fprintf(stderr, "echo-client: --insecure: the server's "
		    "certificate is not verified; anyone may be answering\n");
	if (options->resume != NULL)
		load_session(tls, options);
	return 0;
}

void
client_tls_free(struct client_tls *tls)
{
	aw_tls_session_free(tls->session);
	aw_tls_session_free(tls->next);
	aw_tls_context_unref(tls->context);
	*tls = (struct client_tls){ .context = NULL };
}

static void
report_failure(const struct client_tls *tls, const aw_writer *writer,
    int error, struct report *report)
{
	const struct client_options *options = report->options;
	char text[TLS_EXPLANATION_SIZE], detail[256], limit[UNITS_TEXT_SIZE];

	snprintf(detail, sizeof(detail), "%s", aw_error_text());
	if (error == -ETIMEDOUT)
		snprintf(text, sizeof(text), "no handshake within %s",
		    units_duration_text(options->timeout, limit,
		    sizeof(limit)));
	else
		tls_explain(writer, error, detail, tls->server_name[0] != '\0' ?
		    tls->server_name : NULL, text, sizeof(text));
	report_fail(report, REPORT_HANDSHAKE, 0, NULL, "no TLS with %s: %s",
	    options->text, text);
}

static void
note_parameters(aw_writer *writer, struct report *report)
{
	tls_parameters_read(writer, &report->tls);
	report->lacks_certificate = tls_explain_lacks_certificate(writer);
	if (report->options->resume != NULL)
		note(report->options, report->tls.resumed ?
		    "the session was resumed" : "a new session was begun");
}

int
client_tls_start(struct client_tls *tls, aw_writer *writer,
    struct report *report)
{
	double timeout = report->options->timeout;
	double limit = timeout > 0 ? timeout : NEVER;
	const aw_connection_options options = {
		.server_hostname = tls->server_name,
		.tls_handshake_timeout = limit,
		.tls_shutdown_timeout = limit,
		.tls_session = tls->session,
	};
	double start = monotonic_seconds();
	int err;

	err = aw_writer_start_tls(writer, tls->context, &options);
	if (err < 0 && err != -ECANCELED)
		report_failure(tls, writer, err, report);
	if (err < 0)
		return err;
	report->handshake_time = monotonic_seconds() - start;
	report->encrypted = true;
	note_parameters(writer, report);
	return 0;
}

void
client_tls_take_session(struct client_tls *tls, aw_writer *writer,
    struct report *report)
{
	if (!report->encrypted || report->options->resume == NULL)
		return;
	if (aw_writer_get_tls_session(writer, &tls->next) < 0 &&
	    report->status == CLIENT_GOOD)
		note(report->options, "the server gave no session to keep");
}

void
client_tls_save_session(struct client_tls *tls, struct report *report)
{
	const struct client_options *options = report->options;
	int err;

	if (tls->next == NULL)
		return;
	err = session_file_save(options->resume, &options->tls,
	    tls->server_name, tls->next);
	if (err < 0)
		report_fail(report, REPORT_OUTPUT, 0, NULL,
		    "%s: the session can't be kept: %s", options->resume,
		    aw_strerror(err));
}
