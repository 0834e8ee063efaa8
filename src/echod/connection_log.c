/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What takes room is out of line, so that no task's stack holds the texts while
 * it waits.
 */
#include "connection_log.h"

#include "common/log.h"
#include "common/monotonic.h"

#include <errno.h>
#include <stdio.h>

/* Of the text of an error; a longer one is cut. */
#define ERROR_SIZE 256

/* The fields that each line begins with. */
#define CONTEXT(connection, peer) \
	LOG_TEXT("listener", (connection)->service->listener), \
	LOG_TEXT("peer", peer), \
	LOG_NUMBER("connection", (connection)->id)
#define CONTEXT_FIELDS 3

static const char *
peer_text(const struct connection *connection, char *text)
{
	aw_writer_address_text(connection->writer, "peername", text,
	    AW_ADDRESS_TEXT_SIZE);
	return text[0] != '\0' ? text : "unknown";
}

/* ------------------------------------------------------------ the beginning */

static void __attribute__((noinline))
log_opened(const struct connection *connection)
{
	char peer[AW_ADDRESS_TEXT_SIZE];
	struct tls_texts texts;
	struct log_field fields[CONTEXT_FIELDS + TLS_FIELDS] = {
		CONTEXT(connection, peer_text(connection, peer)),
	};
	size_t count = CONTEXT_FIELDS;

	if (connection->service->tls != NULL)
		count += tls_fields(connection->writer, &texts,
		    fields + count);
	log_write_fields(LOG_LEVEL_DEBUG, fields, count, "connection opened");
}

void
connection_log_begin(struct connection *connection)
{
	connection->opened = monotonic_seconds();
	if (log_enabled(LOG_LEVEL_DEBUG))
		log_opened(connection);
}

/* ------------------------------------------------------------------ the end */

/* An error of TLS has a text of its own, until the task's next call. */
static void
copy_error(int err, char *text)
{
	const char *own = aw_error_text();

	if ((err != AW_ETLS && err != AW_ETLSALERT) || own[0] == '\0')
		own = aw_strerror(err);
	snprintf(text, ERROR_SIZE, "%s", own);
}

static void __attribute__((noinline))
log_closed(const struct connection *connection, const char *peer,
    enum log_level level, int err, const char *error)
{
	char version[16];
	const enum end_reason reason = connection_end_reason(connection, err);
	bool tls = aw_writer_get_extra_info(connection->writer, "ssl_version",
	    version, sizeof(version)) > 0;
	const struct log_field fields[] = {
		CONTEXT(connection, peer),
		LOG_NUMBER("in", connection->echoed + connection->discarded),
		LOG_NUMBER("out", connection->echoed),
		LOG_SECONDS("duration", monotonic_seconds() - connection->opened),
		LOG_TEXT("reason", end_reason_name(reason)),
		LOG_TEXT("error", err < 0 && reason != END_IDLE ? error :
		    NULL),
		LOG_TEXT("tls", tls ? version : NULL),
	};

	log_write_fields(level, fields, sizeof(fields) / sizeof(fields[0]),
	    "connection closed");
}

/* The level of its line; a peer that sent nothing is a probe. */
static enum log_level
level_of(const struct connection *connection)
{
	return connection->service->access_log &&
	    connection->echoed + connection->discarded > 0 ?
	    LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
}

/* What the connection has ended with, after err. */
static int
close_connection(const struct connection *connection, int err)
{
	int closed;

	aw_writer_close(connection->writer);
	closed = aw_writer_wait_closed(connection->writer);
	return err < 0 ? err : closed;
}

/* Out of line, as it takes room on the task's stack. */
static int __attribute__((noinline))
close_and_log(const struct connection *connection, enum log_level level,
    int err)
{
	char peer[AW_ADDRESS_TEXT_SIZE], error[ERROR_SIZE];
	int end;

	copy_error(err, error);
	/* A Unix socket knows it as long as it is open. */
	peer_text(connection, peer);
	end = close_connection(connection, err);
	if (err >= 0)
		copy_error(end, error);
	log_closed(connection, peer, level, end, error);
	return end;
}

int
connection_log_end(const struct connection *connection, int err)
{
	const enum log_level level = level_of(connection);

	return log_enabled(level) ? close_and_log(connection, level, err) :
	    close_connection(connection, err);
}
