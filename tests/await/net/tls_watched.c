/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "net/tls_watched.h"

struct tls_watched tls_watched;

static void
on_failure(aw_server *server, const aw_tls_failure *failed, void *arg)
{
	struct sockaddr_storage address;

	ck_assert_ptr_nonnull(server);
	ck_assert_ptr_eq(arg, &tls_watched);
	tls_watched.count++;
	tls_watched.reason = failed->reason;
	tls_watched.error = failed->error;
	snprintf(tls_watched.text, sizeof(tls_watched.text), "%s",
	    failed->text);
	tls_watched.has_peer = aw_transport_get_extra_info(failed->transport,
	    "peername", &address, sizeof(address)) > 0;
}

const aw_server_options tls_watched_options = {
	.tls_failed = on_failure,
	.tls_failed_arg = &tls_watched,
	.connection = { .tls_handshake_timeout = 30 },
};

int
tls_watched_handler(aw_reader *reader, aw_writer *writer, void *arg)
{
	tls_watched.handled++;
	return tls_echo(reader, writer, arg);
}

void
tls_watched_start(struct tls_server *server, const aw_tls_options *options)
{
	tls_watched.count = 0;
	tls_watched.handled = 0;
	tls_start_server(server, tls_watched_handler, NULL,
	    tls_server_context(options), &tls_watched_options);
}

bool
tls_watched_failed(void *arg)
{
	return tls_watched.count >= *(unsigned *)arg;
}

void
tls_watched_check(const struct tls_server *server, aw_tls_reason reason,
    int error)
{
	unsigned one = 1;

	net_wait_until(tls_watched_failed, &one);
	ck_assert_msg(tls_watched.reason == reason, "%s: %s",
	    aw_tls_reason_name(tls_watched.reason), tls_watched.text);
	ck_assert_int_eq(tls_watched.error, error);
	ck_assert_str_ne(tls_watched.text, "");
	ck_assert(tls_watched.has_peer);
	ck_assert_uint_eq(aw_server_tls_failure_count(server->server, reason),
	    1);
	ck_assert_uint_eq(tls_watched.handled, 0);
}

void
tls_watched_refuse(const struct tls_server *server,
    const aw_connection_options *options, int error, const char *words)
{
	struct net_pair pair;

	ck_assert_int_eq(tls_connect(server, options, &pair), error);
	ck_assert_msg(strstr(aw_error_text(), words) != NULL,
	    "\"%s\" lacks \"%s\"", aw_error_text(), words);
}
