/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "verbose.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
print_item(const char *name, const char *value)
{
	fprintf(stderr, "  %-12s %s\n", name, value[0] != '\0' ? value :
	    "none");
}

static void
print_tls(const struct tls_parameters *tls)
{
	print_item("TLS", tls->version);
	print_item("cipher", tls->cipher);
	/* A resumed session of TLS 1.2 has used none. */
	print_item("group", tls->group);
	print_item("ALPN", tls->alpn);
	print_item("server name", tls->server_name);
	print_item("certificate", tls->subject);
	print_item("issuer", tls->issuer);
	print_item("expires", tls->expires);
	fprintf(stderr, "  %-12s %s%s\n", "verified",
	    strcmp(tls->verified, "ok") == 0 ? "" : "no: ", tls->verified);
	print_item("resumed", tls->resumed ? "yes" : "no");
}

void
verbose_print_connection(const struct report *report)
{
	if (!report->options->verbose)
		return;
	fprintf(stderr, "Connected to %s.\n", report->peer);
	if (report->encrypted)
		print_tls(&report->tls);
}

void
verbose_print_times(const struct report *report)
{
	if (!report->options->verbose || !report->connected)
		return;
	fprintf(stderr, "Times: connect %.3f ms, ",
	    report->connect_time * 1e3);
	if (report->encrypted)
		fprintf(stderr, "handshake %.3f ms, ",
		    report->handshake_time * 1e3);
	fprintf(stderr, "echo %.3f ms.  Bytes: %" PRIu64 " sent, %" PRIu64
	    " received.\n", (report->ended - report->started) * 1e3,
	    report->bytes_sent, report->bytes_received);
}
