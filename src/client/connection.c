/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/monotonic.h"
#include "common/units.h"
#include "verbose.h"

static int
open_address(struct connection *connection, const struct address *address)
{
	if (address->kind == ADDRESS_UNIX)
		return aw_open_unix_connection(address->path, NULL,
		    &connection->reader, &connection->writer);
	return aw_open_connection(address->host, address->port, NULL,
	    &connection->reader, &connection->writer);
}

/* Opens within the timeout; detail gets what the library adds to an error. */
static int
open_in_time(struct connection *connection,
    const struct client_options *options, char *detail, size_t detail_size)
{
	aw_timeout *timeout;
	int err;

	detail[0] = '\0';
	err = aw_timeout_enter(options->timeout > 0 ? options->timeout : -1,
	    &timeout);
	if (err < 0)
		return err;
	err = open_address(connection, &options->address);
	if (err < 0)
		snprintf(detail, detail_size, "%s", aw_error_text());
	if (aw_timeout_expired(timeout))
		detail[0] = '\0';
	return aw_timeout_exit(timeout, err);
}

/* The detail without the name that it starts with, if that is this one. */
static const char *
skip_name(const char *detail, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(detail, name, length) == 0 &&
	    strncmp(detail + length, ": ", 2) == 0)
		return detail + length + 2;
	return detail;
}

static void
report_unreachable(struct report *report, int error, const char *detail)
{
	const struct client_options *options = report->options;
	char limit[UNITS_TEXT_SIZE];

	detail = skip_name(detail, options->text);
	detail = skip_name(detail, options->address.host);
	if (error == -ETIMEDOUT && detail[0] == '\0')
		report_fail(report, REPORT_CONNECT, 0, NULL,
		    "cannot connect to %s: no answer within %s", options->text,
		    units_duration_text(options->timeout, limit,
		    sizeof(limit)));
	else
		report_fail(report, REPORT_CONNECT, 0, NULL,
		    "cannot connect to %s: %s", options->text,
		    detail[0] != '\0' ? detail : aw_strerror(error));
}

/* A Unix socket is best known by the name it was asked for. */
static void
note_peer(const struct connection *connection, struct report *report)
{
	struct sockaddr_storage address;
	int length;

	length = aw_writer_get_extra_info(connection->writer, "peername",
	    &address, sizeof(address));
	if (length > 0 && address.ss_family != AF_UNIX)
		aw_address_text((const struct sockaddr *)&address,
		    (socklen_t)length, report->peer, sizeof(report->peer));
	else
		snprintf(report->peer, sizeof(report->peer), "%s",
		    report->options->text);
}

static void
forget(struct connection *connection)
{
	aw_writer_free(connection->writer);
	connection->reader = NULL;
	connection->writer = NULL;
}

/* Has TLS begin where it is wanted. */
static int
start_tls(struct connection *connection, struct report *report)
{
	int err;

	if (connection->tls->context == NULL)
		return 0;
	err = client_tls_start(connection->tls, connection->writer, report);
	if (err < 0) {
		aw_writer_abort(connection->writer);
		forget(connection);
	}
	return err;
}

int
connection_open(struct connection *connection, struct client_tls *tls,
    struct report *report)
{
	char detail[256];
	double start = monotonic_seconds();
	int err;

	connection->tls = tls;
	err = open_in_time(connection, report->options, detail,
	    sizeof(detail));
	if (err < 0 && err != -ECANCELED)
		report_unreachable(report, err, detail);
	if (err < 0)
		return err;
	report->connect_time = monotonic_seconds() - start;
	report->answered = true;
	note_peer(connection, report);
	err = start_tls(connection, report);
	if (err < 0)
		return err;
	report->connected = true;
	report->started = monotonic_seconds();
	report->ended = report->started;
	verbose_print_connection(report);
	return 0;
}

void
connection_close(struct connection *connection, struct report *report)
{
	client_tls_take_session(connection->tls, connection->writer, report);
	if (report->status != CLIENT_GOOD || report->interrupted ||
	    report->output_closed)
		aw_writer_abort(connection->writer);
	forget(connection);
}
