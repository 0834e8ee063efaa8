/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_statistics.h"

#include "common/log.h"
#include "common/monotonic.h"
#include "tls_clients.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Lines about failures, in so many seconds. */
#define LINES 10
#define SECONDS 10

static void
increment(_Atomic uint64_t *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static uint64_t
get(_Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void
tls_statistics_init(struct tls_statistics *statistics, const char *listener)
{
	const struct log_limit limit = LOG_LIMIT_INITIALIZER(LINES, SECONDS);

	memset(statistics, 0, sizeof(*statistics));
	statistics->listener = listener;
	statistics->limit = limit;
}

/* ----------------------------------------------------- handshakes that work */

static bool
is_resumed(const aw_writer *writer)
{
	bool resumed = false;

	return aw_writer_get_extra_info(writer, "session_reused", &resumed,
	    sizeof(resumed)) > 0 && resumed;
}

void
tls_statistics_add(struct tls_statistics *statistics, const aw_writer *writer)
{
	char version[16] = "", verified[128];

	increment(&statistics->handshakes);
	if (is_resumed(writer))
		increment(&statistics->resumed);
	if (aw_writer_get_extra_info(writer, "ssl_version", version,
	    sizeof(version)) > 0)
		increment(strcmp(version, "TLSv1.2") == 0 ?
		    &statistics->tls_1_2 : &statistics->tls_1_3);
	if (aw_writer_get_extra_info(writer, "verify_result", verified,
	    sizeof(verified)) > 0)
		increment(&statistics->with_client);
}

void
tls_statistics_end(struct tls_statistics *statistics, int error)
{
	if (error == AW_ETLSTRUNCATED)
		increment(&statistics->ends[TLS_END_TRUNCATED]);
	else if (error == AW_ETLSALERT)
		increment(&statistics->ends[TLS_END_ALERT]);
	else if (error == AW_ETLS)
		increment(&statistics->ends[TLS_END_BROKEN]);
}

size_t
tls_fields(const aw_writer *writer, struct tls_texts *texts,
    struct log_field *fields)
{
	static const char *const names[][2] = {
		{ "tls", "ssl_version" },
		{ "cipher", "cipher" },
		{ "group", "group" },
		{ "server_name", "server_name" },
		{ "alpn", "alpn" },
		{ "client", "subject" },
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *text = texts->texts[i];

		if (aw_writer_get_extra_info(writer, names[i][1], text,
		    sizeof(texts->texts[i])) > 0)
			fields[count++] = (struct log_field)LOG_TEXT(
			    names[i][0], text);
	}
	if (is_resumed(writer))
		fields[count++] = (struct log_field)LOG_TEXT("resumed", "yes");
	return count;
}

/* ----------------------------------------------------- and those that don't */

/* Port scans and health checks connect and go; that is nothing to tell. */
static enum log_level
level_of(aw_tls_reason reason)
{
	return reason == AW_TLS_CLOSED || reason == AW_TLS_CLOSING ?
	    LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
}

/* Of a certificate that was refused more is known here. */
static const char *
text_of(const aw_tls_failure *failure)
{
	const char *refusal = NULL;
	SSL *ssl;

	if (failure->reason == AW_TLS_VERIFICATION &&
	    aw_transport_get_extra_info(failure->transport, "ssl_object", &ssl,
	    sizeof(ssl)) > 0)
		refusal = tls_clients_refusal(ssl);
	return refusal != NULL ? refusal : failure->text;
}

static void
log_left_out(const struct tls_statistics *statistics, uint64_t left_out)
{
	const struct log_field fields[] = {
		LOG_TEXT("listener", statistics->listener),
		LOG_NUMBER("more", left_out),
	};

	log_write_fields(LOG_LEVEL_INFO, fields, 2,
	    "more TLS handshakes failed, which are not logged");
}

static void
log_failure(const struct tls_statistics *statistics,
    const aw_tls_failure *failure, uint64_t left_out)
{
	struct sockaddr_storage address;
	char peer[AW_ADDRESS_TEXT_SIZE] = "unknown";
	const struct log_field fields[] = {
		LOG_TEXT("listener", statistics->listener),
		LOG_TEXT("peer", peer),
		LOG_TEXT("reason", aw_tls_reason_name(failure->reason)),
	};
	int length;

	if (left_out > 0)
		log_left_out(statistics, left_out);
	length = aw_transport_get_extra_info(failure->transport, "peername",
	    &address, sizeof(address));
	if (length > 0)
		aw_address_text((struct sockaddr *)&address, (socklen_t)length,
		    peer, sizeof(peer));
	log_write_fields(level_of(failure->reason), fields,
	    sizeof(fields) / sizeof(fields[0]), "TLS handshake failed: %s",
	    text_of(failure));
}

void
tls_statistics_failed(aw_server *server, const aw_tls_failure *failure,
    void *arg)
{
	struct tls_statistics *statistics = arg;
	uint64_t left_out;

	(void)server;
	increment(&statistics->failures[failure->reason]);
	if (log_enabled(level_of(failure->reason)) &&
	    log_limit_allows(&statistics->limit, monotonic_seconds(), &left_out))
		log_failure(statistics, failure, left_out);
}

static const char *
name_of_failure(int i)
{
	return aw_tls_reason_name((aw_tls_reason)i);
}

const char *
tls_end_name(enum tls_end end)
{
	static const char *const names[TLS_ENDS] = {
		[TLS_END_TRUNCATED] = "truncated",
		[TLS_END_ALERT] = "alert",
		[TLS_END_BROKEN] = "broken",
	};

	return names[end];
}

static const char *
name_of_end(int i)
{
	return tls_end_name((enum tls_end)i);
}

/* "3 timeout, 1 not_tls", or nothing.  Returns the sum. */
static uint64_t
counts_text(_Atomic uint64_t *counters, int how_many,
    const char *(*name)(int i), char *text, size_t size)
{
	uint64_t count, sum = 0;
	size_t length = 0;

	text[0] = '\0';
	for (int i = 0; i < how_many; i++) {
		count = get(&counters[i]);
		if (count > 0)
			length += (size_t)snprintf(text + length,
			    size - length, "%s%" PRIu64 " %s",
			    sum > 0 ? ", " : "", count, name(i));
		sum += count;
	}
	return sum;
}

void
tls_statistics_log(struct tls_statistics *statistics)
{
	char text[AW_TLS_REASONS * 40];
	uint64_t failed = counts_text(statistics->failures, AW_TLS_REASONS,
	    name_of_failure, text, sizeof(text));
	uint64_t done = get(&statistics->handshakes);

	if (done + failed > 0)
		log_notice("listener \"%s\": TLS handshakes: %" PRIu64 ", of "
		    "them %" PRIu64 " resumed, %" PRIu64 " by TLS 1.2%s%s",
		    statistics->listener, done, get(&statistics->resumed),
		    get(&statistics->tls_1_2), failed > 0 ? "; failed: " : "",
		    text);
	if (counts_text(statistics->ends, TLS_ENDS, name_of_end, text,
	    sizeof(text)) > 0)
		log_notice("listener \"%s\": TLS connections that ended "
		    "badly: %s", statistics->listener, text);
}
